"""Lists of achievements for those who make them: their own and everybody's, with how many have each."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from rewards.achievements.documents import AchievementDocument
from rewards.achievements.identities import achievement_ids
from rewards.earning.in_force import programme_in_force
from rewards.insights.reaching_back import count_earned
from rewards.kit.errors import NotFound
from rewards.people.models import Role, User
from rewards.programme.owning import may_change
from rewards.web.achievement_sentences import sentence
from rewards.web.words import words_for

PAGE_ROWS = 25
# What a list can be narrowed down to; the words for a coach and for an admin.
VIEWS = {"": ("All", "All"), "own": ("Mine", "Coaches'"), "system": ("System", "System"), "off": ("Switched off", "Switched off")}
TEXT_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One of them."""

    id: int
    document: AchievementDocument
    sentence: str
    earned: int
    # Whether whoever looks at it may change it.
    is_own: bool


class Shelf:
    """The achievements that somebody may see, as the address of the list asks for them."""

    def __init__(self, viewer: User, args: Mapping[str, str]) -> None:
        self.viewer, self.words, self.programme = viewer, words_for(viewer), programme_in_force()
        self.view = args.get("view", "") if args.get("view") in VIEWS else ""
        self.search = args.get("q", "").strip()[:TEXT_LENGTH_MAX]
        number = args.get("page", "1")
        self._number = int(number) if number.isascii() and number.isdigit() and len(number) <= 6 else 1
        self._seen = [one for one in seen_by(viewer) if self.search.casefold() in one.name.casefold()]
        self._fitting = [one for one in self._seen if self._is_in(one, self.view)]

    @property
    def count(self) -> int:
        """How many the list has."""
        return len(self._fitting)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for: not even a System one."""
        return not seen_by(self.viewer)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PAGE_ROWS))

    @property
    def number(self) -> int:
        """Which page it is."""
        return max(1, min(self._number, self.pages))

    def rows(self) -> list[Row]:
        """Those of the page."""
        shown = self._fitting[(self.number - 1) * PAGE_ROWS : self.number * PAGE_ROWS]
        ids, earned = achievement_ids(one.key for one in shown), count_earned(self.viewer)
        return [
            Row(ids[one.key], one, sentence(one, self.programme, self.words), earned.get(one.key, 0), may_change(self.viewer, one))
            for one in shown
        ]

    def tabs(self, path: str) -> list[tuple[str, str, bool]]:
        """The views, with how many each would show."""
        counts = {view: sum(self._is_in(one, view) for one in self._seen) for view in VIEWS}
        which = int(self.viewer.role == Role.ADMIN)
        return [(self.address(path, view=view), f"{words[which]} {counts[view]}", view == self.view) for view, words in VIEWS.items()]

    def address(self, path: str, **changes: str | int) -> str:
        """The list with some of its wishes changed."""
        said = {name: str(value) for name, value in {"view": self.view, "q": self.search, **changes}.items() if value}
        return f"{path}?{urlencode(said)}" if said else path

    def _is_in(self, one: AchievementDocument, view: str) -> bool:
        return {"": True, "own": one.coach_id is not None, "system": one.coach_id is None, "off": not one.active}[view]


def seen_by(viewer: User) -> list[AchievementDocument]:
    """All for an admin; for a coach their own and everybody's. By name."""
    known = [one.document for one in programme_in_force().achievements]
    seen = [one for one in known if viewer.role == Role.ADMIN or one.coach_id in (None, viewer.id)]
    return sorted(seen, key=lambda one: (one.coach_id is None, one.name.casefold(), one.key))


def achievement_seen_by(viewer: User, achievement_id: int) -> AchievementDocument:
    """One of them. Raises NotFound for another coach's, as for none."""
    seen = seen_by(viewer)
    ids = achievement_ids(one.key for one in seen)
    found = next((one for one in seen if ids[one.key] == achievement_id), None)
    if found is None:
        raise NotFound(f"achievement {achievement_id}")
    return found
