"""Lists of rewards for those who look after them: their own and everybody's, with what is left and how many were redeemed."""

from collections.abc import Mapping
from functools import cached_property
from urllib.parse import urlencode

from rewards.people.models import Role, User
from rewards.shop.catalogue import Shelved, rewards_of
from rewards.shop.models import Reward
from rewards.shop.offering import may_change
from rewards.web.words import words_for

PAGE_ROWS = 25
# What a list can be narrowed down to; the words for a coach and for an admin.
VIEWS = {"": ("All", "All"), "own": ("Mine", "Coaches'"), "system": ("System", "System"), "off": ("Switched off", "Switched off")}
TEXT_LENGTH_MAX = 200


class Shelf:
    """The rewards that somebody may see, as the address of the list asks for them."""

    def __init__(self, viewer: User, args: Mapping[str, str]) -> None:
        self.viewer, self.words = viewer, words_for(viewer)
        self.view = args.get("view", "") if args.get("view") in VIEWS else ""
        self.search = args.get("q", "").strip()[:TEXT_LENGTH_MAX]
        number = args.get("page", "1")
        self._number = int(number) if number.isascii() and number.isdigit() and len(number) <= 6 else 1

    @cached_property
    def _all(self) -> list[Shelved]:
        # Their own first, then by name.
        return sorted(rewards_of(self.viewer), key=lambda one: one.reward.coach_id is None)

    @cached_property
    def _seen(self) -> list[Shelved]:
        return [one for one in self._all if self.search.casefold() in one.reward.name.casefold()]

    @cached_property
    def _fitting(self) -> list[Shelved]:
        return [one for one in self._seen if self._is_in(one.reward, self.view)]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for: not even a System one."""
        return not self._all

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-len(self._fitting) // PAGE_ROWS))

    @property
    def number(self) -> int:
        """Which page it is."""
        return max(1, min(self._number, self.pages))

    @property
    def rows(self) -> list[Shelved]:
        """Those of the page."""
        return self._fitting[(self.number - 1) * PAGE_ROWS : self.number * PAGE_ROWS]

    def is_own(self, one: Shelved) -> bool:
        """Whether whoever looks at it may change it."""
        return may_change(self.viewer, one.reward)

    def left(self, reward: Reward) -> str:
        """12; Unlimited; 5 codes."""
        if reward.stock is None:
            return "Unlimited"
        return (
            f"{self.words.number(reward.stock)} {'codes' if reward.pooled and reward.stock != 1 else 'code' if reward.pooled else 'left'}"
        )

    def tabs(self, path: str) -> list[tuple[str, str, bool]]:
        """The views, with how many each would show."""
        counts = {view: sum(self._is_in(one.reward, view) for one in self._seen) for view in VIEWS}
        which = int(self.viewer.role == Role.ADMIN)
        return [(self.address(path, view=view), f"{words[which]} {counts[view]}", view == self.view) for view, words in VIEWS.items()]

    def address(self, path: str, **changes: str | int) -> str:
        """The list with some of its wishes changed."""
        said = {name: str(value) for name, value in {"view": self.view, "q": self.search, **changes}.items() if value}
        return f"{path}?{urlencode(said)}" if said else path

    def _is_in(self, one: Reward, view: str) -> bool:
        return {"": True, "own": one.coach_id is not None, "system": one.coach_id is None, "off": not one.active}[view]
