"""How far people come in a campaign, from where, and how its variants compare, in words and numbers."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from flask import request

from rewards.campaigns import places
from rewards.campaigns.comparing import Arm, Difference, compare_variants
from rewards.campaigns.counting import Funnel, Steps, funnel_of
from rewards.web.campaigns.desk import Desk
from rewards.web.words import MINUS, Words, plural

OWN_RULES = "The campaign's own rules"
# To compare is to look at everybody: of more than so many it is asked for by itself, and nobody waits for the page.
COMPARED_AT_ONCE = 5_000
SOURCES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Compared:
    """A variant beside the campaign's own rules."""

    name: str
    people: str
    referrals: str
    score: str
    # What is said of the difference, referrals first.
    told: list[str]


class Story:
    """One campaign's funnel since it was published, and its variants."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.words = desk, desk.words

    @cached_property
    def funnel(self) -> Funnel:
        """How many came how far."""
        return funnel_of(self.desk.campaign.id)

    @property
    def steps(self) -> list[tuple[str, int]]:
        """Each step with how many took it."""
        total = self.funnel.total
        return [("Visits", total.visits), ("Joined", total.joined), ("Confirmed", total.verified), ("Brought somebody", total.referred)]

    @property
    def finding(self) -> str:
        """The funnel in one sentence."""
        total, number = self.funnel.total, self.words.number
        if not total.joined:
            return "Nobody has joined since it was published."
        seen = f" of {number(total.visits)} {plural(total.visits, 'visit')}" if total.visits >= total.joined else ""
        return f"{number(total.joined)}{seen} joined, {number(total.verified)} confirmed, {number(total.referred)} brought somebody"

    @property
    def sources(self) -> list[tuple[str, Steps]]:
        """Where they came from, what brought most first."""
        return [(source or "Directly", steps) for source, steps in self.funnel.by_source[:SOURCES_SHOWN]]

    @property
    def has_variants(self) -> bool:
        """Whether there is anything to compare."""
        return bool(self.desk.rulebook.variants)

    @property
    def is_compared(self) -> bool:
        """Whether it is compared at once."""
        return "compared" in request.args or self.desk.waitlist.last_sequence <= COMPARED_AT_ONCE

    @cached_property
    def variants(self) -> list[Compared]:
        """The campaign's own rules, and each variant."""
        return [self._compared(arm) for arm in compare_variants(self.desk.campaign.id)]

    def _compared(self, arm: Arm) -> Compared:
        told = [_difference(arm.referrals, "referrals", self.words), _difference(arm.score, "points", self.words)] if arm.variant else []
        name = (arm.name or arm.variant) if arm.variant else OWN_RULES
        return Compared(
            name, self.words.number(arm.people), decimal(arm.referrals_mean, self.words), decimal(arm.score_mean, self.words), told
        )


def placed_in(campaign_id: int) -> int:
    """How many have a place."""
    return places.total(campaign_id)


def decimal(value: float, words: Words) -> str:
    """A number with one place behind the point."""
    return f"{MINUS if round(value, 1) < 0 else ''}{words.number(Decimal(str(round(abs(value), 1))))}"


def _difference(found: Difference | None, what: str, words: Words) -> str:
    if found is None:
        return f"Too few people to compare {what}."
    by, low, high = (decimal(value, words) for value in (found.by, found.low, found.high))
    sure = "hardly chance" if found.is_clear else "it may be chance"
    return f"{by if found.by < 0 else f'+{by}'} {what} each. The true difference lies between {low} and {high} (95 %): {sure}."
