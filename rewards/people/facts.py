"""What happened to people that others may care about."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody proved who they are and opened a session."""

    user_id: int
    session_id: int
    signed_in_at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody may join; the invitation's link is for this address alone."""

    invitation_id: int
    email: str


@dataclass(frozen=True, slots=True)
class InvitationAccepted:
    """Somebody has an account by a link that was mailed to their address."""

    user_id: int
    email: str


@dataclass(frozen=True, slots=True)
class ResetAsked:
    """Somebody wants a new password for this address. Whether anybody here has it was not asked."""

    email: str


@dataclass(frozen=True, slots=True)
class PasswordOffered:
    """Somebody who has an account and no password may choose one."""

    link_id: int
    email: str


@dataclass(frozen=True, slots=True)
class AddressClaimed:
    """Somebody says that mail to this address reaches them; the link will show it."""

    link_id: int
    email: str


@dataclass(frozen=True, slots=True)
class EmailChanged:
    """Somebody is reached, and signs in, by another address."""

    user_id: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """Somebody signs in with another password."""

    user_id: int
    email: str
