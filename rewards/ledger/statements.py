"""A person's statement of one month: what each asset began with, every movement in order, and what it ended with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from rewards.kit import sql
from rewards.ledger.listing import Line, Wanted, every_line

MOVED = (
    "SELECT a.asset, a.balance - coalesce((SELECT sum(amount) FROM transfers WHERE credit_id = a.id AND posted_at >= ?), 0)"
    " + coalesce((SELECT sum(amount) FROM transfers WHERE debit_id = a.id AND posted_at >= ?), 0)"
    " FROM accounts a WHERE a.owner_kind = 'user' AND a.owner_id = ? ORDER BY a.asset"
)


@dataclass(frozen=True, slots=True)
class AssetStatement:
    """One asset in that month; lines are in the order in which they were posted."""

    asset: str
    opening: int
    lines: Sequence[Line]

    @property
    def received(self) -> int:
        """What came in."""
        return sum(line.amount for line in self.lines if line.amount > 0)

    @property
    def given(self) -> int:
        """What went out, as a positive number."""
        return -sum(line.amount for line in self.lines if line.amount < 0)

    @property
    def closing(self) -> int:
        """What was there at the end."""
        return self.opening + self.received - self.given


@dataclass(frozen=True, slots=True)
class Statement:
    """One person's month, of their own days; assets that were never there are left out."""

    user_id: int
    first: date
    last: date
    assets: Sequence[AssetStatement]


def statement_of(*, user_id: int, month: date, zone: tzinfo) -> Statement:
    """The statement of the month that `month` lies in, whose days are those of `zone`."""
    first = month.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    wanted = Wanted(user_id=user_id, first=first, last=last, zone=zone)
    lines = list(every_line(wanted))[::-1]
    openings = {asset: int(balance) for asset, balance in sql.rows(MOVED, (wanted.since, wanted.since, user_id))}
    assets = [AssetStatement(asset, opening, [line for line in lines if line.asset == asset]) for asset, opening in openings.items()]
    return Statement(user_id, first, last, [one for one in assets if one.lines or one.opening])
