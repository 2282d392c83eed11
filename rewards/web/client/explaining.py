"""Tells a client in plain words how an event came to what it brought: the stored decision, step by step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rewards.activities.queries import LoggedEvent, trace_of
from rewards.activities.reserved import ACHIEVEMENT_UNLOCKED, RESERVED
from rewards.earning.amounts import untold
from rewards.ledger.models import POINTS, XP
from rewards.web.client.desk import Desk
from rewards.web.trace_names import TraceNames
from rewards.web.words import listed, plural

TIMES = "\N{MULTIPLICATION SIGN}"
BLOCKED = {
    "max_per_day": "The daily limit was reached: {used} of {limit} had counted that day",
    "max_per_week": "The weekly limit was reached: {used} of {limit} had counted that week",
    "inactive": "This activity was switched off",
    "cooldown": "It {reason}, and another one was closer than that",
}
WHY_NO_UNITS = {
    "missing": "No {field} was given",
    "not a number": "What was given as {field} is not a number",
    "negative": "{field} was below 0",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an explanation, and what it added, where it added something."""

    text: str
    amounts: str = ""


class Explanation:
    """How one event came to what it brought."""

    def __init__(self, desk: Desk, event: LoggedEvent) -> None:
        self.desk, self.event, self.words = desk, event, desk.words
        self.trace: Mapping[str, Any] = trace_of(event)
        self._names = TraceNames(self.trace)

    @property
    def steps(self) -> list[Step]:
        """From what was done to what it brought."""
        if "bonus" in self.trace:
            return [Step(self._followed())]
        return [*self._slot(), *self._lines(), *self._multipliers(), *self._afterwards(), *self._misses(), *self._streak()]

    @property
    def bonuses(self) -> list[Step]:
        """What followed from it."""
        told = self.event.result.get("bonuses", ())
        return [Step(self.desk.bonus_name(one), self._award(one)) for one in told]

    @property
    def total(self) -> str:
        """What it came to by itself."""
        return self._award(self.event.result["awards"])

    def _award(self, awards: Mapping[str, Any]) -> str:
        return self.words.award(awards, self.desk.settings.points_word)

    def _assets(self) -> Mapping[str, Any]:
        assets: Mapping[str, Any] = self.trace.get("assets", {})
        return {asset: told for asset, told in assets.items() if asset != "score"}

    def _name(self, told: Mapping[str, Any]) -> str:
        """What people call the activity, rule or boost that a part of the trace names."""
        if "activity" in told:
            return self.desk.activity_name(told["activity"])
        return self._names.boost(told["boost"]) if "boost" in told else self._names.rule(told["rule"])

    def _amount(self, asset: str, amount: Any) -> str:
        value = untold(amount)
        if asset in (XP, POINTS):
            return f"{self.words.number(value)} {'XP' if asset == XP else self.desk.settings.points_word}"
        return self.words.money(asset, value)

    def _slot(self) -> Iterator[Step]:
        slot = self.trace.get("slot", {})
        if blocked := slot.get("blocked"):
            told = BLOCKED[blocked].format(used=slot["used"], limit=slot["limit"], reason=self.event.result.get("reason"))
            yield Step(f"{told}. So it is in your log and brings nothing of its own.")
        elif slot.get("limit"):
            document = self.desk.programme.activities.get(self.event.activity)
            window = "that day" if document and document.max_per_day else "that week"
            yield Step(f"It was within the limit: {slot['used'] + 1} of {slot['limit']} {window}.")

    def _lines(self) -> Iterator[Step]:
        """Each source once, with all that it added."""
        by_source: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
        for asset, told in self._assets().items():
            for line in told["lines"]:
                by_source.setdefault((self._name(line), line.get("field", "")), {})[asset] = line
        for (name, field), lines in by_source.items():
            amounts = [f"+{self._amount(asset, line['amount'])}" for asset, line in lines.items() if line["amount"] != 0]
            line = next(iter(lines.values()))
            if why := line.get("why"):
                yield Step(f"{WHY_NO_UNITS[why].format(field=field)}, so nothing was added for it.")
            elif field:
                each = listed(self._amount(asset, line["each"]) for asset, line in lines.items())
                yield Step(f"{name}: {self.words.number(untold(line['units']))} {field} at {each} a {field}", ", ".join(amounts))
            else:
                yield Step(name, ", ".join(amounts))

    def _multipliers(self) -> Iterator[Step]:
        found: dict[str, tuple[Any, list[str]]] = {}
        for asset, told in self._assets().items():
            for multiplier in (one for line in told["lines"] for one in line.get("multipliers", ())):
                _, assets = found.setdefault(self._name(multiplier), (multiplier["factor"], []))
                if asset not in assets:
                    assets.append(asset)
        for name, (factor, assets) in found.items():
            yield Step(name, f"{self._assets_named(assets)} {TIMES} {self.words.number(untold(factor))}")

    def _afterwards(self) -> Iterator[Step]:
        assets = self._assets()
        for member in ("level_factor", "diminishing"):
            covered = [asset for asset, told in assets.items() if member in told]
            if covered:
                factor = self.words.number(untold(assets[covered[0]][member]))
                done = self.trace.get("paid_before_today", 0) + 1
                text = "Your level at the time" if member == "level_factor" else f"Number {done} of that day counts less"
                yield Step(text, f"{self._assets_named(covered)} {TIMES} {factor}")
        rounded = [asset for asset, told in assets.items() if untold(told.get("exactly", told["amount"])) != told["amount"]]
        if rounded:
            yield Step("Rounded to whole units")

    def _assets_named(self, assets: list[str]) -> str:
        return listed({XP: "XP", POINTS: self.desk.settings.points_word}.get(asset, asset) for asset in assets)

    def _misses(self) -> Iterator[Step]:
        """Where nothing paid: what might have, and did not apply."""
        if self._assets() or self.trace.get("slot", {}).get("blocked"):
            return
        rules = self.trace.get("rules", ())
        yield Step("Nothing in the programme pays for it as it is.")
        for rule in (rule for rule in rules if not rule["matched"]):
            yield Step(f"Did not apply: {self._name(rule)}.")

    def _streak(self) -> Iterator[Step]:
        days = self.trace.get("streak_days", 0)
        if days > 1 and self.event.activity == self.desk.settings.streak_activity:
            yield Step(f"It made {self.words.number(days)} days in a row.")

    def _followed(self) -> str:
        """Why a bonus was paid, or what somebody entered by hand."""
        why = self.trace["bonus"]
        if self.event.activity == ACHIEVEMENT_UNLOCKED.key:
            return f"You unlocked {self.desk.achievement_name(why['achievement'])}."
        if self.event.activity in RESERVED:
            return str(why.get("reason", ""))
        began, days = date.fromisoformat(why["run_began_on"]), why["days"]
        return f"{self.words.number(days)} {plural(days, 'day')} in a row since {self.words.day(began)}."
