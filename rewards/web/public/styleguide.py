"""The design language for those who make pages: every part in every state.

It is there only while the desk serves the machine it runs on.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue

from rewards.kit.settings import LOOPBACK
from rewards.web.answering import answer

styleguide = Blueprint("styleguide", __name__, url_prefix="/styleguide")

# Words as long as words are, and a moment that never changes, so that two pictures of the page can be compared.
A_MOMENT = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)
PROBLEMS = {
    "name": "Enter a name of at most 60 characters.",
    "amount": "Enter an amount between 1 and 25,000.",
    "kind": "Choose one of these.",
}
WEEKS, TODAY = 12, (11, 4)


@styleguide.before_request
def _only_at_home() -> None:
    if urlsplit(current_app.config["LAUREL_ORIGIN"]).hostname not in LOOPBACK:
        abort(404)


@styleguide.get("")
def show() -> ResponseReturnValue:
    """Every part; `?part=dialog` is what the dialog's opener asks for."""
    if request.args.get("part") == "dialog":
        return answer("public/styleguide_dialog.html", "dialog")
    return answer("public/styleguide.html", at=A_MOMENT, problems=PROBLEMS, weeks=list(_weeks()))


def _weeks() -> Iterator[list[tuple[str, int, bool]]]:
    for week in range(WEEKS):
        yield [(f"Day {7 * week + day + 1}: {week * day % 4} logged", week * day % 4, (week, day) == TODAY) for day in range(7)]
