"""What must hold across a whole programme, once a document has been merged into what is in force."""

from collections.abc import Collection, Iterator, Mapping

from rewards.activities.models import Kind
from rewards.earning.documents import RuleDocument
from rewards.earning.outcomes import GrantReward, UnlockAchievement
from rewards.kit.errors import Invalid, Problem
from rewards.kit.written import Written, joined
from rewards.levels.documents import LevelDocument
from rewards.levels.ladder import missteps

Definitions = Mapping[tuple[Kind, str], Written]


def check_whole(definitions: Definitions, places: Mapping[tuple[Kind, str], str], rewards: Collection[str]) -> None:
    """Raise Invalid with everything that does not fit together; `places` says where the document's own definitions stand in it.

    `rewards` are the keys of all rewards there will be.
    """
    problems = [*_ladder_problems(definitions, places), *_rule_problems(definitions, places, rewards)]
    if problems:
        raise Invalid(problems)


def _ladder_problems(definitions: Definitions, places: Mapping[tuple[Kind, str], str]) -> Iterator[Problem]:
    levels = [part for part in definitions.values() if isinstance(part, LevelDocument)]
    xp = {level.number: level.xp_required for level in levels}
    for number, message in missteps(levels).items():
        # A level of the document can stand wrong because of one that is in force already, and the other way round.
        place = places.get((Kind.LEVEL, str(number)))
        field = joined(place, "xp_required") if place else "levels"
        yield Problem(field, message if place else f"level {number}: {message}", xp[number])


def _rule_problems(definitions: Definitions, places: Mapping[tuple[Kind, str], str], rewards: Collection[str]) -> Iterator[Problem]:
    for (kind, key), part in definitions.items():
        if not isinstance(part, RuleDocument):
            continue
        outcome, place = part.outcome, joined(places.get((kind, key), f"rule {key}"), "outcome")
        if isinstance(outcome, UnlockAchievement) and (Kind.ACHIEVEMENT, outcome.achievement) not in definitions:
            yield Problem(joined(place, "achievement"), "the key of an achievement is expected", outcome.achievement)
        if isinstance(outcome, GrantReward) and outcome.reward not in rewards:
            yield Problem(joined(place, "reward"), "the key of a reward is expected", outcome.reward)
