"""Rehearses other rules on what has happened in a campaign: where everybody would stand had they decided from the beginning.

Nothing is written. Both today's rules and the draft decide everything again, in the order in which it happened, so that what differs
between them is the draft's alone; what was undone or waits is left out, and points given by hand stay as they are.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest

from rewards.campaigns import places
from rewards.campaigns.compiling import compile_rules, rules_at
from rewards.campaigns.deciding import Book, Case, verdict_by
from rewards.campaigns.documents import ScoringMode
from rewards.campaigns.models import Campaign
from rewards.campaigns.ordering import key_of, mode_of
from rewards.campaigns.posting import check_range
from rewards.campaigns.retelling import Happened, Player, histories_of
from rewards.campaigns.rule_documents import CampaignRules
from rewards.campaigns.scoring_models import Happening
from rewards.earning.deciding import DecisionError
from rewards.kit.errors import Refused

FIRST = 10
# So much is decided again while a page waits: less where many rules are tried for each.
EVENTS_MAX, RULES_TRIED = 10_000, 10


@dataclass(slots=True)
class Side:
    """What some rules come to for one person."""

    score: int = 0
    referrals: int = 0
    failed: int = 0
    paid_once: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Line:
    """One of the first by the draft, and where they would stand by today's rules."""

    player: Player
    place: int
    score: int
    place_today: int
    score_today: int


@dataclass(slots=True)
class Rehearsal:
    """What a draft would have come to."""

    # How many have a place, and how many of them were looked at, with how many events.
    everybody: int
    people: int = 0
    events: int = 0
    today: int = 0
    draft: int = 0
    more: int = 0
    less: int = 0
    # For how many today's rules do not come to what they have: rules have changed since, or something was undone.
    unlike: int = 0
    # What the draft could not decide.
    failed: int = 0
    first: list[Line] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        """Whether it makes no difference."""
        return not (self.more or self.less or self.failed)


def rehearse_rules(campaign: Campaign, draft: CampaignRules) -> Rehearsal:
    """Hold a draft against the rules in force. Raises ValueError for what cannot be compiled."""
    found = Rehearsal(places.total(campaign.id))
    if campaign.version_id is None:
        return found
    by_points = mode_of(campaign.id) == ScoringMode.POINTS
    stages = _Stage(rules_at(campaign.version_id)), _Stage(draft)
    sides: list[tuple[Player, Side, Side]] = []
    for player, happened in histories_of(campaign.id, _most(stages)):
        today, drafted = (stage.play(player, happened) for stage in stages)
        _count(found, player, happened, today, drafted)
        sides.append((player, today, drafted))
    found.first = _first(sides, by_points=by_points)
    return found


class _Stage:
    """Rules that decide again what has happened, for each variant."""

    def __init__(self, rules: CampaignRules) -> None:
        self.books = {
            variant: Book(compile_rules(0, written), {rule.key: rule for rule in written})
            for variant, written in (("", rules.rules), *((one.key, one.rules) for one in rules.variants))
        }

    def play(self, player: Player, happened: Sequence[Happened]) -> Side:
        """All that happened to somebody, in its order. What cannot be decided counts for nothing."""
        side, book = Side(), self.books.get(player.variant, self.books[""])
        for one in happened:
            try:
                _decide(book, player, one, side)
            except (DecisionError, Refused):
                side.failed += 1
        return side


def _most(stages: Iterable[_Stage]) -> int:
    longest = max(len(book.rules) for stage in stages for book in stage.books.values())
    return EVENTS_MAX * RULES_TRIED // max(longest, RULES_TRIED)


def _decide(book: Book, player: Player, one: Happened, side: Side) -> None:
    verdict = verdict_by(
        book,
        Case(
            event=one.event,
            occurred_at=one.occurred_at,
            reason="",
            subscriber_id=player.id,
            joined_at=player.joined_at,
            source=player.source,
            variant=player.variant,
            referrals=side.referrals,
            score=side.score,
            paid_once=side.paid_once,
        ),
    )
    once = [rule for rule in verdict.once if rule.points]
    changes = (one.by_hand, verdict.points, *(rule.points for rule in once))
    check_range(side.score, *changes)
    side.score += sum(changes)
    side.referrals += one.event == Happening.REFERRAL_CONFIRMED
    side.paid_once.update(rule.key for rule in once)


def _count(found: Rehearsal, player: Player, happened: Sequence[Happened], today: Side, draft: Side) -> None:
    found.people += 1
    found.events += len(happened)
    found.today += today.score
    found.draft += draft.score
    found.more += draft.score > today.score
    found.less += draft.score < today.score
    found.unlike += today.score != player.score
    found.failed += draft.failed


def _first(sides: Sequence[tuple[Player, Side, Side]], *, by_points: bool) -> list[Line]:
    def key(player: Player, side: Side) -> int:
        return key_of(side.score if by_points else side.referrals, player.sequence)

    before = sorted(key(player, today) for player, today, _ in sides)
    ahead = nsmallest(FIRST, sides, key=lambda one: key(one[0], one[2]))
    return [
        Line(player, place, draft.score, bisect_left(before, key(player, today)) + 1, today.score)
        for place, (player, today, draft) in enumerate(ahead, 1)
    ]
