"""A coach's first page: what waits for them, which clients could do with a word, and what the last 30 days brought."""

from dataclasses import dataclass
from functools import cached_property

from flask import Blueprint
from flask.typing import ResponseReturnValue

from rewards.activities.troubles import Trouble, troubles_of
from rewards.earning.asking import Asked, open_questions
from rewards.earning.in_force import programme_in_force
from rewards.insights.coaching import Standings, Stats, standings_of, stats_of
from rewards.insights.people import Sort, Standed, View, Wanted, first_people
from rewards.people.models import User
from rewards.shop.models import RedemptionStatus
from rewards.shop.queries import Redeemed, desk
from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.movements import Movements
from rewards.web.words import Words, listed, words_for

home = Blueprint("home", __name__)

ROWS = 5


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of the last 30 days, and how it compares with the 30 before."""

    now: int
    before: int

    def told(self, words: Words) -> str:
        """Up 12% on the 30 days before."""
        if not self.before:
            return "none in the 30 days before" if self.now else "as in the 30 days before"
        percent = round((self.now - self.before) * 100 / self.before)
        return (
            f"{'up' if percent > 0 else 'down'} {words.number(abs(percent))}% on the 30 days before"
            if percent
            else "as in the 30 days before"
        )


class Morning:
    """What a coach wants to know first."""

    def __init__(self, coach: User) -> None:
        self.coach, self.words, self.programme = coach, words_for(coach), programme_in_force()
        self.moves = Movements(self.words, self.programme)

    @cached_property
    def troubles(self) -> list[Trouble]:
        """Events of clients that could not be decided."""
        return troubles_of(self.coach, limit=ROWS + 1)

    @cached_property
    def questions(self) -> list[Asked]:
        """What clients miss points for, the oldest first."""
        return open_questions(self.coach, limit=ROWS + 1)

    def missing(self, asked: Asked) -> str:
        """What a limit kept from them: 20 points and 20 XP."""
        return listed(self.moves.amount(asset, amount) for asset, amount in sorted(asked.missing.items()))

    @cached_property
    def redemptions(self) -> list[Redeemed]:
        """What clients have redeemed and nobody has handed over, the oldest first."""
        return desk(self.coach, RedemptionStatus.PENDING, limit=ROWS)

    @cached_property
    def standings(self) -> Standings:
        """How many clients are getting on how."""
        return standings_of(self.coach, self.words.today)

    @cached_property
    def waiting(self) -> list[Standed]:
        """Who was not about for a week, those for the longest time first."""
        if not self.standings.attention:
            return []
        wanted = Wanted(view=View.ATTENTION, sort=Sort.LAST_DAY, descending=False)
        return first_people(self.coach, wanted, self.words.today, limit=ROWS)

    @property
    def figures(self) -> list[tuple[str, Change]]:
        """The last 30 days against the 30 before."""
        recent, before = stats_of(self.coach, self.words.today)
        names = {"active": "Active clients", "events": "Activities", "xp": "XP", "points": self.programme.settings.points_word.capitalize()}
        return [(word, Change(_of(recent, name), _of(before, name))) for name, word in names.items()]

    @property
    def has_own_achievement(self) -> bool:
        """Whether there is one that they made."""
        return any(one.coach_id == self.coach.id for one in self.programme.achievements)

    @property
    def is_new(self) -> bool:
        """Whether they are shown where to begin."""
        return not self.standings.clients


def _of(stats: Stats, name: str) -> int:
    return int(getattr(stats, name))


@home.get("")
def show() -> ResponseReturnValue:
    """The page."""
    return answer("coach/home.html", morning=Morning(me()))
