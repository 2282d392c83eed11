"""What undoing an event would do, with the numbers before and after: for the question that comes before it."""

from dataclasses import dataclass
from functools import cached_property

from rewards.activities.listing import EventLine
from rewards.activities.models import State
from rewards.earning.undoing import Undone, foresee_undo, why_not_by
from rewards.kit.values import readable
from rewards.ledger.models import POINTS, XP
from rewards.ledger.queries import balances_of, moved_by
from rewards.people.models import User
from rewards.web.movements import Movements
from rewards.web.words import listed

UNDO_WORDS = {"reason": "Enter a reason of at most 500 characters; they read it."}


@dataclass(frozen=True)
class UndoPreview:
    """One event that somebody on the staff means to undo."""

    line: EventLine
    viewer: User
    moves: Movements
    # Whether all that follows is told too; otherwise only what the event itself moved, which a page can ask in passing.
    is_exact: bool = False

    @property
    def why_not(self) -> str:
        """Why it cannot be, and what can; empty where it can."""
        refused = why_not_by(self.line, self.viewer)
        return refused.message if refused else ""

    @property
    def is_offered(self) -> bool:
        """Whether there is a button for it."""
        return self.line.state != State.UNDONE and not self.why_not

    @cached_property
    def foreseen(self) -> Undone | None:
        """All of what it comes to, found out by doing it and giving it up again; only where that was asked for."""
        return foresee_undo(event_id=self.line.id, actor_id=self.viewer.id) if self.is_exact else None

    @cached_property
    def numbers(self) -> list[tuple[str, str, str]]:
        """Each balance that would be another one: what it is of, what it is and what it would be."""
        now, told = balances_of(self.line.user_id), self.moves
        rows = ((asset, now.get(asset, 0), now.get(asset, 0) + amount) for asset, amount in self._changes().items())
        return [(told.asset(asset), self._number(asset, before), self._number(asset, max(after, 0))) for asset, before, after in rows]

    @property
    def withdrawn(self) -> str:
        """The achievements that would go with it."""
        names = {one.key: one.name for one in self.moves.programme.achievements}
        return listed(names.get(key, readable(key)) for key in (self.foreseen.withdrawn if self.foreseen else ()))

    @property
    def made_up(self) -> str:
        """What is spent already and would be made up for."""
        return listed(self.moves.amount(asset, amount) for asset, amount in (self.foreseen.made_up if self.foreseen else {}).items())

    def _number(self, asset: str, amount: int) -> str:
        """Without its word, which the row begins with."""
        return self.moves.words.number(amount) if asset in (XP, POINTS) else self.moves.amount(asset, amount)

    def _changes(self) -> dict[str, int]:
        """Of all that it comes to, or else of what the event itself moved."""
        if self.foreseen:
            return dict(self.foreseen.changes)
        moved: dict[str, int] = {}
        for _, asset, amount in moved_by(self.line.id):
            moved[asset] = moved.get(asset, 0) - amount
        return {asset: amount for asset, amount in sorted(moved.items()) if amount}


@dataclass(frozen=True)
class UndoneStory:
    """What an undo that was done came to, as it was kept with the event."""

    line: EventLine
    moves: Movements

    @property
    def changes(self) -> str:
        """By how much the balances changed."""
        changes = self.line.undoing.get("changes", {})
        return listed(self.moves.signed(asset, amount) for asset, amount in changes.items())

    @property
    def made_up(self) -> str:
        """What had been spent already."""
        return listed(self.moves.amount(asset, amount) for asset, amount in self.line.undoing.get("made_up", {}).items())

    @property
    def withdrawn(self) -> str:
        """The achievements that went with it."""
        names = {one.key: one.name for one in self.moves.programme.achievements}
        return listed(names.get(key, readable(key)) for key in self.line.undoing.get("withdrawn", ()))
