"""Who counts as a member of a circle, and what each of them earned in a week: the same for whoever asks."""

from dataclasses import dataclass

from rewards.circles.models import IS_OPEN
from rewards.people.models import Role, Status

# Whoever is in it now: switched off, or coached by somebody else, they are not.
IN_IT = (
    f"m.{IS_OPEN} AND c.ended_at IS NULL AND u.coach_id = c.coach_id AND u.role = '{Role.CLIENT.value}'"
    f" AND u.status = '{Status.ACTIVE.value}'"
)
XP_OF = "(SELECT coalesce(sum(d.xp), 0) FROM daily_activity d WHERE d.user_id = u.id AND d.day >= ? AND d.day <= ?)"


@dataclass(frozen=True, slots=True)
class Member:
    """One of a circle, as somebody sees them. `xp` is None where it is not theirs to see."""

    user_id: int
    name: str
    shows: bool
    is_me: bool
    xp: int | None
