"""Asking before something is done that cannot be taken back: what will happen, with its numbers, and a button that says it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask.typing import ResponseReturnValue

from rewards.web.campaigns.desk import Desk


@dataclass(frozen=True, slots=True)
class Question:
    """A confirmation: a dialog, and a page of its own without JavaScript."""

    title: str
    sentences: Sequence[str]
    action: str
    # The verb and its object, as the button says them.
    verb: str
    back: str
    # A heading and a number for each thing that will change.
    numbers: Sequence[tuple[str, str]] = ()
    kind: str = "danger"
    # Where a reason is asked for: what is said beside the field.
    reason_hint: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    keep: str = "Cancel"

    def ask(self, desk: Desk, status: int = 200) -> ResponseReturnValue:
        """Show it."""
        return desk.show("campaigns/confirmation.html", "dialog", status=status, question=self, problems=self.problems)
