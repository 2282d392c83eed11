"""Takes events out of everything that was derived from them: transfers, daily totals, runs. What is left is what there is without them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from rewards.activities.models import State
from rewards.earning.in_force import programme_in_force
from rewards.earning.rolling_up import add_sums, last_days_derived, set_last_days
from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_text
from rewards.kit.errors import Refused
from rewards.ledger.accounts import Holding, holdings_of
from rewards.ledger.models import POINTS, XP, Owner
from rewards.ledger.posting import Movement, post
from rewards.ledger.queries import transfers_of
from rewards.people.locking import Person
from rewards.streaks.retelling import retell_runs

MADE = (
    "SELECT e.id, e.activity_id, a.key, e.happened_on, e.occurred_at, e.counted, e.paid, e.version_id, e.state, e.idempotency_key,"
    " coalesce(e.decided_no, e.id) FROM events e JOIN activities a ON a.id = e.activity_id WHERE e.user_id = ?"
)
TAKE = (
    "UPDATE daily_activity SET events = events - 1, counted = counted - ?, paid = paid - ?, xp = xp - ?, points = points - ?,"
    " money = money - ? WHERE user_id = ? AND day = ? AND activity_id = ?"
)
MARK = (
    "UPDATE events SET state = ?, paid = 0, counted = 0, unmatched = 0, undone_at = ?, undone_by = ?, undoing = ?, next_attempt_at = NULL,"
    " claim_token = NULL, leased_until = NULL WHERE id = ?"
)


class Made(NamedTuple):
    """A stored event, as far as taking it out needs to know it."""

    id: int
    activity_id: int
    activity: str
    day: date
    occurred_at: str
    counted: bool
    paid: bool
    version_id: int
    state: str
    key: str | None
    # Its place among everything that was decided for the person.
    decided_no: int


def events_made(user_id: int, which: str, params: tuple[object, ...]) -> list[Made]:
    """Events of one person that fulfil a condition, in the order in which they were recorded."""
    rows = sql.rows(f"{MADE} AND {which} ORDER BY e.id", (user_id, *params))
    return [Made(*row)._replace(day=date.fromisoformat(row[3]), counted=bool(row[5]), paid=bool(row[6])) for row in rows]


@dataclass(slots=True)
class Unmaking:
    """One person, locked, while something of theirs is taken back. Transfers are gathered, and posted together when all is known."""

    person: Person
    actor_id: int | None
    reason: str
    # The event that somebody undoes; all the rest follows from that.
    event_id: int
    # Its place among everything that was decided for the person.
    number: int
    holdings: dict[str, Holding] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)
    # The runs that are to be told anew.
    touched: set[int] = field(default_factory=set)
    withdrawn: list[str] = field(default_factory=list)
    admitted: list[int] = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.holdings = {holding.asset: holding for holding in holdings_of([self.person.id])}
        self.before = {asset: holding.balance for asset, holding in self.holdings.items()}

    def withdraw(self, event: Made, *, frees_its_key: bool = False) -> None:
        """Reverse what is left of an event's transfers, take it out of its day, and let it stand as undone.

        `frees_its_key`: what it was for may be earned again, under the same key.
        """
        amounts = self._reverse(event.id)
        if event.state == State.PROCESSED:
            self.take_from_its_day(event, amounts)
        follows = {} if event.id == self.event_id else {"follows": self.event_id}
        undoing = documents.compact({"reason": self.reason, **follows})
        sql.run(MARK, (State.UNDONE, time_text(clock.now()), self.actor_id, undoing, event.id))
        if frees_its_key and event.key:
            sql.run("UPDATE events SET idempotency_key = ? WHERE id = ?", (f"{event.key}:undone:{event.id}", event.id))

    def take_from_its_day(self, event: Made, amounts: Mapping[str, int]) -> None:
        """One event less on its day. Its run is told anew by `retell`."""
        currency = programme_in_force().settings.currency
        xp, points, money = (amounts.get(asset, 0) for asset in (XP, POINTS, currency))
        day = event.day.isoformat()
        sql.run(TAKE, (int(event.counted), int(event.paid), xp, points, money, self.person.id, day, event.activity_id))
        add_sums({(day, event.activity_id): [-1, -int(event.paid), -xp, -points, -money]})
        self.touched.add(event.activity_id)

    def retell(self) -> None:
        """Tell the touched runs anew."""
        retell_runs(user_id=self.person.id, activity_ids=self.touched)
        self.touched.clear()

    def post(self, *, by_staff: bool) -> dict[str, int]:
        """Post it all; what had been spent already, and was made up for, by asset.

        Raises Refused (`spent`, with the gap): only for staff is it made up for, from what the house has written off.
        """
        missing = {asset: -holding.balance for asset, holding in sorted(self.holdings.items()) if holding.balance < 0}
        if missing and not by_staff:
            raise Refused("spent", _told(missing), **missing)
        for asset, amount in missing.items():
            self._make_up(asset, amount)
        # What comes in stands first in the history, so that no balance looks as if it had been below 0.
        post(sorted(self.movements, key=lambda movement: not movement.to_person))
        sql.run("DELETE FROM daily_activity WHERE user_id = ? AND events = 0", (self.person.id,))
        self.retell()
        set_last_days([(self.person.id, last_days_derived(self.person.id).get(self.person.id))])
        return missing

    @property
    def changes(self) -> dict[str, int]:
        """By how much each balance is another one than before."""
        moved = {asset: holding.balance - self.before.get(asset, 0) for asset, holding in self.holdings.items()}
        return {asset: amount for asset, amount in sorted(moved.items()) if amount}

    def _reverse(self, event_id: int) -> dict[str, int]:
        """What the event had still moved, by asset; the opposite is to be posted."""
        amounts: dict[str, int] = {}
        found = transfers_of(event_id)
        reversed_already = {row[-1] for row in found}
        for transfer_id, asset, amount, rule_version_id, counterpart, reverses_id in found:
            if reverses_id is not None or transfer_id in reversed_already:
                continue
            amounts[asset] = amounts.get(asset, 0) + amount
            self.holdings[asset].balance -= amount
            self.movements.append(
                Movement(
                    holding=self.holdings[asset],
                    counterpart=Owner(counterpart),
                    amount=abs(amount),
                    reason="undone",
                    # Each transfer has its own: what is earned again is another transfer, and could be reversed again.
                    idempotency_key=f"reversal:{transfer_id}",
                    to_person=amount < 0,
                    event_id=event_id,
                    rule_version_id=rule_version_id,
                    actor_id=self.actor_id,
                    details=documents.canonical({"reverses": transfer_id}),
                    reverses_id=transfer_id,
                    follows=True,
                )
            )
        return amounts

    def _make_up(self, asset: str, amount: int) -> None:
        """Not a part of any event: what the event moved is 0 from now on."""
        holding = self.holdings[asset]
        holding.balance += amount
        reference = f"undo:{self.event_id}"
        self.movements.append(
            Movement(
                holding,
                Owner.WRITTEN_OFF,
                amount,
                "spent before it was undone",
                f"{reference}:{asset}",
                actor_id=self.actor_id,
                reference=reference,
                follows=True,
            )
        )


def _told(missing: Mapping[str, int]) -> str:
    gaps = " and ".join(f"{amount:,} {'XP' if asset == XP else asset}" for asset, amount in missing.items())
    return f"Some of it is spent already: {gaps} to go before it can be undone."
