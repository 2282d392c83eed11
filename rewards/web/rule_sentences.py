"""Says what a rule and a boost do, in sentences: when, if, then, and within which limits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rewards.activities.documents import PerUnit
from rewards.earning.compiled import Programme
from rewards.earning.documents import BoostDocument, Pattern, RuleDocument
from rewards.earning.outcomes import AwardPoints, GrantReward, Multiply, Scope, Stacking, UnlockAchievement
from rewards.kit.values import readable
from rewards.web.words import Words, listed

TIMES = "\N{MULTIPLICATION SIGN}"
NAMES = {
    "person.level": "the level",
    "person.total_xp": "total XP",
    "person.points_balance": "the points balance",
    "person.streak_days": "the streak in days",
    "person.days_since_joining": "days since joining",
    "person.tags": "tags",
    "campaign.referralCount": "the number of referrals",
    "campaign.firstReferralOnly": "first referral only",
    "campaign.minScore": "the score",
    "time.weekday": "the day",
    "time.hour": "the hour",
    "time.date": "the date",
}
OPERATORS = {
    "equals": "is",
    "in": "is one of",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "between": "is between",
    "contains": "contains",
    "exists": "is there",
}
STACKING = {
    Stacking.COMPOUND: "multiplied with others",
    Stacking.ADD: "added to others",
    Stacking.HIGHEST: "only the largest counts",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One rule or boost in words."""

    when: str
    conditions: str
    then: str
    limits: str

    def __str__(self) -> str:
        asked = f" and {self.conditions}" if self.conditions else ""
        return f"When {self.when}{asked}: {self.then}.{f' {self.limits}' if self.limits else ''}"


class Teller:
    """Knows what the programme calls things, and how its reader writes numbers."""

    def __init__(self, programme: Programme, words: Words) -> None:
        self.programme, self.words = programme, words

    def rule(self, rule: RuleDocument) -> Sentence:
        """A rule."""
        fields = {f"metadata.{name}": {"equals": value} for name, value in rule.pattern.metadata.items()}
        asked = [part for part in (self.conditions(fields), self.conditions(rule.conditions)) if part]
        limits = [self._window(rule.active_from, rule.active_until), "No rule after it is tried" if rule.stop else ""]
        return Sentence(self._pattern(rule.pattern), " and ".join(asked), self._outcome(rule.outcome), _sentences(limits))

    def boost(self, boost: BoostDocument) -> Sentence:
        """A boost."""
        times = [listed(readable(day) for day in boost.weekdays)] if boost.weekdays else []
        times += [f"from {boost.hours.from_}:00 to {boost.hours.until}:00"] if boost.hours else []
        when = " ".join(["it happens", *([f"on {times[0]}"] if boost.weekdays else []), *times[1 if boost.weekdays else 0 :]])
        return Sentence(when if times else "anything happens", "", self._scope(boost), _sentences([self._window(boost.from_, boost.until)]))

    def activity(self, key: str) -> str:
        """What an activity is called."""
        known = self.programme.activities.get(key)
        return known.name if known else readable(key)

    def conditions(self, conditions: Mapping[str, Any]) -> str:
        """Conditions that must all hold."""
        return " and ".join(self._each(conditions))

    def _each(self, conditions: Mapping[str, Any]) -> Iterator[str]:
        for name, asked in conditions.items():
            if name == "all":
                yield " and ".join(self.conditions(inner) for inner in asked)
            elif name == "any":
                yield f"either {' or '.join(self.conditions(inner) for inner in asked)}"
            elif name == "not":
                yield f"not ({self.conditions(asked)})"
            else:
                yield from (self._condition(name, operator, value) for operator, value in asked.items())

    def _condition(self, name: str, operator: str, value: Any) -> str:
        if name == "campaign.firstReferralOnly":
            return "it is the first referral"
        if operator == "exists":
            return f"{self.path(name)} is {'there' if value else 'missing'}"
        shown = [self._value(one) for one in (value if isinstance(value, list) else [value])]
        how = "is" if operator == "in" else OPERATORS[operator]
        return f"{self.path(name)} {how} {' and '.join(shown) if operator == 'between' else _either(shown)}"

    def path(self, name: str) -> str:
        """What a condition looks at."""
        if name.startswith("person.count."):
            return f"times {self.activity(name.removeprefix('person.count.'))}"
        return NAMES.get(name) or name.removeprefix("metadata.")

    def _value(self, value: Any) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int | Decimal):
            return self.words.number(value)
        return readable(value) if value in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday") else str(value)

    def _pattern(self, pattern: Pattern) -> str:
        if pattern.activity:
            return self.activity(pattern.activity)
        if pattern.action and pattern.object_type:
            return self.activity(f"{pattern.object_type}_{pattern.action}")
        if pattern.action:
            return f"anything is {readable(pattern.action).lower()}"
        return f"anything happens to {readable(pattern.object_type).lower()}" if pattern.object_type else "anything happens"

    def _outcome(self, outcome: AwardPoints | Multiply | UnlockAchievement | GrantReward) -> str:
        if isinstance(outcome, AwardPoints):
            category = self.programme.categories.get(outcome.category or "")
            return self._award(outcome) + (f" for {category.name}" if category else "")
        if isinstance(outcome, UnlockAchievement):
            known = next((one.name for one in self.programme.achievements if one.key == outcome.achievement), readable(outcome.achievement))
            return f"unlocks {known}"
        if isinstance(outcome, GrantReward):
            return f"gives the reward {readable(outcome.reward)}"
        return self._scope(outcome)

    def _award(self, award: AwardPoints) -> str:
        points_word = self.programme.settings.points_word
        parts = [f"{self.words.number(amount)} {word}" for amount, word in ((award.xp, "XP"), (award.points, points_word)) if amount]
        parts += [self.words.money(currency, minor) for currency, minor in award.money.items() if minor]
        parts += [f"{self.words.signed(award.score)} score"] if award.score else []
        parts += [self.per_unit(award.per_unit)] if award.per_unit else []
        return ", ".join(parts) or "nothing"

    def per_unit(self, unit: PerUnit) -> str:
        """10 points a kg."""
        points_word = self.programme.settings.points_word
        parts = [f"{self.words.number(amount)} {word}" for amount, word in ((unit.xp, "XP"), (unit.points, points_word)) if amount]
        parts += [self.words.money(currency, minor) for currency, minor in unit.money.items() if minor]
        return f"{', '.join(parts)} a {unit.field}"

    def _scope(self, scope: Scope) -> str:
        assets = {"xp": "XP", "points": self.programme.settings.points_word, None: f"XP and {self.programme.settings.points_word}"}
        known = self.programme.categories
        what = [known[key].name if key in known else readable(key) for key in scope.categories]
        what += [self.activity(key) for key in scope.activities]
        inside = f" for {listed(what)}" if what else ""
        return f"{assets.get(scope.asset, scope.asset)} {TIMES}{self.words.number(scope.factor)}{inside}, {STACKING[scope.stacking]}"

    def _window(self, first: date | None, last: date | None) -> str:
        begins, ends = (self._moment(one) if one else "" for one in (first, last))
        return f"From {begins} to {ends}" if begins and ends else f"From {begins}" if begins else f"Until {ends}" if ends else ""

    def _moment(self, moment: date) -> str:
        return self.words.moment(moment) if isinstance(moment, datetime) else self.words.day(moment)


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}" if names else "nothing"


def _sentences(parts: list[str]) -> str:
    return " ".join(f"{part}." for part in parts if part)
