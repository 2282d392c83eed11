"""A dry run from a form: what is typed is tried on the last days instead of being saved, and comes back into the form from its report."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from flask import request
from flask.typing import ResponseReturnValue

from rewards.achievements.identities import achievement_ids
from rewards.activities.models import Kind
from rewards.kit.database import db
from rewards.kit.errors import Invalid
from rewards.kit.written import Written
from rewards.programme.document import Entry, ProgrammeDocument
from rewards.programme.rehearsals import PATIENCE_SECONDS, Kept, Pace, ask_for_rehearsal, rehearsal, work_on_rehearsal
from rewards.web.access import me
from rewards.web.answering import leave_for
from rewards.web.typed import beside

DAYS = 30
PLACE = "/admin/rehearsals"
FORMS = {Kind.RULE: "rules", Kind.ACTIVITY: "activities", Kind.LEVEL: "levels", Kind.BOOST: "boosts", Kind.ACHIEVEMENT: "achievements"}

Part = TypeVar("Part", bound=Written)


def is_dry_run() -> bool:
    """Whether the form was sent to be tried, and not to be saved."""
    return "rehearse" in request.form


def dry_run(section: str, *parts: Written, subject: str, fields: Mapping[str, str] | None = None) -> ResponseReturnValue:
    """Rehearse these parts of one section, and show the report. Raises Invalid beside the fields of the form."""
    try:
        return rehearse(ProgrammeDocument.model_validate({section: list(parts)}), DAYS, subject)
    except Invalid as error:
        raise beside(error, fields or {}, f"{section}[0]") from error


def rehearse(document: ProgrammeDocument, days: int, subject: str) -> ResponseReturnValue:
    """Rehearse a document; what takes longer than a page waits goes on behind it. Raises Invalid."""
    actor_id = me().id
    with db.write():
        rehearsal_id = ask_for_rehearsal(document=document, days=days, subject=subject, actor_id=actor_id)
    work_on_rehearsal(rehearsal_id, Pace(PATIENCE_SECONDS))
    return leave_for(f"{PLACE}/{rehearsal_id}")


def drafted(kind: type[Part]) -> Part | None:
    """The draft that the form is to go on with, where the address names its rehearsal. Raises NotFound."""
    wanted = request.args.get("draft", type=int)
    parts = [entry.part for entry in rehearsal(wanted).draft.entries()] if wanted else []
    return next((part for part in parts if isinstance(part, kind)), None)


def form_of_draft(kept: Kept, known: Mapping[Kind, Collection[str]]) -> str | None:
    """Where the draft can be changed before it is put in force; None where it came from no form. `known`: what is in force, by key."""
    entries = list(kept.draft.entries())
    entry = next((one for one in entries if one.kind in FORMS), None)
    if entry is None:
        return None
    place = f"{_form_of(entry)}/edit" if entry.key in known.get(Kind(entry.kind), ()) else f"/admin/{FORMS[entry.kind]}/create"
    return f"{place}?draft={kept.id}"


def _form_of(entry: Entry) -> str:
    key = achievement_ids([entry.key])[entry.key] if entry.kind == Kind.ACHIEVEMENT else entry.key
    return f"/admin/{FORMS[Kind(entry.kind)]}/{key}"
