"""Saves one definition for an admin, under the name that it has on the page when something is wrong with it."""

from collections.abc import Mapping

from rewards.earning.in_force import forget_programme
from rewards.kit.database import db
from rewards.kit.errors import Invalid
from rewards.kit.written import Written
from rewards.programme.changing import Change, change_programme
from rewards.programme.document import ProgrammeDocument
from rewards.web.access import me
from rewards.web.typed import beside


def save(section: str, *parts: Written, note: str, fields: Mapping[str, str] | None = None) -> Change:
    """Let these parts of one section be in force from now on. Raises Invalid beside the fields of the form."""
    actor_id = me().id
    try:
        with db.write():
            change = change_programme(document=ProgrammeDocument.model_validate({section: list(parts)}), actor_id=actor_id, note=note)
    except Invalid as error:
        raise beside(error, fields or {}, f"{section}[0]") from error
    # The page that follows may be told in this same request.
    forget_programme()
    return change
