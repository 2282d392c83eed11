"""Who did what, to what, when and from where. It can be read and nothing else."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from rewards.kit import documents
from rewards.kit.values import readable
from rewards.people.audit import PAGE_ROWS, Entry, Wanted, actions_known, entries, entry_by_id, every_entry, kinds_known
from rewards.people.models import User
from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.asking import day_asked_for, person_asked_for
from rewards.web.exporting import Cell, csv_answer
from rewards.web.words import words_for

audit = Blueprint("audit", __name__, url_prefix="/audit")

PLACE = "/admin/audit"
NAMES = ("person", "action", "kind", "first", "last")
HEADER = ("id", "time", "by_id", "by", "action", "kind", "thing", "before", "after", "note", "place", "system", "request")


@audit.get("")
def show() -> ResponseReturnValue:
    """A page of entries, the latest first."""
    wanted, person, problems = _wanted()
    found = [] if problems else entries(wanted, before_id=request.args.get("before", type=int), limit=PAGE_ROWS + 1)
    query = _query()
    return answer(
        "admin/audit.html",
        "listing",
        entries=found[:PAGE_ROWS],
        older=_address(query | {"before": str(found[PAGE_ROWS - 1].id)}) if len(found) > PAGE_ROWS else "",
        newest=_address(query) if request.args.get("before") else "",
        sheet=_address(query, f"{PLACE}/export.csv"),
        actions=[("", "Everything"), *((one, readable(one)) for one in actions_known())],
        kinds=[("", "All"), *((one, readable(one)) for one in kinds_known())],
        person=person,
        problems=problems,
        query=query,
        **_words(),
    )


@audit.get("/export.csv")
def export() -> ResponseReturnValue:
    """Everything that the filter shows."""
    wanted, _, problems = _wanted()
    return csv_answer("audit", HEADER, () if problems else map(_cells, every_entry(wanted)))


@audit.get("/<int:entry_id>")
def show_one(entry_id: int) -> ResponseReturnValue:
    """One entry, with what was there before and after."""
    return answer("admin/audit_entry.html", entry=entry_by_id(entry_id), **_words())


def _wanted() -> tuple[Wanted, User | None, dict[str, str]]:
    asked = request.args
    problems: dict[str, str] = {}
    person = person_asked_for(asked.get("person", ""), problems)
    wanted = Wanted(
        actor_id=person.id if person else None,
        action=asked.get("action") or None,
        object_kind=asked.get("kind") or None,
        first=day_asked_for(asked, "first", problems),
        last=day_asked_for(asked, "last", problems),
        zone=words_for(me()).zone,
    )
    return wanted, person, problems


def _words() -> dict[str, Any]:
    return {"words": words_for(me()), "readable": readable, "shown": _shown}


def _query() -> dict[str, str]:
    return {name: value for name in NAMES if (value := request.args.get(name, ""))}


def _address(query: dict[str, str], place: str = PLACE) -> str:
    return f"{place}?{urlencode(query)}" if query else place


def _shown(value: Any) -> str:
    """A value of a document in one line."""
    return "nothing" if value is None else value if isinstance(value, str) else documents.canonical(value)


def _cells(entry: Entry) -> tuple[Cell, ...]:
    before, after = ("" if value is None else documents.canonical(value) for value in (entry.before, entry.after))
    who = (entry.id, entry.at, entry.actor_id, entry.actor, entry.action, entry.object_kind, entry.object_id)
    return *who, before, after, entry.note, entry.place, entry.caller, entry.request_id
