"""Adds up what an event is worth: every line times its multipliers, their sum times what holds for all of them, and one rounding. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rewards.earning.amounts import Number, plus, rounded, times, told
from rewards.earning.compiled import SCORE, Line
from rewards.earning.multipliers import Multiplier, combined
from rewards.ledger.models import AMOUNT_MAX


class Placed(NamedTuple):
    """A multiplier and the place of its rule: it multiplies the lines of earlier places."""

    place: int
    multiplier: Multiplier


class Afterwards(NamedTuple):
    """What multiplies a whole sum, once its lines have been multiplied and added."""

    name: str
    factor: Number
    # None: every asset.
    assets: frozenset[str] | None


class Worth(NamedTuple):
    """What the lines of one asset come to, the version of the first rule among them that paid, and the arithmetic."""

    amount: int
    rule_version_id: int | None
    told: dict[str, Any]


def worth_of(asset: str, lines: Sequence[Line], *, multipliers: Sequence[Placed], category: str, afterwards: Sequence[Afterwards]) -> Worth:
    """What these lines of one asset are worth together. Raises OverflowError where that is more than an account can hold."""
    total: Number = 0
    version_id = None
    steps = []
    for line in lines:
        amount, step = _multiplied(line, multipliers, category) if multipliers else (line.amount, line.told)
        total = plus(total, amount)
        steps.append(step)
        if amount and version_id is None:
            version_id = line.rule_version_id
    note: dict[str, Any] = {"lines": steps}
    worth = total
    for name, factor, assets in afterwards:
        if assets is None or asset in assets:
            worth = times(worth, factor)
            note[name] = told(factor)
    note["amount"] = amount = _whole(asset, worth)
    if worth != amount or worth is not total:
        note["sum"], note["exactly"] = told(total), told(worth)
    return Worth(amount, version_id, note)


def _multiplied(line: Line, multipliers: Sequence[Placed], category: str) -> tuple[Number, Mapping[str, Any]]:
    covering = [
        multiplier for place, multiplier in multipliers if place > line.place and multiplier.covers(line.asset, line.category or category)
    ]
    if not covering:
        return line.amount, line.told
    amount = times(line.amount, combined(covering))
    return amount, {**line.told, "multipliers": [multiplier.told for multiplier in covering], "makes": told(amount)}


def _whole(asset: str, worth: Number) -> int:
    """Rounded; compared before it is made an int, which would spell out every zero of a huge number."""
    amount = rounded(worth)
    if not -AMOUNT_MAX <= amount <= AMOUNT_MAX:
        raise OverflowError(f"{asset} of {told(worth)} is more than an account can hold ({AMOUNT_MAX:,})")
    if amount < 0 and asset != SCORE:
        raise OverflowError(f"{asset} of {told(worth)} would take away, and only a score can")
    return int(amount)
