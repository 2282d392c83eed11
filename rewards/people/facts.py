"""What happened to people that others may care about."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody proved who they are and opened a session."""

    user_id: int
    session_id: int
    signed_in_at: datetime
