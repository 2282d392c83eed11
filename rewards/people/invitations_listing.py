"""Invitations that are still open, for who sent them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.people.models import Invitation, Role, User

LIMIT = 200


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """Somebody who was invited and has not joined yet."""

    id: int
    email: str
    role: str
    coach_id: int | None
    invited_by: str | None
    created_at: datetime
    expires_at: datetime
    is_over: bool


def open_invitations(viewer: User, *, limit: int = LIMIT) -> list[OpenInvitation]:
    """Those that nobody used or withdrew, the newest first: an admin sees all of them, a coach those into their own group."""
    question = select(Invitation, User.name).outerjoin(User, User.id == Invitation.invited_by)
    question = question.where(Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None))
    if viewer.role != Role.ADMIN:
        question = question.where(Invitation.coach_id == viewer.id)
    now = clock.now()
    return [
        OpenInvitation(
            id=row.id,
            email=row.email,
            role=row.role,
            coach_id=row.coach_id,
            invited_by=name,
            created_at=row.created_at,
            expires_at=row.expires_at,
            is_over=row.expires_at <= now,
        )
        for row, name in db.session.execute(question.order_by(Invitation.id.desc()).limit(limit))
    ]


def open_invitation(viewer: User, invitation_id: int) -> OpenInvitation:
    """One of them. Raises NotFound for another's, as for none."""
    found = next((one for one in open_invitations(viewer) if one.id == invitation_id), None)
    if found is None:
        raise NotFound(f"invitation {invitation_id}")
    return found
