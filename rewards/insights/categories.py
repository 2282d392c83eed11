"""How somebody is earning: what each category of the programme brought them, in all and over time, in their own days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rewards.activities.documents import CategoryDocument
from rewards.activities.identities import activity_keys
from rewards.activities.models import Recorder
from rewards.activities.reserved import RESERVED
from rewards.earning.compiled import Programme
from rewards.earning.in_force import programme_in_force
from rewards.insights.windows import Bucket, Span, Window, span_of
from rewards.kit import sql
from rewards.kit.values import readable
from rewards.ledger.models import POINTS, XP

ASSETS = (POINTS, XP)
# What only the product itself records is no advice to anybody.
DOERS = {Recorder.CLIENT, Recorder.COACH, Recorder.SERVICE}
# A longer span leaves the buckets out in which nothing happened: an event may be dated back by centuries.
DAYS_MAX = 3_660
QUESTION = "SELECT day, activity_id, {asset} FROM daily_activity WHERE user_id = ? AND day >= ? AND day <= ? ORDER BY day"


@dataclass(frozen=True, slots=True)
class Stretch:
    """One bucket of a series; `amounts` has every category."""

    starts_on: date
    amounts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All categories together."""
        return sum(self.amounts.values())


@dataclass(frozen=True, slots=True)
class ByCategory:
    """What came from which category. What was taken back by hand counts against its category, so a figure may be below 0."""

    window: Window
    bucket: Bucket
    asset: str
    span: Span
    categories: Sequence[CategoryDocument]
    totals: Mapping[str, int]
    series: Sequence[Stretch]
    # Those in which nothing was done in the window, though the programme has something to do in them.
    untouched: Sequence[CategoryDocument]

    @property
    def total(self) -> int:
        """All categories together."""
        return sum(self.totals.values())

    @property
    def leading(self) -> CategoryDocument | None:
        """The category that brought most; None where none brought anything."""
        best = max(self.categories, key=lambda category: self.totals[category.key], default=None)
        return best if best and self.totals[best.key] > 0 else None

    def share(self, category: str) -> int:
        """Its part of all that was earned, in whole percent."""
        earned = sum(amount for amount in self.totals.values() if amount > 0)
        return round(100 * max(self.totals[category], 0) / earned) if earned else 0


def earned_by_category(
    *, user_id: int, today: date, window: Window = Window.LAST_30_DAYS, bucket: Bucket = Bucket.DAY, asset: str = POINTS
) -> ByCategory:
    """What each category brought somebody, of points or XP. `today` is the person's own; all time begins with their first day."""
    if asset not in ASSETS:
        raise ValueError(f"{asset} is in no daily total")
    programme, wanted = programme_in_force(), span_of(window, today)
    first, last = (wanted.first, wanted.last) if wanted else (date.min, date.max)
    rows = sql.rows(QUESTION.format(asset=asset), (user_id, first.isoformat(), last.isoformat()))
    found = [(date.fromisoformat(day), activity_id, int(amount)) for day, activity_id, amount in rows]
    # A day of theirs may be ahead of `today` where they have moved since.
    span = wanted or Span(found[0][0] if found else today, max(today, found[-1][0]) if found else today)
    categories = categories_of(programme, {activity_id for _, activity_id, _ in found})
    named = known_categories(programme, categories.values())
    stretches = _empty_stretches(span, bucket, (day for day, _, _ in found), [category.key for category in named])
    for day, activity_id, amount in found:
        stretches[bucket.start_of(day)][categories[activity_id]] += amount
    totals = {category.key: sum(amounts[category.key] for amounts in stretches.values()) for category in named}
    offered = {activity.category for activity in programme.activities.values() if activity.active and set(activity.recorded_by) & DOERS}
    touched = {categories[activity_id] for _, activity_id, _ in found}
    return ByCategory(
        window=window,
        bucket=bucket,
        asset=asset,
        span=span,
        categories=named,
        totals=totals,
        series=[Stretch(start, amounts) for start, amounts in stretches.items()],
        untouched=[category for category in named if category.key in offered - touched],
    )


def _empty_stretches(span: Span, bucket: Bucket, days: Iterable[date], keys: Sequence[str]) -> dict[date, dict[str, int]]:
    starts = span.buckets(bucket) if span.days <= DAYS_MAX else sorted({bucket.start_of(day) for day in days})
    return {start: dict.fromkeys(keys, 0) for start in starts}


def categories_of(programme: Programme, activity_ids: Iterable[int]) -> dict[int, str]:
    """The category of each activity: as the registry says it now, so that charts and registry cannot differ."""
    keys = activity_keys(activity_ids)
    found = {}
    unregistered = []
    for activity_id, key in keys.items():
        known = programme.activities.get(key or "") or RESERVED.get(key or "")
        if known:
            found[activity_id] = known.category
        else:
            unregistered.append(activity_id)
    if unregistered:
        # Of what nobody registered, the category is that of the first rule that paid for it.
        found |= dict(sql.rows(f"SELECT id, category FROM activities WHERE id IN ({sql.marks(unregistered)})", unregistered))
    return found


def known_categories(programme: Programme, used: Iterable[str]) -> list[CategoryDocument]:
    """The categories of the programme in its order, and after them those that only the past knows."""
    gone = sorted(set(used) - set(programme.categories))
    return [*programme.categories.values(), *(CategoryDocument(key=key, name=readable(key)) for key in gone)]
