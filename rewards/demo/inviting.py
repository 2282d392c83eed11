"""The waitlist of the story: a group of the first coach's that people join for six weeks and bring others to; two may be somebody else."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from math import isqrt
from typing import NamedTuple

from sqlalchemy import select

from rewards.campaigns.delivering import deliver
from rewards.campaigns.documents import PageSettings, WaitlistDocument
from rewards.campaigns.joining import join
from rewards.campaigns.linking import link_client
from rewards.campaigns.models import Visit, Waitlist
from rewards.campaigns.offering_rewards import add_reward
from rewards.campaigns.planning import plan_campaign, publish
from rewards.campaigns.presets import PRESETS
from rewards.campaigns.reward_models import SubscriberReward
from rewards.campaigns.seeing import count_visit
from rewards.campaigns.subscriber_models import Subscriber
from rewards.campaigns.verifying_addresses import verify_address
from rewards.campaigns.waiting import open_waitlist
from rewards.demo.people import CLIENTS, COACHES, DOMAIN
from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from rewards.people.models import User
from rewards.people.queries import user_by_email

# The day of the story on which the list opens, and how many days the story has after it.
OPENS, LASTS = 48, 41
# When the coach hands out what was won first; who wins later waits for theirs.
DELIVERS = OPENS + 30
EARNED = select(SubscriberReward.id).where(SubscriberReward.status == "earned").order_by(SubscriberReward.id).limit(2)
DELIVERED = select(SubscriberReward.id).where(SubscriberReward.status == "delivered").limit(1)
KEY = "summer_group"
LIST = WaitlistDocument(
    key=KEY,
    name="The summer group",
    page=PageSettings(
        headline="Ten weeks outdoors, from June",
        promise="Twelve places. Whoever brings friends is asked first.",
        asks_name=True,
    ),
)
# For one friend, for five, and for the first ten.
PRIZES = ("A week of recipes", "A call of half an hour", "A place in the group")
SOURCES = ("", "newsletter", "instagram", "poster")
NAMES = (
    *("Lena Brandt", "Otto Falk", "Sofia Lima", "Marek Zima", "Nora Dahl", "Pablo Ruiz", "Greta Holm", "Idris Bello", "Yuki Mori"),
    *("Clara Weiss", "Tariq Aziz", "Elin Berg", "Hugo Martin", "Zoe Baker", "Anton Kraus", "Maya Singh", "Leo Ferrari", "Ruth Cohen"),
    *("Jan Kowal", "Amara Diallo", "Felix Braun", "Ines Duarte", "Samuel Reed", "Mila Petrov", "Oscar Nilsson", "Rosa Conti", "Theo Blanc"),
    *("Ayla Demir", "Karl Vogt", "Vera Sokol", "Liam Byrne", "Noemi Szabo", "Daan Visser", "Carla Mendes", "Emil Hansen", "Salma Haddad"),
    *("Victor Pop", "Julia Frank"),
)


class Comer(NamedTuple):
    """Somebody who joins on a day of the story, brought by somebody or nobody."""

    day: int
    name: str
    address: str
    source: str
    by: str
    verifies: bool


def _address(name: str, tag: str = "") -> str:
    return f"{name.split(maxsplit=1)[0].lower()}{tag}@post.{DOMAIN}"


def _comers() -> Iterator[Comer]:
    """More of them from week to week, as those come whom others bring."""
    for number, name in enumerate(NAMES):
        day = OPENS + 1 + isqrt((LASTS - 2) ** 2 * number // len(NAMES))
        is_brought = number % 3 != 0 and number > 1
        by = CLIENTS[0].email if number % 9 == 4 else _address(NAMES[number * 7 % (isqrt(number) + 2)])
        yield Comer(day, name, _address(name), SOURCES[number % len(SOURCES)], by if is_brought else "", verifies=number % 9 != 7)
    # The same mailbox twice: the one wants to have brought somebody, the other has perhaps forgotten.
    yield Comer(OPENS + 24, "Lena", _address(NAMES[0], "+friend"), "", _address(NAMES[0]), verifies=True)
    yield Comer(OPENS + 33, "Otto F.", _address(NAMES[1], "+sport"), "poster", "", verifies=True)


COMERS = tuple(_comers())


def wait_in_line(number: int) -> None:
    """What happens on the list on one day, in the surrounding write block. Done again, nothing happens twice."""
    coach = user_by_email(COACHES[0].email)
    if coach is not None and number == OPENS:
        _open(coach)
    waitlist = db.session.scalar(select(Waitlist).where(Waitlist.key == KEY))
    if waitlist is None or number < OPENS:
        return
    _visit(waitlist.id, number)
    if number == OPENS + 1:
        _bring_client()
    if number == DELIVERS and coach is not None and db.session.scalar(DELIVERED) is None:
        deliver(ids=list(db.session.scalars(EARNED)), actor=coach)
    for comer in COMERS:
        if comer.day == number:
            _join(waitlist.id, comer)
        elif comer.day + 1 == number and comer.verifies:
            _verify(waitlist.id, comer)


def _open(coach: User) -> None:
    if db.session.scalar(select(Waitlist.id).where(Waitlist.key == KEY)) is not None:
        return
    waitlist = open_waitlist(document=LIST, actor=coach)
    board, steps = (PRESETS[name]("summer_referrals", "Bring your friends") for name in ("leaderboard", "milestone"))
    rules = {rule.key: rule for rule in (*board.rules, *steps.rules)}
    ends_at = clock.now() + timedelta(days=LASTS + 28)
    document = board.model_copy(update={"rules": list(rules.values()), "rewards": [], "ends_at": ends_at})
    campaign = plan_campaign(waitlist_id=waitlist.id, document=document, actor=coach)
    for reward, name in zip((*steps.rewards[:2], *board.rewards), PRIZES, strict=True):
        add_reward(campaign_id=campaign.id, document=reward.model_copy(update={"name": name}), actor=coach)
    publish(campaign_id=campaign.id, actor=coach)


def _visit(waitlist_id: int, number: int) -> None:
    if db.session.scalar(select(Visit.day).where(Visit.waitlist_id == waitlist_id, Visit.day == clock.now().date()).limit(1)):
        return
    for place, source in enumerate(SOURCES):
        for _ in range((number * (place + 3)) % 5 + (number - OPENS) // 12):
            count_visit(waitlist_id=waitlist_id, source=source, referrer_id=None)


def _bring_client() -> None:
    client = user_by_email(CLIENTS[0].email)
    if client is not None:
        with suppress(NotFound, Refused):
            link_client(user=client)


def _join(waitlist_id: int, comer: Comer) -> None:
    if _known(waitlist_id, comer.address) is None:
        by = _known(waitlist_id, comer.by)
        code = by.code if by else None
        joined_at = clock.now() - timedelta(minutes=len(comer.name) * 17)
        join(waitlist_id=waitlist_id, email=comer.address, name=comer.name, code=code, source=comer.source, joined_at=joined_at)


def _verify(waitlist_id: int, comer: Comer) -> None:
    known = _known(waitlist_id, comer.address)
    if known is not None:
        verify_address(subscriber_id=known.id)


def _known(waitlist_id: int, address: str) -> Subscriber | None:
    return db.session.scalar(select(Subscriber).where(Subscriber.waitlist_id == waitlist_id, Subscriber.address == address))
