"""Invitations: somebody who may says who may join as what; whoever holds the mailed link does, once."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from rewards.kit import clock
from rewards.kit.announcing import announce
from rewards.kit.database import db
from rewards.kit.errors import Forbidden, Invalid, NotFound, Refused
from rewards.kit.tokens import hash_token, is_token_from, new_seed, token_from
from rewards.people.auditing import Done, masked, record_deed
from rewards.people.consenting import check_consents, record_consents
from rewards.people.facts import InvitationAccepted, Invited
from rewards.people.joining import add_user, check_email, check_name, check_place
from rewards.people.models import Invitation, Role, User
from rewards.people.passwords import HashedPassword

PURPOSE = "invitation"
LIFETIME = timedelta(days=7)


def invite(*, email: str, role: str, actor_id: int | None, name: str | None = None, coach_id: int | None = None) -> Invitation:
    """Invite an address. A coach invites clients of their own and nobody else. An earlier invitation that is open makes way.

    Raises Invalid, Forbidden, Refused (`email_taken`).
    """
    actor = db.session.get(User, actor_id) if actor_id is not None else None
    if actor is not None and actor.role == Role.COACH:
        coach_id = actor.id
    if actor is not None and (actor.role == Role.CLIENT or (actor.role == Role.COACH and role != Role.CLIENT)):
        raise Forbidden("Coaches invite clients of their own; everybody else is invited by an admin.")
    address = check_email(email)
    called = check_name(name) if name and name.strip() else None
    if problems := check_place(role, coach_id):
        raise Invalid(problems)
    if db.session.scalar(select(User.id).where(User.email == address)):
        raise Refused("email_taken", f"{address} has an account already.")
    invitation = _stored(Invitation(email=address, name=called, role=role, coach_id=coach_id, invited_by=actor_id))
    about = {"email": masked(address), "role": role, "coach_id": coach_id}
    record_deed(Done("invited", "invitation", invitation.id, after=about), actor_id=actor_id)
    announce([Invited(invitation.id, address)])
    return invitation


def withdraw_invitation(*, invitation_id: int, actor_id: int | None) -> None:
    """Its link is worth nothing from now on. Raises NotFound, Refused (`invitation_over`)."""
    invitation = db.session.scalar(
        select(Invitation).where(Invitation.id == invitation_id).with_for_update().execution_options(populate_existing=True)
    )
    if invitation is None:
        raise NotFound(f"invitation {invitation_id}")
    if invitation.used_at or invitation.withdrawn_at:
        raise Refused("invitation_over", "This invitation was accepted or withdrawn already.")
    invitation.withdrawn_at = clock.now()
    record_deed(Done("invitation_withdrawn", "invitation", invitation_id), actor_id=actor_id)


def invitation_for_token(token: str) -> Invitation | None:
    """The invitation of a link, if it is still good. In a write block it is held until commit."""
    question = select(Invitation).where(Invitation.token_hash == hash_token(token))
    if db.is_writing:
        question = question.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(question)
    return found if found and is_open(found) and is_token_from(token, PURPOSE, found.seed) else None


def token_of(invitation: Invitation) -> str:
    """What stands in the link itself."""
    return token_from(PURPOSE, invitation.seed)


def is_open(invitation: Invitation) -> bool:
    """Whether somebody can still accept it."""
    return invitation.used_at is None and invitation.withdrawn_at is None and clock.now() < invitation.expires_at


def accept_invitation(
    *, token: str, name: str, password: HashedPassword, timezone: str, consents: Iterable[str], locale: str = "en"
) -> User:
    """Join as what the invitation says. Raises Refused (`invitation_over`, `email_taken`), Invalid."""
    invitation = invitation_for_token(token)
    if invitation is None:
        raise Refused("invitation_over", "This invitation is not good any more. Ask for a new one.")
    agreed = set(consents)
    check_consents(agreed)
    # Whoever was to coach them may have left or become something else meanwhile; that is no reason to turn them away.
    coach_id = None if check_place(invitation.role, invitation.coach_id) else invitation.coach_id
    user = add_user(
        email=invitation.email,
        name=name,
        role=invitation.role,
        timezone=timezone,
        coach_id=coach_id,
        locale=locale,
        password=password,
        actor_id=invitation.invited_by,
        note="An invitation was accepted",
    )
    user.email_verified_at = invitation.used_at = clock.now()
    invitation.user_id = user.id
    record_consents(user_id=user.id, given=agreed)
    db.session.flush()
    announce([InvitationAccepted(user.id, user.email)])
    return user


def _stored(invitation: Invitation) -> Invitation:
    now = clock.now()
    invitation.seed = new_seed()
    invitation.token_hash = hash_token(token_of(invitation))
    invitation.created_at, invitation.expires_at = now, now + LIFETIME
    earlier = update(Invitation).where(Invitation.email == invitation.email, Invitation.used_at.is_(None))
    db.session.execute(earlier.where(Invitation.withdrawn_at.is_(None)).values(withdrawn_at=now))
    try:
        with db.session.begin_nested():
            db.session.add(invitation)
    except IntegrityError:
        # Two invite the same address in the same moment: the one that came first has been sent.
        raise Refused("invited_already", f"{invitation.email} is being invited already.") from None
    return invitation
