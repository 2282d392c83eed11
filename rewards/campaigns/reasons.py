"""Why somebody stands where they stand, and what brings them one place further."""

from dataclasses import dataclass

from rewards.campaigns.documents import ScoringMode
from rewards.campaigns.finding import keys_before, lines_around, standing
from rewards.campaigns.ordering import key_of, mode_of, score_of


@dataclass(frozen=True, slots=True)
class Why:
    """A place and its reasons. What is counted are points, or referrals where those decide."""

    place: int
    mode: ScoringMode
    # What they have.
    score: int
    # How many have more.
    better: int
    # How many have as much and signed up earlier.
    earlier: int
    # What is missing for the next place; 0 where there is none.
    to_next: int
    # Whether catching up is enough to pass, because they signed up earlier.
    tie_is_enough: bool

    @property
    def counted(self) -> str:
        """What decides."""
        return "points" if self.mode == ScoringMode.POINTS else "referrals"

    @property
    def reason(self) -> str:
        """Why this place, in one or two plain sentences."""
        if self.place == 1:
            return "Nobody stands before you."
        told = f"{_people(self.better)} more {self.counted} than you." if self.better else f"Nobody has more {self.counted} than you."
        return f"{told} {_people(self.earlier)} as many and signed up earlier: ties go to the earlier sign-up." if self.earlier else told

    @property
    def next_step(self) -> str:
        """What the next place takes, in one plain sentence; empty where there is none."""
        if not self.to_next:
            return ""
        one = self.counted[:-1] if self.to_next == 1 else self.counted
        enough = ": a tie is enough, because you signed up earlier" if self.tie_is_enough else ""
        return f"{self.to_next:,} more {one} to place {self.place - 1:,}{enough}."


def to_next(campaign_id: int, subscriber_id: int) -> Why | None:
    """Why somebody has their place, and what brings the next one; None where they have none."""
    found = standing(campaign_id, subscriber_id)
    if found is None:
        return None
    place, key = found
    score = score_of(key)
    better = keys_before(campaign_id, key_of(score, 0))
    step, tie_is_enough = _step(campaign_id, subscriber_id, key)
    return Why(place, mode_of(campaign_id), score, better, place - 1 - better, step, tie_is_enough)


def _step(campaign_id: int, subscriber_id: int, key: int) -> tuple[int, bool]:
    ahead = next((line[3] for line in lines_around(campaign_id, subscriber_id, 1) if line[3] < key), None)
    if ahead is None:
        return 0, False
    gap, signed_up_earlier = score_of(ahead) - score_of(key), _sequence(key) < _sequence(ahead)
    return (gap, True) if signed_up_earlier else (gap + 1, False)


def _sequence(key: int) -> int:
    return key & 0xFFFFFFFF


def _people(number: int) -> str:
    return "One person has" if number == 1 else f"{number:,} people have"
