"""Reports of dry runs: what a draft would have paid, whom it moves, and the choice of what to do with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_args

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from rewards.activities.models import Kind
from rewards.earning.compiled import Programme
from rewards.earning.histories import Amounts
from rewards.earning.in_force import forget_programme, programme_in_force
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.levels.documents import LevelDocument
from rewards.levels.ladder import Ladder
from rewards.programme.applying import Mode, put_in_force, work_on_application
from rewards.programme.rehearsals import PATIENCE_SECONDS, Kept, Pace, rehearsal
from rewards.programme.rulebook import all_boosts, all_rules
from rewards.web.access import me
from rewards.web.admin.rehearsing import PLACE, form_of_draft, rehearse
from rewards.web.answering import answer, leave_for, wants_part
from rewards.web.movements import Movements
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed
from rewards.web.words import Words, plural, words_for

rehearsals = Blueprint("rehearsals", __name__, url_prefix="/rehearsals")

MODES = {"forward": "From now on", "top_up": "Top up", "restate": "Restate"}
# It is asked for at 1, 2, 4 and then every 8 seconds.
WAIT_SECONDS_MAX = 8
# A chart of more days would be a wall of them.
DAYS_DRAWN = 92


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the chart: points paid, by today's rules, by the draft."""

    day: date
    paid: int
    today: int
    draft: int


@rehearsals.get("/<int:rehearsal_id>")
def show(rehearsal_id: int) -> ResponseReturnValue:
    """What a draft would have done; or how far the work on it is."""
    kept = rehearsal(rehearsal_id)
    if wants_part() and not kept.is_at_work:
        # What was waited for is there: the whole page tells it.
        return "", 204, {"HX-Refresh": "true"}
    return _show(kept, {})


@rehearsals.post("/<int:rehearsal_id>/repetition")
def repeat(rehearsal_id: int) -> ResponseReturnValue:
    """The same draft on other days, or once more after something has changed."""
    kept, typed = rehearsal(rehearsal_id), Typed(request.form)
    try:
        days = typed.whole("days")
        typed.check()
        return rehearse(kept.draft, 0 if days is None else days, kept.subject)
    except Invalid as error:
        return _show(kept, problems_of(error), typed=typed, status=422)


@rehearsals.get("/<int:rehearsal_id>/application")
def ask_to_apply(rehearsal_id: int) -> ResponseReturnValue:
    """What putting it in force in that way would do, with its numbers, before it is done."""
    kept = rehearsal(rehearsal_id)
    if kept.state != "rehearsed":
        raise NotFound(f"rehearsal {rehearsal_id} has nothing to put in force")
    return _confirmation(kept, _mode(request.args), {})


@rehearsals.post("/<int:rehearsal_id>/application")
def apply(rehearsal_id: int) -> ResponseReturnValue:
    """Put it in force. Pressed twice, or sent again, it does the same once."""
    kept, mode, actor_id = rehearsal(rehearsal_id), _mode(request.form), me().id
    try:
        with db.write():
            put_in_force(rehearsal_id=rehearsal_id, mode=mode, actor_id=actor_id)
    except (Invalid, Refused) as error:
        status = 422 if isinstance(error, Invalid) else 409
        if wants_part() and request.headers.get("HX-Target") == "dialog":
            return _confirmation(kept, mode, problems_of(error), status=422)
        return _show(rehearsal(rehearsal_id), problems_of(error), status=status)
    forget_programme()
    work_on_application(rehearsal_id, Pace(PATIENCE_SECONDS))
    return leave_for(f"{PLACE}/{rehearsal_id}")


def _mode(sent: Mapping[str, str]) -> Mode:
    found: Mode | None = next((mode for mode in get_args(Mode) if mode == sent.get("mode")), None)
    if found is None:
        raise NotFound(f"way {sent.get('mode')}")
    return found


def _show(kept: Kept, problems: Mapping[str, str], *, typed: Mapping[str, Any] | None = None, status: int = 200) -> ResponseReturnValue:
    words, programme = words_for(me()), programme_in_force()
    report, moves = kept.report, Movements(words, programme)
    ladders = _ladders(kept, programme)
    known = {
        Kind.RULE: [rule.key for rule in all_rules()],
        Kind.BOOST: [boost.key for boost in all_boosts()],
        Kind.ACTIVITY: list(programme.activities),
        Kind.LEVEL: [str(level.number) for level in programme.ladder.levels],
        Kind.ACHIEVEMENT: [one.key for one in programme.achievements],
    }
    return answer(
        "admin/rehearsal.html",
        "work",
        status=status,
        kept=kept,
        report=report,
        words=words,
        moves=moves,
        people=_names(kept),
        days=_days(kept),
        finding=_finding(kept, moves, words),
        assets=_assets(kept),
        level=lambda number, then: ladders[then].get(number, f"level {number}"),
        achievements={one.key: one.name for one in programme.achievements} | _drafted_names(kept),
        change_at=form_of_draft(kept, known) if kept.state == "rehearsed" else None,
        is_same=not (report.difference or report.up or report.down or report.gained or report.lost),
        modes=MODES,
        problems=problems,
        typed=typed or {"days": str(kept.days)},
        wait=min(max(request.args.get("wait", 1, type=int), 1) * 2, WAIT_SECONDS_MAX) if wants_part() else 1,
        told=lambda amounts: _told(amounts, moves),
    )


def _confirmation(kept: Kept, mode: Mode, problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    words = words_for(me())
    moves = Movements(words, programme_in_force())
    context = {"kept": kept, "report": kept.report, "mode": mode, "word": MODES[mode], "problems": problems, "words": words}
    told = {"gives": _plainly(kept.report.gives, moves), "takes": _plainly(kept.report.takes, moves)}
    return answer("admin/rehearsal_application.html", "dialog", status=status, **context, **told)


def _names(kept: Kept) -> dict[int, str]:
    report = kept.report
    ids = sorted({one[0] for one in (*report.gainers, *report.losers)} | {one[0] for one in report.movers})
    return dict(sql.rows(f"SELECT id, name FROM users WHERE id IN ({sql.marks(ids)})", ids)) if ids else {}


def _drafted_names(kept: Kept) -> dict[str, str]:
    return {entry.key: getattr(entry.part, "name", entry.key) for entry in kept.draft.entries() if entry.kind == Kind.ACHIEVEMENT}


def _ladders(kept: Kept, programme: Programme) -> tuple[dict[int, str], dict[int, str]]:
    """The names of levels, now and under the draft."""
    drafted = [entry.part for entry in kept.draft.entries() if isinstance(entry.part, LevelDocument)]
    now = {level.number: level.name for level in programme.ladder.levels}
    then = Ladder([*(level for level in programme.ladder.levels if level.number not in {one.number for one in drafted}), *drafted])
    return now, {level.number: level.name for level in then.levels}


def _days(kept: Kept) -> list[Day]:
    """Every day, also those without points; the last ones where there are very many."""
    if not kept.report.days:
        return []
    last = max(date.fromisoformat(day) for day in kept.report.days)
    first = max(kept.first_day, last - timedelta(days=DAYS_DRAWN - 1))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [Day(day, *kept.report.days.get(day.isoformat(), (0, 0, 0))) for day in days]


def _assets(kept: Kept) -> list[str]:
    report = kept.report
    return sorted({*report.paid, *report.today, *report.draft}, key=lambda asset: (asset != "xp", asset != "points", asset))


def _finding(kept: Kept, moves: Movements, words: Words) -> str:
    report = kept.report
    change = report.difference.get("points", 0)
    paid, draft = report.today.get("points", 0), report.draft.get("points", 0)
    word = moves.programme.settings.points_word
    span = f"in {words.number(kept.days)} {plural(kept.days, 'day')}"
    if not change:
        return f"{words.number(paid)} {word} {span}, with the draft as without it."
    return f"{words.number(draft)} {word} {span} instead of {words.number(paid)}: {words.signed(change)}."


def _told(amounts: Amounts, moves: Movements) -> str:
    """+20 XP, +20 points."""
    return ", ".join(moves.signed(asset, amount) for asset, amount in amounts.items()) or "nothing"


def _plainly(amounts: Amounts, moves: Movements) -> str:
    return " and ".join(moves.amount(asset, amount) for asset, amount in sorted(amounts.items(), reverse=True))
