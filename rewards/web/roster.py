"""A list of people with how each of them is doing, for whoever looks after them, as its address asks for it: view, search, order, page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TypeVar
from urllib.parse import urlencode

from rewards.earning.in_force import programme_in_force
from rewards.insights.coaching import Standing
from rewards.insights.people import PeoplePage, Sort, Standed, View, Wanted, count_views, each_person, people_page
from rewards.kit import clock
from rewards.levels.documents import LevelDocument
from rewards.people.models import Role, User
from rewards.people.zones import zone_at
from rewards.streaks.queries import RunningStreak, streaks_of
from rewards.web.words import Words

TEXT_LENGTH_MAX = 200
# So many at a time are asked for their streaks.
BATCH_ROWS = 500
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Row:
    """One of them."""

    person: User
    level: LevelDocument
    xp: int
    points: int
    streak: RunningStreak
    last_day: date | None
    standing: Standing


class Roster:
    """One page of the people that somebody looks after. What an address asks for and nobody offers is left as it usually is."""

    def __init__(self, viewer: User, args: Mapping[str, str], *, roles: tuple[Role, ...] = (Role.CLIENT,)) -> None:
        now = clock.now()
        self.viewer = viewer
        self.words = Words(viewer, zone_at(viewer, now), now)
        self.programme = programme_in_force()
        self.wanted = wanted_from(args, roles)
        number = args.get("page", "1")
        self.number_wanted = int(number) if number.isascii() and number.isdigit() and len(number) <= 6 else 1

    @cached_property
    def page(self) -> PeoplePage:
        """The page itself."""
        return people_page(self.viewer, self.wanted, self.words.today, number=self.number_wanted)

    @cached_property
    def rows(self) -> list[Row]:
        """Who is on it."""
        return self._rows(self.page.rows)

    @cached_property
    def views(self) -> dict[View, int]:
        """How many people each view would show."""
        return count_views(self.viewer, self.wanted, self.words.today)

    @property
    def count(self) -> int:
        """How many are on all pages."""
        return self.page.count

    @property
    def query(self) -> dict[str, str]:
        """What the address says beside the page, with everything left out that is usual."""
        wanted, usual = self.wanted, Wanted()
        direction = "" if wanted.descending is None else "desc" if wanted.descending else "asc"
        said = {"view": wanted.view if wanted.view != usual.view else "", "q": wanted.text, "sort": wanted.sort, "direction": direction}
        said["sort"] = wanted.sort if wanted.sort != usual.sort else ""
        return {name: str(value) for name, value in said.items() if value}

    def address(self, path: str, **changes: str | int | None) -> str:
        """The list with some of its wishes changed; None takes one away. It begins with its first page again unless `page` is given."""
        said = {name: str(value) for name, value in {**self.query, **changes}.items() if value is not None}
        return f"{path}?{urlencode(said)}" if said else path

    def everybody(self) -> Iterator[Row]:
        """All pages after one another, for a file."""
        batch: list[Standed] = []
        for one in each_person(self.viewer, self.wanted, self.words.today):
            batch.append(one)
            if len(batch) == BATCH_ROWS:
                yield from self._rows(batch)
                batch = []
        yield from self._rows(batch)

    def _rows(self, people: list[Standed]) -> list[Row]:
        todays = {one.person.id: self.words.now.astimezone(zone_at(one.person, self.words.now)).date() for one in people}
        streaks = streaks_of(todays, self.programme.settings.streak_activity)
        ladder = self.programme.ladder
        return [
            Row(
                person=one.person,
                level=ladder.level_for(one.xp),
                xp=one.xp,
                points=one.points,
                streak=streaks[one.person.id],
                last_day=one.last_day,
                standing=one.standing,
            )
            for one in people
        ]


def wanted_from(args: Mapping[str, str], roles: tuple[Role, ...]) -> Wanted:
    """What an address asks for."""
    return Wanted(
        view=_chosen(View, args.get("view"), View.ALL),
        text=args.get("q", "").strip()[:TEXT_LENGTH_MAX],
        sort=_chosen(Sort, args.get("sort"), Sort.NAME),
        descending={"asc": False, "desc": True}.get(args.get("direction", "")),
        roles=roles,
    )


def _chosen(kind: type[Choice], value: str | None, usual: Choice) -> Choice:
    return kind(value) if value in set(kind) else usual
