"""The queue of those who miss points, for coaches and for admins: each question with what came of the event, and one press to answer it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from rewards.earning.answering import explain, log_missing, pay_missing
from rewards.earning.asking import Asked, answered_questions, open_questions, question_seen_by
from rewards.earning.in_force import programme_in_force
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused
from rewards.kit.values import AMOUNT_MAX
from rewards.ledger.models import POINTS, XP
from rewards.people.models import Role, User
from rewards.web.access import home_of, me
from rewards.web.answering import answer, wants_part
from rewards.web.movements import Movements
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed
from rewards.web.words import listed, words_for

WORDS = {
    "points": "Enter how many: a whole number above 0.",
    "reason": "Enter a reason; your client reads it.",
    "answer": "Enter an answer; your client reads it.",
}
TOLD = {"paid": "Paid. Your client is told.", "logged": "Logged. Your client is told.", "explained": "Answered. Your client is told."}
VIEWS = (("", "Open"), ("answered", "Answered"))


def question_pages(audience: str) -> Blueprint:
    """The pages below `/<audience>/questions`."""
    pages = Blueprint(f"{audience}_questions", __name__, url_prefix="/questions")
    pages.get("")(show)
    pages.post("/<int:question_id>/payment")(pay)
    pages.post("/<int:question_id>/log")(log)
    pages.post("/<int:question_id>/explanation")(tell)
    return pages


@dataclass(frozen=True)
class Row:
    """One question, as whoever answers it sees it."""

    asked: Asked
    viewer: User
    moves: Movements
    problems: Mapping[str, str]
    typed: Mapping[str, Any]

    @property
    def activity(self) -> str:
        """What it is about."""
        return self.moves.activity(self.asked.activity)

    @property
    def trace(self) -> str:
        """Where the event's decision is told in full; empty where there is no event."""
        if self.asked.event_id is None:
            return ""
        if self.viewer.role == Role.ADMIN:
            return f"/admin/events/{self.asked.event_id}"
        return f"/coach/clients/{self.asked.user_id}/log/{self.asked.event_id}"

    @property
    def came_to(self) -> str:
        """What the event brought, and why not more."""
        awards, reason = self.asked.result.get("awards"), self.asked.result.get("reason")
        told = self.moves.words.award(awards, self.moves.programme.settings.points_word) if awards else ""
        return f"{told}: {reason}" if told and reason else told

    @property
    def missing(self) -> str:
        """What it would have been without the limit."""
        return listed(self.moves.signed(asset, amount) for asset, amount in sorted(self.asked.missing.items(), reverse=True))

    @property
    def unit(self) -> str:
        """What is counted, where the activity is worth so much of it."""
        known = self.moves.programme.activities.get(self.asked.activity)
        return known.document.per_unit.field if known and known.document.per_unit else ""

    def field(self, name: str) -> str:
        """What stands in a field of the form that pays: what was typed, or what is most likely meant."""
        if name in self.typed:
            return str(self.typed[name])
        if name == "reason":
            return f"{self.activity} on {self.moves.words.written(self.asked.day)}: it counts"
        return str(self.asked.missing.get(name, ""))


def show() -> ResponseReturnValue:
    """What waits for an answer, the oldest first; `?view=answered` shows what was answered last."""
    return _queue()


def pay(question_id: int) -> ResponseReturnValue:
    """Pay what is missing, once."""
    return _answer(question_id, "paid", _pay)


def log(question_id: int) -> ResponseReturnValue:
    """Log for them what is not there, once."""
    return _answer(question_id, "logged", _log)


def tell(question_id: int) -> ResponseReturnValue:
    """Answer with a sentence."""
    return _answer(
        question_id, "explained", lambda asked, typed: explain(question_id=asked.id, actor=me(), answer=typed.text("answer") or "")
    )


def _pay(asked: Asked, typed: Typed) -> None:
    amounts = {POINTS: typed.whole(POINTS) or 0, XP: typed.whole(XP) or 0}
    typed.check()
    # From the first page it is paid without a word of one's own.
    reason = typed.text("reason") if "reason" in typed else _row(asked).field("reason")
    pay_missing(question_id=asked.id, actor=me(), amounts=amounts, reason=reason or "")


def _log(asked: Asked, typed: Typed) -> None:
    unit = _row(asked).unit
    amount = typed.fraction("amount") if unit else None
    if unit and (amount is None or not 0 < amount <= AMOUNT_MAX):
        raise Invalid.single("amount", f"Enter how many {unit}, for example 2.5.")
    metadata = {unit: amount if isinstance(amount, int) else float(amount)} if unit and amount is not None else {}
    log_missing(question_id=asked.id, actor=me(), metadata=metadata)


def _answer(question_id: int, told: str, act: Callable[[Asked, Typed], Any]) -> ResponseReturnValue:
    asked, typed = question_seen_by(me(), question_id), Typed(request.form)
    try:
        with db.write():
            act(asked, typed)
    except (Invalid, Refused) as error:
        return _refuse(question_seen_by(me(), question_id), problems_of(error, WORDS), typed)
    if wants_part():
        return render_template("parts/question.html", row=_row(question_seen_by(me(), question_id)), **_frame(), told=TOLD[told])
    return redirect(f"{_place()}?told={told}", 303)


def _refuse(asked: Asked, problems: Mapping[str, str], typed: Typed) -> ResponseReturnValue:
    row = _row(asked, problems, typed)
    if wants_part():
        return render_template("parts/question.html", row=row, **_frame()), 422
    return _queue(row)


def _queue(refused: Row | None = None) -> ResponseReturnValue:
    view = request.args.get("view", "")
    found = answered_questions(me()) if view == "answered" else open_questions(me())
    rows = [refused if refused and refused.asked.id == one.id else _row(one) for one in found]
    if refused and refused.asked.id not in {one.id for one in found}:
        rows.insert(0, refused)
    views = [(_place() if not key else f"{_place()}?view={key}", word, key == view) for key, word in VIEWS]
    told = TOLD.get(request.args.get("told", ""))
    context = _frame() | {"rows": rows, "views": views, "view": view, "told": told, "refused": refused}
    return answer("parts/questions.html", status=422 if refused else 200, **context)


def _row(asked: Asked, problems: Mapping[str, str] | None = None, typed: Mapping[str, Any] | None = None) -> Row:
    moves = Movements(words_for(me()), programme_in_force())
    return Row(asked, me(), moves, problems or {}, typed or {})


def _place() -> str:
    return f"{home_of(me())}/questions"


def _frame() -> dict[str, Any]:
    return {"frame": f"{me().role}/frame.html", "place": _place(), "audience": str(me().role), "words": words_for(me())}
