"""The circles of the story: who is in them from which day on, what they mean to reach, and who cheers for whom."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rewards.circles.cheering import cheer, show_activity
from rewards.circles.gathering import make_circle, set_members
from rewards.circles.overseeing import circles_of
from rewards.circles.queries import circle_of, feed_of
from rewards.demo.people import COACHES, DOMAIN
from rewards.people.models import User
from rewards.people.queries import user_by_email

# Everybody cheers for about every third thing.
CHEERED = 3
LATEST = 10


class Meeting(NamedTuple):
    """On a day of the story a coach says who is in a circle; from then on these show the others what they do."""

    day: int
    coach: str
    circle: str
    goal_xp: int
    members: tuple[str, ...]
    shown: tuple[str, ...]


MEETINGS = (
    Meeting(40, COACHES[0].email, "Early birds", 700, ("mira", "alice", "bruno"), ("mira", "alice", "bruno")),
    Meeting(45, COACHES[1].email, "North wind", 600, ("farah", "iris", "jonas"), ("farah", "iris")),
    Meeting(66, COACHES[0].email, "Early birds", 700, ("mira", "alice", "bruno", "emeka"), ()),
    Meeting(82, COACHES[1].email, "North wind", 600, ("farah", "iris", "jonas", "hana"), ("hana",)),
)


def meet(number: int) -> None:
    """What happens in the circles on one day, in the surrounding write block. Done again, nothing happens twice."""
    for meeting in MEETINGS:
        coach = user_by_email(meeting.coach)
        if meeting.day == number and coach is not None:
            _gather(meeting, coach)
    for person in _people({name for meeting in MEETINGS for name in meeting.members}):
        circle = circle_of(person)
        for item in feed_of(circle, person, limit=LATEST) if circle else ():
            if not item.is_mine and (item.id + person.id) % CHEERED == 0:
                cheer(item_id=item.id, person=person)


def _gather(meeting: Meeting, coach: User) -> None:
    known = next((one.id for one in circles_of(coach) if one.name == meeting.circle), None)
    circle_id = known or make_circle(name=meeting.circle, goal_xp=meeting.goal_xp, actor=coach).id
    members = [person.id for person in _people(meeting.members) if person.coach_id == coach.id]
    set_members(circle_id=circle_id, user_ids=members, actor=coach)
    for person in _people(meeting.shown):
        if circle_of(person):
            show_activity(person=person, shows=True)


def _people(names: Iterable[str]) -> Iterator[User]:
    found = (user_by_email(f"{name}@{DOMAIN}") for name in sorted(names))
    return (person for person in found if person is not None)
