"""How a client is earning: by category and week, on the ladder, and movement by movement; and a month of it to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from babel.dates import format_date
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from rewards.activities.documents import ActivityDocument
from rewards.activities.models import Recorder
from rewards.insights.categories import ByCategory, Stretch, earned_by_category
from rewards.insights.windows import Bucket, Window
from rewards.ledger.statements import statement_of
from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.client.desk import Desk
from rewards.web.client.history import CSV_HEADER, history_of, movements_of, printed_rows, rows_of
from rewards.web.exporting import csv_answer
from rewards.web.months import month_asked_for, neighbour_of

progress = Blueprint("progress", __name__, url_prefix="/progress")

WINDOWS = {"7": Window.LAST_7_DAYS, "30": Window.LAST_30_DAYS, "all": Window.ALL_TIME}
WORDS = {"7": "7 days", "30": "30 days", "all": "All time"}
# A drawing of half a year can be read; what came before is in the figures by category.
WEEKS_MAX = 26


@dataclass
class Earning:
    """What a window of days brought, for two drawings and their tables."""

    desk: Desk
    days: str

    @cached_property
    def figures(self) -> ByCategory:
        """By category, and by category and week."""
        today = self.desk.words.today
        return earned_by_category(user_id=self.desk.person.id, today=today, window=WINDOWS[self.days], bucket=Bucket.WEEK)

    @property
    def weeks(self) -> Sequence[Stretch]:
        """The latest weeks, oldest first."""
        return self.figures.series[-WEEKS_MAX:]

    @property
    def used(self) -> list[tuple[str, str]]:
        """The categories that brought something: key and name."""
        return [(one.key, one.name) for one in self.figures.categories if self.figures.totals[one.key]]

    @property
    def nudge(self) -> ActivityDocument | None:
        """Something they can do by themselves in a category that brought nothing; None where every one did."""
        untouched = {category.key for category in self.figures.untouched}
        mine = (one for one in self.desk.programme.activities.values() if one.active and Recorder.CLIENT in one.recorded_by)
        return next((one.document for one in mine if one.category in untouched), None)

    def category_name(self, key: str) -> str:
        """What to call a category."""
        return next(one.name for one in self.figures.categories if one.key == key)


@progress.get("")
def show() -> ResponseReturnValue:
    """The page; `?days=7|30|all` chooses the window, `?before=ID` shows older movements."""
    desk, days = Desk(me()), request.args.get("days", "30")
    earning = Earning(desk, days if days in WINDOWS else "30")
    # A part has no history: nobody asks for what is not shown again.
    return answer("client/progress.html", "earning", desk=desk, earning=earning, words_of=WORDS, history=_history(desk))


def _history(desk: Desk) -> object:
    before_id = request.args.get("before", type=int)
    return lambda: history_of(desk, before_id)


@progress.get("/history.csv")
def export() -> ResponseReturnValue:
    """Every movement as a file."""
    desk = Desk(me())
    return csv_answer(f"{desk.settings.name} history", CSV_HEADER, rows_of(desk))


@progress.get("/statement")
def show_statement() -> ResponseReturnValue:
    """A month, to print: what there was, every movement, what there is; `?month=2026-03`, this month unless it is told."""
    desk = Desk(me())
    month = month_asked_for(request.args.get("month"), desk.words.today)
    statement = statement_of(user_id=desk.person.id, month=month, zone=desk.words.zone)
    return answer(
        "client/statement.html",
        desk=desk,
        statement=statement,
        rows=list(printed_rows(desk, statement.lines)),
        told=movements_of(desk),
        title=format_date(statement.first, "LLLL y", locale=desk.words.locale),
        earlier=neighbour_of(statement.first, -1, joined_on=desk.person.joined_on, today=desk.words.today),
        later=neighbour_of(statement.first, 1, joined_on=desk.person.joined_on, today=desk.words.today),
    )
