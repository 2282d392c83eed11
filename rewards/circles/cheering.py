"""Members cheer for each other, once for each thing, and choose whether the others see what they do."""

from rewards.circles.queries import circle_of, item_seen_by
from rewards.kit import clock, sql
from rewards.kit.columns import time_text
from rewards.kit.errors import NotFound, Refused
from rewards.people.models import User

CHEER = "INSERT INTO cheers (item_id, user_id, at) VALUES (?, ?, ?) ON CONFLICT (item_id, user_id) DO NOTHING"
SHOW = "UPDATE memberships SET shows = ? WHERE user_id = ? AND circle_id = ? AND left_at IS NULL"


def cheer(*, item_id: int, person: User) -> None:
    """Cheer for it; a second time changes nothing. Raises NotFound, Refused (`own`)."""
    item = item_seen_by(person, item_id)
    if item.is_mine:
        raise Refused("own", "This is yours. The others cheer for it.")
    sql.run(CHEER, (item_id, person.id, time_text(clock.now())))


def stop_cheering(*, item_id: int, person: User) -> None:
    """Take one's cheer back, where there is one. Raises NotFound."""
    item_seen_by(person, item_id)
    sql.run("DELETE FROM cheers WHERE item_id = ? AND user_id = ?", (item_id, person.id))


def show_activity(*, person: User, shows: bool) -> None:
    """From now on the others see what they do, or do not. Raises NotFound where they are in no circle."""
    circle = circle_of(person)
    if circle is None:
        raise NotFound("no circle")
    sql.run(SHOW, (int(shows), person.id, circle.id))
