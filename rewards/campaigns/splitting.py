"""Which variant of a campaign's rules somebody gets: a draw that is fair and that nobody can foresee, in SQL of both databases.

Those who join one after the other are dealt from packs: a pack has as many cards as there are shares, each variant as many of them as its
weight, and the campaign's own rules one. So the split is even in the smallest list. Where in its pack somebody stands is drawn for each
pack under the installation's secret: who came when says nothing about the variant, and what one campaign dealt nothing about the next.
"""

from collections.abc import Sequence
from hashlib import sha256
from math import gcd
from typing import NamedTuple

from rewards.campaigns.rule_documents import Variant
from rewards.kit.tokens import token_from

# The draw is a polynomial of the pack's number over a prime field: those of any four packs are independent, and plain arithmetic finds it.
PRIME = 2**31 - 1
DRAW = f"(((? * pack + ?) % {PRIME} * pack + ?) % {PRIME} * pack + ?) % {PRIME}"
CARD = f"(place * ? + {DRAW} % ?) % ?"
PACKED = f"(SELECT subscribers.*, (sequence - 1) / ? % {PRIME} AS pack, (sequence - 1) % ? AS place FROM subscribers)"
GOLDEN = 0.618


class Dealt(NamedTuple):
    """An expression for somebody's variant, empty for the campaign's own rules; the people it is about; and the values of both."""

    variant: str
    values: tuple[object, ...]
    people: str = "subscribers"
    people_values: tuple[object, ...] = ()


def deal(campaign_id: int, variants: Sequence[Variant]) -> Dealt:
    """How a campaign's variants are dealt."""
    if not variants:
        return Dealt("''", ())
    shares = 1 + sum(variant.weight for variant in variants)
    card = (_step(shares), *_coefficients(campaign_id), shares, shares)
    values: list[object] = []
    below = 0
    for variant in variants:
        below += variant.weight
        values += [*card, below, variant.key]
    whens = f" WHEN {CARD} < ? THEN ?" * len(variants)
    return Dealt(f"CASE{whens} ELSE '' END", tuple(values), PACKED, (shares, shares))


def _step(shares: int) -> int:
    """How far the cards of two neighbours lie apart: so that those of one variant do not follow each other, and every card is dealt."""
    return next(step for step in range(round(shares * GOLDEN), 0, -1) if gcd(step, shares) == 1)


def _coefficients(campaign_id: int) -> list[int]:
    drawn = sha256(token_from("campaign variants", str(campaign_id)).encode()).digest()
    return [int.from_bytes(drawn[first : first + 8]) % PRIME for first in range(0, 32, 8)]
