"""Notes about a client: written by who looks after them, read by their coach and the admins, and by nobody else."""

from dataclasses import dataclass

from sqlalchemy import select

from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import Forbidden, Invalid, NotFound
from rewards.kit.values import storable_text
from rewards.people.auditing import Done, record_deed
from rewards.people.models import Note, Role, User
from rewards.people.queries import client_of

LENGTH_MAX = 5_000
PAGE_ROWS = 25
ID_MAX = 2**62


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note with who wrote it."""

    note: Note
    author: str


def notes_about(viewer: User, user_id: int, *, before_id: int | None = None, limit: int = PAGE_ROWS) -> list[NoteLine]:
    """Those about a client whom the viewer looks after, newest first. Raises NotFound."""
    client = client_of(viewer, user_id)
    question = select(Note, User.name).join(User, User.id == Note.author_id).where(Note.user_id == client.id)
    rows = db.session.execute(question.where(Note.id < min(before_id or ID_MAX, ID_MAX)).order_by(Note.id.desc()).limit(limit))
    return [NoteLine(note, author) for note, author in rows]


def note_about(viewer: User, user_id: int, note_id: int) -> Note:
    """One of them. Raises NotFound for another client's, as for none."""
    client = client_of(viewer, user_id)
    found = db.session.get(Note, note_id) if 0 < note_id < ID_MAX else None
    if found is None or found.user_id != client.id:
        raise NotFound(f"note {note_id}")
    return found


def may_change(actor: User, note: Note) -> bool:
    """Who wrote it, and the admins."""
    return actor.role == Role.ADMIN or note.author_id == actor.id


def add_note(*, user_id: int, text: str, actor: User) -> Note:
    """Remember this about a client. Raises NotFound, Invalid."""
    note = Note(user_id=client_of(actor, user_id).id, author_id=actor.id, text=_checked(text), created_at=clock.now())
    db.session.add(note)
    db.session.flush()
    record_deed(Done("note_added", "user", user_id, after={"note": note.id, "text": note.text}), actor_id=actor.id)
    return note


def change_note(*, user_id: int, note_id: int, text: str, actor: User) -> Note:
    """Other words. Raises NotFound, Forbidden for another's, Invalid."""
    note, wanted = _own(user_id, note_id, actor), _checked(text)
    if wanted != note.text:
        before, note.text, note.changed_at = {"note": note.id, "text": note.text}, wanted, clock.now()
        db.session.flush()
        record_deed(Done("note_changed", "user", user_id, before, {"note": note.id, "text": note.text}), actor_id=actor.id)
    return note


def remove_note(*, user_id: int, note_id: int, actor: User) -> None:
    """It is not there any more; that it was, the audit knows. Raises NotFound, Forbidden for another's."""
    note = _own(user_id, note_id, actor)
    record_deed(Done("note_removed", "user", user_id, before={"note": note.id, "text": note.text}), actor_id=actor.id)
    db.session.delete(note)
    db.session.flush()


def _own(user_id: int, note_id: int, actor: User) -> Note:
    note = note_about(actor, user_id, note_id)
    if not may_change(actor, note):
        raise Forbidden("This note is somebody else's.")
    return note


def _checked(text: str) -> str:
    wanted = "\n".join(line.rstrip() for line in text.strip().splitlines())
    try:
        storable_text(wanted)
    except ValueError:
        raise Invalid.single("text", "Some of these characters cannot be kept.", text) from None
    if not 1 <= len(wanted) <= LENGTH_MAX:
        raise Invalid.single("text", f"Enter 1 to {LENGTH_MAX:,} characters.", text)
    return wanted
