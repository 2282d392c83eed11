"""Suggests what an activity should be worth, so that many activities still feel like one programme."""

from enum import StrEnum
from typing import NamedTuple


class Degree(StrEnum):
    """How much effort it takes, and how much it moves what the programme is for."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Frequency(StrEnum):
    """How often people should ideally do it."""

    OFTEN = "often"
    SOMETIMES = "sometimes"
    RARELY = "rarely"


class Range(NamedTuple):
    """A size of award. Above `highest` is no mistake where the range is open."""

    name: str
    lowest: int
    highest: int
    is_open: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.lowest}-{self.highest}{'+' if self.is_open else ''}"


MICRO = Range("Micro", 1, 5)
STANDARD = Range("Standard", 10, 30)
MILESTONE = Range("Milestone", 50, 150, is_open=True)
WEIGHT = {Degree.LOW: 0, Degree.MEDIUM: 1, Degree.HIGH: 2}


def suggested_range(*, effort: Degree, impact: Degree, frequency: Frequency) -> Range:
    """The size that fits. Effort and impact decide; frequency tips the scale where they leave it open."""
    weight = WEIGHT[effort] + WEIGHT[impact]
    if weight == 4 or (weight == 3 and frequency == Frequency.RARELY):
        return MILESTONE
    if weight == 0 or (weight == 1 and frequency == Frequency.OFTEN):
        return MICRO
    return STANDARD


def warning_about(amount: int, suggested: Range) -> str | None:
    """What to tell somebody whose amount lies outside the suggestion; None where it fits."""
    if amount < suggested.lowest:
        return f"{amount} is less than this rubric suggests: {suggested}."
    if amount > suggested.highest and not suggested.is_open:
        return f"{amount} is more than this rubric suggests: {suggested}."
    return None
