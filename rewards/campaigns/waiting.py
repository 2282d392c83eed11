"""Waitlists: opened and changed by who runs them. Each change leaves a record."""

from sqlalchemy import select

from rewards.campaigns.documents import SLUG, WaitlistDocument
from rewards.campaigns.models import Campaign, Waitlist
from rewards.campaigns.queries import waitlist_run_by
from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import Forbidden, Invalid
from rewards.people.auditing import Done, record_deed
from rewards.people.models import Role, User
from rewards.people.queries import user_by_email, user_by_id

KEY_LENGTH_MAX = 64


def open_waitlist(*, document: WaitlistDocument, actor: User | None) -> Waitlist:
    """A new one, under the first free key that is like its own. A coach's belongs to that coach. Raises Invalid, Forbidden."""
    if actor is not None and actor.role == Role.CLIENT:
        raise Forbidden("Coaches and admins open waitlists.")
    coach_id = actor.id if actor is not None and actor.role == Role.COACH else owner_of(document)
    key = free_key(Waitlist, document.key)
    waitlist = Waitlist(key=key, slug=_slug(document, key), coach_id=coach_id, last_sequence=0, made_at=clock.now())
    _describe(waitlist, document)
    db.session.add(waitlist)
    db.session.flush()
    record_deed(Done("waitlist_opened", "waitlist", waitlist.id, after=_told(waitlist)), actor_id=_id(actor))
    return waitlist


def change_waitlist(*, waitlist_id: int, document: WaitlistDocument, actor: User | None) -> Waitlist:
    """Let it say this; it keeps its key, and its address where none is written. Raises NotFound, Invalid."""
    waitlist = waitlist_run_by(actor, waitlist_id)
    before = _told(waitlist)
    if document.slug is not None and document.slug != waitlist.slug:
        waitlist.slug = _free_slug(document.slug)
    _describe(waitlist, document)
    db.session.flush()
    if before != _told(waitlist):
        record_deed(Done("waitlist_changed", "waitlist", waitlist.id, before, _told(waitlist)), actor_id=_id(actor))
    return waitlist


def waitlist_by_slug(slug: str) -> Waitlist | None:
    """The waitlist at this address."""
    return db.session.scalar(select(Waitlist).where(Waitlist.slug == slug)) if SLUG.fullmatch(slug) else None


def owner_of(document: WaitlistDocument) -> int | None:
    """The id of the coach whose waitlist it is; None: the installation's own. Raises Invalid."""
    if document.coach is None and document.coach_id is None:
        return None
    field, written = ("coach", document.coach) if document.coach else ("coach_id", document.coach_id)
    found = user_by_email(document.coach) if document.coach else user_by_id(document.coach_id or 0)
    if found is None or found.role == Role.CLIENT:
        raise Invalid.single(field, "somebody who coaches here is expected", written)
    return found.id


def free_key(table: type[Waitlist | Campaign], wanted: str) -> str:
    """The first key like this one that nothing has."""
    number, key = 1, wanted
    while db.session.scalar(select(table.id).where(table.key == key)) is not None:
        number += 1
        key = f"{wanted[: KEY_LENGTH_MAX - len(str(number)) - 1]}_{number}"
    return key


def _slug(document: WaitlistDocument, key: str) -> str:
    if document.slug is not None:
        return _free_slug(document.slug)
    likely = key.replace("_", "-").strip("-")
    likely = likely if SLUG.fullmatch(likely) else f"list-{likely}"[:64].strip("-")
    number, slug = 1, likely
    while _is_taken(slug):
        number += 1
        slug = f"{likely[: KEY_LENGTH_MAX - len(str(number)) - 1]}-{number}"
    return slug


def _free_slug(slug: str) -> str:
    if _is_taken(slug):
        raise Invalid.single("slug", "another waitlist has this address", slug)
    return slug


def _is_taken(slug: str) -> bool:
    return db.session.scalar(select(Waitlist.id).where(Waitlist.slug == slug)) is not None


def _describe(waitlist: Waitlist, document: WaitlistDocument) -> None:
    waitlist.name, waitlist.page = document.name, document.page.plain()


def _told(waitlist: Waitlist) -> dict[str, object]:
    return {"key": waitlist.key, "slug": waitlist.slug, "name": waitlist.name, "coach_id": waitlist.coach_id, "page": waitlist.page}


def _id(actor: User | None) -> int | None:
    return actor.id if actor else None
