"""What a programme would have paid, held against what was paid: one person at a time, added up in a report that stays small."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Self

from rewards.earning.histories import Amounts, Thing
from rewards.ledger.models import POINTS, XP

# So many people are named on either side.
NAMED_MAX = 10


@dataclass(frozen=True, slots=True)
class Side:
    """What one programme pays one person: by what it is for, and what that comes to."""

    amounts: Mapping[Thing, Amounts]
    days: Mapping[Thing, date]
    level: int
    unlocked: frozenset[str]

    def since(self, first_day: date) -> Amounts:
        """What it pays for the days from `first_day` on, by asset."""
        return total(amounts for thing, amounts in self.amounts.items() if self.days[thing] >= first_day)

    def points_by_day(self, first_day: date) -> dict[date, int]:
        """Its points, day by day."""
        found: dict[date, int] = {}
        for thing, amounts in self.amounts.items():
            if self.days[thing] >= first_day and amounts.get(POINTS):
                found[self.days[thing]] = found.get(self.days[thing], 0) + amounts[POINTS]
        return found


@dataclass(frozen=True, slots=True)
class Compared:
    """One person: what was paid, what today's rules would pay, and what the draft would."""

    user_id: int
    # Events of the days that are rehearsed; and of all events, those that could not be decided.
    events: int
    failed: int
    paid: Side
    today: Side
    draft: Side
    # Amounts that today's code does not come to under the rules of their time: what they depended on is not what it was.
    unlike: int = 0


@dataclass(slots=True)
class Report:
    """All of them. It holds sums and a few names, and can be written down between two people."""

    first_day: str
    people: int = 0
    events: int = 0
    failed: int = 0
    unlike: int = 0
    paid: Amounts = field(default_factory=dict)
    today: Amounts = field(default_factory=dict)
    draft: Amounts = field(default_factory=dict)
    # Points by day: paid, by today's rules, by the draft.
    days: dict[str, list[int]] = field(default_factory=dict)
    # People to whom the rules that changed since then would matter.
    touched_since: int = 0
    gaining: int = 0
    losing: int = 0
    # The ids of those who gain or lose most, each with what by asset.
    gainers: list[tuple[int, Amounts]] = field(default_factory=list)
    losers: list[tuple[int, Amounts]] = field(default_factory=list)
    # What it would take to bring every event to what the draft pays.
    gives: Amounts = field(default_factory=dict)
    takes: Amounts = field(default_factory=dict)
    up: int = 0
    down: int = 0
    # The ids of some of those who would stand on another level, each with the one now and the other.
    movers: list[tuple[int, int, int]] = field(default_factory=list)
    # How many would have an achievement, or would not, by its key.
    gained: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """A report that was written down."""
        pairs = {name: [(user_id, amounts) for user_id, amounts in told[name]] for name in ("gainers", "losers")}
        movers = [(user_id, was, would) for user_id, was, would in told["movers"]]
        return cls(**{**told, **pairs, "movers": movers})

    def plain(self) -> dict[str, Any]:
        """Everything in it, as a document."""
        return asdict(self)

    @property
    def difference(self) -> Amounts:
        """What the draft pays more than today's rules, by asset."""
        return minus(self.draft, self.today)

    @property
    def difference_since(self) -> Amounts:
        """What today's rules pay more than was paid."""
        return minus(self.today, self.paid)

    def take(self, one: Compared) -> None:
        """Take one person in."""
        first_day = date.fromisoformat(self.first_day)
        self.people, self.events = self.people + 1, self.events + one.events
        self.failed, self.unlike = self.failed + one.failed, self.unlike + one.unlike
        paid, today, draft = (side.since(first_day) for side in (one.paid, one.today, one.draft))
        for mine, theirs in ((self.paid, paid), (self.today, today), (self.draft, draft)):
            add(mine, theirs)
        for place, side in enumerate((one.paid, one.today, one.draft)):
            for day, points in side.points_by_day(first_day).items():
                self.days.setdefault(day.isoformat(), [0, 0, 0])[place] += points
        self.touched_since += bool(minus(today, paid))
        self._weigh(one, first_day)
        self._rank(one.user_id, minus(draft, today))
        self.stand(one.user_id, one.today.level, one.draft.level)
        for counts, keys in (
            (self.gained, one.draft.unlocked - one.today.unlocked),
            (self.lost, one.today.unlocked - one.draft.unlocked),
        ):
            for key in sorted(keys):
                counts[key] = counts.get(key, 0) + 1

    def stand(self, user_id: int, now: int, then: int) -> None:
        """Somebody stands on a level now and on another then."""
        self.up += then > now
        self.down += then < now
        if then != now and len(self.movers) < NAMED_MAX:
            self.movers.append((user_id, now, then))

    def _weigh(self, one: Compared, first_day: date) -> None:
        for thing in {*one.paid.amounts, *one.draft.amounts}:
            day = one.draft.days.get(thing) or one.paid.days[thing]
            if day >= first_day:
                for asset, amount in minus(one.draft.amounts.get(thing, {}), one.paid.amounts.get(thing, {})).items():
                    side = self.gives if amount > 0 else self.takes
                    side[asset] = side.get(asset, 0) + abs(amount)

    def _rank(self, user_id: int, difference: Amounts) -> None:
        if not difference:
            return
        weight = _weight((user_id, difference))
        gains = weight > (0, 0, 0)
        self.gaining, self.losing = self.gaining + gains, self.losing + (not gains)
        ranked = self.gainers if gains else self.losers
        ranked.append((user_id, difference))
        ranked.sort(key=_weight, reverse=gains)
        del ranked[NAMED_MAX:]


def total(several: Iterable[Amounts]) -> Amounts:
    """All of them together, zeros left out."""
    found: Amounts = {}
    for amounts in several:
        add(found, amounts)
    return {asset: amount for asset, amount in found.items() if amount}


def add(amounts: Amounts, more: Amounts) -> None:
    """Add to the first."""
    for asset, amount in more.items():
        amounts[asset] = amounts.get(asset, 0) + amount


def minus(one: Amounts, other: Amounts) -> Amounts:
    """The difference, zeros left out."""
    return {asset: amount for asset in sorted({*one, *other}) if (amount := one.get(asset, 0) - other.get(asset, 0))}


def _weight(ranked: tuple[int, Amounts]) -> tuple[int, int, int]:
    """Points count before XP, and both before money."""
    _, amounts = ranked
    others = sum(amount for asset, amount in amounts.items() if asset not in (POINTS, XP))
    return amounts.get(POINTS, 0), amounts.get(XP, 0), others
