"""Brings what events were worth to what a rehearsed programme says, by transfers that everybody can see; all totals move with them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from rewards.achievements.identities import achievement_ids
from rewards.activities.models import State
from rewards.activities.reserved import ACHIEVEMENT_UNLOCKED, ADJUSTMENT, Reserved
from rewards.earning.histories import Amounts, Thing
from rewards.earning.numbering import take_turn
from rewards.earning.rolling_up import last_days_derived, set_last_days
from rewards.earning.settling import Settling, add_amounts
from rewards.earning.standing_by import open_settlings
from rewards.earning.writing import Bonus
from rewards.kit import documents, sql
from rewards.ledger.accounts import open_holdings
from rewards.ledger.models import BALANCE_MAX, POINTS, XP, Owner
from rewards.ledger.posting import Movement
from rewards.people.locking import lock_people

REASON = "correction"
NET = (
    "SELECT t.event_id, t.asset, sum(CASE WHEN c.owner_kind = 'user' THEN t.amount ELSE -t.amount END) FROM transfers t"
    " JOIN accounts c ON c.id = t.credit_id WHERE t.event_id IN ({marks}) GROUP BY t.event_id, t.asset"
)


@dataclass(frozen=True, slots=True)
class Worth:
    """What an event should be worth, by asset."""

    event_id: int
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Missing:
    """A bonus for a run that nobody was paid: what it should be worth, when it was earned, and by which event."""

    thing: Thing
    amounts: Amounts
    moment: datetime
    cause_id: int


@dataclass(slots=True)
class Corrected:
    """What became of it."""

    given: Amounts = field(default_factory=dict)
    taken: Amounts = field(default_factory=dict)
    # What should have been taken too, and was spent already.
    short: Amounts = field(default_factory=dict)
    corrections: int = 0
    unlocks: int = 0


@dataclass(slots=True)
class Correcting:
    """One person, locked, in a write block, for one rehearsal."""

    user_id: int
    rehearsal_id: int
    # The programme that was rehearsed.
    version: int
    actor_id: int | None
    # Whether what is too much is taken back; what is too little is always given.
    takes: bool
    done: Corrected = field(default_factory=Corrected)

    def correct(self, worths: Sequence[Worth]) -> None:
        """Bring these events to their worth. What this rehearsal has corrected already stays as it is."""
        settling = self._settling(ADJUSTMENT)
        ids = [worth.event_id for worth in worths]
        days = "SELECT id, happened_on, activity_id FROM events WHERE state = ? AND id IN ({marks})"
        days_of = {
            event_id: (date.fromisoformat(day), activity_id)
            for event_id, day, activity_id in sql.rows(days.format(marks=sql.marks(ids)), (State.PROCESSED, *ids))
        }
        wanted = self._wanted([worth for worth in worths if worth.event_id in days_of])
        # What is given stands first: it can be taken again.
        for event_id, asset, amount in sorted(wanted, key=lambda one: one[2] <= 0):
            if moved := self._move(settling, event_id, asset, amount):
                row = settling.book.add(*days_of[event_id])
                add_amounts(settling.book, row, {asset: moved}, settling.programme.settings.currency)
        settling.promote()
        settling.writes.flush({self.user_id: settling.book})
        set_last_days([(self.user_id, last_days_derived(self.user_id).get(self.user_id))])

    def award(self, keys: Iterable[str]) -> None:
        """Give the achievements that it would have unlocked and that are not there."""
        settling = self._settling(ACHIEVEMENT_UNLOCKED)
        ids = achievement_ids(keys)
        by_key = {achievement.key: achievement for achievement in settling.programme.achievements}
        for key, achievement_id in sorted(ids.items(), key=lambda pair: pair[1]):
            if key not in by_key or achievement_id in settling.book.unlocked:
                continue
            take_turn(user_id=self.user_id, kind="unlock", achievement_id=achievement_id, version_id=self.version, ids=settling.ids)
            settling.award(achievement_id, by_key[key])
            self._note({XP: by_key[key].xp_reward, POINTS: by_key[key].points_reward})
            self.done.unlocks += 1
        settling.promote()
        settling.writes.flush({self.user_id: settling.book})

    def pay(self, missing: Missing) -> None:
        """Pay a bonus for a run on the day on which it was earned."""
        _, activity, began_on, days = missing.thing
        key = f"{activity}:rehearsal:{self.rehearsal_id}:{self.user_id}:{began_on}:{days}"
        if sql.value("SELECT 1 FROM events WHERE source = 'system' AND idempotency_key = ?", (key,)):
            return
        settling = self._settling(Reserved(activity, activity, ""), missing.moment)
        settling.event = settling.event._replace(id=missing.cause_id)
        metadata = {"run_began_on": began_on, "days": int(days), "rehearsal": self.rehearsal_id}
        bonus = Bonus(settling.event.activity_id, activity, key, missing.amounts, metadata, self.actor_id)
        settling.pay_bonus(bonus, "streak", {"activity": activity})
        self._note(missing.amounts)
        settling.promote()
        settling.writes.flush({self.user_id: settling.book})

    def _settling(self, activity: Reserved, moment: datetime | None = None) -> Settling:
        people = lock_people([self.user_id])
        [settling] = open_settlings(people, activity, sql.IdSource("events"), moment=moment, version=self.version)
        return settling

    def _wanted(self, worths: Sequence[Worth]) -> list[tuple[int, str, int]]:
        """By how much each event is off, as it stands now: the person is locked, and nothing of theirs moves any more."""
        net: dict[int, Amounts] = {worth.event_id: {} for worth in worths}
        for event_id, asset, amount in sql.rows(NET.format(marks=sql.marks(net)), list(net)) if net else ():
            net[event_id][asset] = int(amount)
        found = []
        for worth in worths:
            has = net[worth.event_id]
            for asset in sorted({*worth.amounts, *has}):
                amount = worth.amounts.get(asset, 0) - has.get(asset, 0)
                if amount > 0 or (amount < 0 and self.takes):
                    found.append((worth.event_id, asset, amount))
        done = self._done_before([self._key(event_id, asset) for event_id, asset, _ in found])
        return [one for one in found if self._key(one[0], one[1]) not in done]

    def _done_before(self, keys: Sequence[str]) -> set[str]:
        if not keys:
            return set()
        return {row[0] for row in sql.rows(f"SELECT idempotency_key FROM transfers WHERE idempotency_key IN ({sql.marks(keys)})", keys)}

    def _key(self, event_id: int, asset: str) -> str:
        return f"rehearsal:{self.rehearsal_id}:{event_id}:{asset}"

    def _move(self, settling: Settling, event_id: int, asset: str, wanted: int) -> int:
        book = settling.book
        holding = book.holdings.get(asset)
        if holding is None:
            holding = book.holdings[asset] = open_holdings([(self.user_id, asset)])[0]
        # Never below 0, and never more than an account can hold.
        amount = min(wanted, BALANCE_MAX - holding.balance) if wanted > 0 else max(wanted, -holding.balance)
        if amount != wanted:
            self.done.short[asset] = self.done.short.get(asset, 0) + abs(wanted - amount)
        if not amount:
            return 0
        holding.balance += amount
        settling.writes.movements.append(
            Movement(
                holding=holding,
                counterpart=Owner.ISSUED,
                amount=abs(amount),
                reason=REASON,
                idempotency_key=self._key(event_id, asset),
                to_person=amount > 0,
                event_id=event_id,
                actor_id=self.actor_id,
                reference=f"rehearsal:{self.rehearsal_id}",
                details=documents.canonical({"rehearsal": self.rehearsal_id}),
            )
        )
        self.done.corrections += 1
        self._note({asset: amount})
        return amount

    def _note(self, amounts: Mapping[str, int]) -> None:
        for asset, amount in amounts.items():
            side = self.done.given if amount > 0 else self.done.taken
            if amount:
                side[asset] = side.get(asset, 0) + abs(amount)
