"""A person's statement of one month: what each asset began with, every movement in order, and what it ended with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from rewards.kit import sql
from rewards.kit.columns import time_from_text
from rewards.ledger.wanted import Wanted

OPENINGS = (
    "SELECT a.asset, a.balance - coalesce((SELECT sum(amount) FROM transfers WHERE credit_id = a.id AND posted_at >= ?), 0)"
    " + coalesce((SELECT sum(amount) FROM transfers WHERE debit_id = a.id AND posted_at >= ?), 0)"
    " FROM accounts a WHERE a.owner_kind = 'user' AND a.owner_id = ? ORDER BY a.asset"
)
SIDE = (
    "SELECT t.id, t.asset, {sign}t.amount AS amount, t.{other}_id AS other_id, t.reason, t.posted_at, t.event_id, t.reverses_id"
    " FROM accounts a JOIN transfers t ON t.{own}_id = a.id"
    " WHERE a.owner_kind = 'user' AND a.owner_id = ? AND t.posted_at >= ? AND t.posted_at < ?"
)
MOVED = (
    "SELECT moved.id, moved.asset, moved.amount, other.owner_kind, moved.reason, moved.posted_at, moved.event_id, act.key,"
    f" moved.reverses_id FROM ({SIDE.format(sign='', own='credit', other='debit')}"
    f" UNION ALL {SIDE.format(sign='-', own='debit', other='credit')}) AS moved JOIN accounts other ON other.id = moved.other_id"
    " LEFT JOIN events e ON e.id = moved.event_id LEFT JOIN activities act ON act.id = e.activity_id ORDER BY moved.id"
)


class Movement(NamedTuple):
    """One line of a statement: no more than a month needs, of which somebody busy has hundreds."""

    id: int
    asset: str
    amount: int
    # The system's side: issued, redeemed, adjusted, ...
    counterpart: str
    reason: str
    posted_at: datetime
    event_id: int | None
    activity: str | None
    reverses_id: int | None
    balance_after: int


@dataclass(frozen=True, slots=True)
class AssetStatement:
    """One asset in that month."""

    asset: str
    opening: int
    received: int
    # What went out, as a positive number.
    given: int

    @property
    def closing(self) -> int:
        """What was there at the end."""
        return self.opening + self.received - self.given


@dataclass(frozen=True, slots=True)
class Statement:
    """One person's month, of their own days; assets that were never there are left out. Lines are in the order of posting."""

    user_id: int
    first: date
    last: date
    assets: Sequence[AssetStatement]
    lines: Sequence[Movement]


def statement_of(*, user_id: int, month: date, zone: tzinfo) -> Statement:
    """The statement of the month that `month` lies in, whose days are those of `zone`."""
    first = month.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    wanted = Wanted(user_id=user_id, first=first, last=last, zone=zone)
    openings = {asset: int(balance) for asset, balance in sql.rows(OPENINGS, (wanted.since, wanted.since, user_id))}
    lines = _lines(user_id, wanted, openings)
    assets = [_asset(asset, opening, [line.amount for line in lines if line.asset == asset]) for asset, opening in openings.items()]
    return Statement(user_id, first, last, [one for one in assets if one.opening or one.received or one.given], lines)


def _lines(user_id: int, wanted: Wanted, openings: dict[str, int]) -> list[Movement]:
    """What moved, each with what there was then: what there was at first and all that moved up to it."""
    held = dict(openings)
    lines = []
    for row in sql.rows(MOVED, (user_id, wanted.since, wanted.until) * 2):
        transfer_id, asset, amount, counterpart, reason, posted_at, event_id, activity, reverses_id = row
        held[asset] += amount
        about = (time_from_text(posted_at), event_id, activity, reverses_id)
        lines.append(Movement(transfer_id, asset, amount, counterpart, reason, *about, held[asset]))
    return lines


def _asset(asset: str, opening: int, amounts: Sequence[int]) -> AssetStatement:
    received = sum(amount for amount in amounts if amount > 0)
    return AssetStatement(asset, opening, received, received - sum(amounts))
