"""Everybody on the list of a campaign: by place, or as they are looked for, with what waits for a decision."""

from collections.abc import Iterator, Sequence
from functools import partial
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from rewards.campaigns.overseeing import VIEWS, Person, everybody_of, people_of, views_of
from rewards.campaigns.subscriber_models import Suspicion
from rewards.kit.values import readable
from rewards.web.campaigns.desk import Desk
from rewards.web.campaigns.paging import page_of
from rewards.web.exporting import Cell, csv_answer

TEXT_LENGTH_MAX = 200
NAMES = {"": "All", "flagged": "To decide", "unverified": "Not confirmed", "disqualified": "Disqualified"}
SUSPECTED = {
    Suspicion.DISPOSABLE: "Throw-away address",
    Suspicion.SAME_PERSON: "Maybe the same person",
    Suspicion.NETWORK: "Many from one network",
    Suspicion.DEVICE: "Many from one device",
    Suspicion.CYCLE: "Brings who brought them",
    Suspicion.RETURNED: "Was erased before",
}
STANDING = ("id", "name", "email", "status", "place", "points", "referrals", "joined_at", "confirmed_at")
HEADER = (*STANDING, "source", "variant", "flags", "agreed_to", "agreed_at")


def show(campaign_id: int) -> ResponseReturnValue:
    """A page of them; `?view=` and `?q=` narrow it down."""
    desk = Desk(campaign_id)
    view, search = _view(), _search()
    counts = views_of(desk.campaign)
    return desk.show(
        "campaigns/people.html",
        "listing",
        **page_of("people", partial(people_of, desk.campaign, view=view, search=search)),
        view=view,
        search=search,
        counts=counts,
        views=[(_address(desk, view=one, q=search), f"{word} {counts[one]}", one == view) for one, word in NAMES.items()],
        address=lambda **changes: _address(desk, **{"view": view, "q": search, **changes}),
        query=urlencode({name: value for name, value in (("view", view), ("q", search)) if value}),
        suspected=SUSPECTED,
        has_variants=bool(desk.rulebook.variants),
    )


def export(campaign_id: int) -> ResponseReturnValue:
    """All of them, as they are looked for."""
    desk, view, search = Desk(campaign_id), _view(), _search()
    campaign = desk.campaign

    def lines() -> Iterator[Sequence[Cell]]:
        yield from map(_cells, everybody_of(campaign, view=view, search=search))

    return csv_answer(f"{campaign.name} people", HEADER, lines())


def _cells(one: Person) -> Sequence[Cell]:
    told = (one.id, one.name, one.email, one.status, one.place, one.score, one.referrals, one.joined_at, one.verified_at)
    flags = ", ".join(SUSPECTED.get(Suspicion(why), readable(why)) for why in one.suspicions)
    return *told, one.source, one.variant, flags, one.consent, one.consented_at


def _view() -> str:
    return request.args.get("view", "") if request.args.get("view") in VIEWS else ""


def _search() -> str:
    return request.args.get("q", "").strip()[:TEXT_LENGTH_MAX]


def _address(desk: Desk, **changes: object) -> str:
    said = {name: str(value) for name, value in changes.items() if value}
    return f"{desk.place}/people?{urlencode(said)}" if said else f"{desk.place}/people"
