"""The shop: what a client can have for their points, now or some day; redeeming it, and saving for it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, request
from flask.typing import ResponseReturnValue
from jinja2_fragments.flask import render_block, render_blocks

from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused
from rewards.shop import queries as shop
from rewards.shop.aiming import aim_at, stop_aiming
from rewards.shop.queries import Offer
from rewards.shop.redeeming import redeem
from rewards.web import redemption_words
from rewards.web.access import me
from rewards.web.answering import answer, page_asked_from, wants_part
from rewards.web.client.desk import Desk
from rewards.web.refusing import problems_of
from rewards.web.typed import page_key

rewards = Blueprint("rewards", __name__, url_prefix="/rewards")

PLACE = "/client/rewards"
PAGE_ROWS = 18
VIEWS = {"": "All", "now": "Can get now", "coach": "My coach"}
# Where somebody was when they reached for a reward.
PAGES = ("home", "shelf", "reward")
TOLD = {"aim": "You are saving for it. How far you are stands on your home page.", "no_aim": "You are not saving for it any more."}


class Shelf:
    """The rewards of a page, as its address asks for them."""

    def __init__(self, desk: Desk, args: Mapping[str, str]) -> None:
        self.words = desk.words
        self.view = args.get("view", "") if args.get("view") in VIEWS else ""
        number = args.get("page", "1")
        self.page = max(1, int(number)) if number.isascii() and number.isdigit() and len(number) <= 4 else 1
        # What nobody can have just now need not be met first.
        self._offers = sorted(desk.rewards, key=lambda one: one.obstacle is not None and one.obstacle.code == "sold_out")
        self._fitting = [one for one in self._offers if self._is_in(one, self.view)]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to have at all."""
        return not self._offers

    @property
    def rows(self) -> list[Offer]:
        """Those of the page."""
        return self._fitting[(self.page - 1) * PAGE_ROWS : self.page * PAGE_ROWS]

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """The views, with how many each would show."""
        counts = {view: sum(self._is_in(one, view) for one in self._offers) for view in VIEWS}
        return [(f"{PLACE}?view={view}" if view else PLACE, f"{word} {counts[view]}", view == self.view) for view, word in VIEWS.items()]

    @property
    def query(self) -> str:
        """What follows the address on the first page."""
        return f"?{urlencode({'view': self.view})}" if self.view else ""

    @property
    def next(self) -> str:
        """Where there are more; empty where there are none."""
        told = {"view": self.view} if self.view else {}
        return f"{PLACE}?{urlencode({**told, 'page': self.page + 1})}" if len(self._fitting) > self.page * PAGE_ROWS else ""

    def facts(self, offer: Offer) -> list[str]:
        """What makes somebody hurry, or need not."""
        return redemption_words.facts_in_short(offer, self.words)

    def _is_in(self, one: Offer, view: str) -> bool:
        return {"": True, "now": one.may_redeem, "coach": one.reward.coach_id is not None}[view]


@rewards.get("")
def show() -> ResponseReturnValue:
    """All of them; `?view=now` those that can be had, `?view=coach` the coach's own."""
    desk = Desk(me())
    return answer("client/rewards.html", desk=desk, shelf=Shelf(desk, request.args), told=TOLD.get(request.args.get("told", "")))


@rewards.get("/<int:reward_id>")
def show_one(reward_id: int) -> ResponseReturnValue:
    """Everything about one."""
    desk = Desk(me())
    return answer("client/reward.html", told=TOLD.get(request.args.get("told", "")), **_about(desk, shop.offer(desk.person, reward_id)))


@rewards.get("/<int:reward_id>/redeem")
def ask_to_redeem(reward_id: int) -> ResponseReturnValue:
    """What it costs, what is left then, and how they get it."""
    return _confirmation(reward_id, _page_in(request.args), {})


@rewards.post("/<int:reward_id>/redeem")
def redeem_one(reward_id: int) -> ResponseReturnValue:
    """Redeem it, once for one form."""
    page, person = _page_in(request.form), me()
    try:
        key = page_key(request.form)
        with db.write():
            redemption_id = redeem(user_id=person.id, reward_id=reward_id, idempotency_key=key).id
    except (Invalid, Refused) as error:
        return _confirmation(reward_id, page, _said(error), status=422)
    return _show_redeemed(reward_id, page) if wants_part() else redirect(f"/client/redemptions?redeemed={redemption_id}", 303)


@rewards.post("/<int:reward_id>/aim")
def aim(reward_id: int) -> ResponseReturnValue:
    """Save for it from now on."""
    person = me()
    with db.write():
        aim_at(user_id=person.id, reward_id=reward_id)
    return _back(reward_id, "aim")


@rewards.post("/<int:reward_id>/aim/removal")
def stop(reward_id: int) -> ResponseReturnValue:
    """Save for nothing in particular, if it was for this."""
    person = me()
    if shop.offer(person, reward_id).is_aim:
        with db.write():
            stop_aiming(user_id=person.id)
    return _back(reward_id, "no_aim")


def _back(reward_id: int, told: str) -> ResponseReturnValue:
    place = f"{PLACE}/{reward_id}?told={told}" if request.form.get("page") == "reward" else f"{PLACE}?told={told}#reward-{reward_id}"
    return redirect(place, 303)


def _page_in(fields: Mapping[str, str]) -> str:
    page = fields.get("page", "")
    return page if page in PAGES else ""


def _said(error: Invalid | Refused) -> dict[str, str]:
    if isinstance(error, Invalid) and any(one.field == "idempotency_key" for one in error.problems):
        # Most often the button "back" was pressed: the key on that page is used up.
        return {"": "This was sent already, for another reward. Look at My rewards, then try again."}
    return problems_of(error)


def _about(desk: Desk, offer: Offer) -> dict[str, Any]:
    points_word = desk.settings.points_word
    terms = redemption_words.terms_of(offer, desk.words, desk.programme.ladder, giver=desk.giver, points_word=points_word)
    return {"desk": desk, "offer": offer, "terms": terms}


def _confirmation(reward_id: int, page: str, problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    desk = Desk(me())
    about = _about(desk, shop.offer(desk.person, reward_id))
    key = request.form.get("idempotency_key", "") if problems else ""
    return answer("client/redeem.html", "dialog", status=status, problems=problems, page=page, key=key, redeemed=None, **about)


def _show_redeemed(reward_id: int, page: str) -> ResponseReturnValue:
    # Read anew: the write block has closed what was read before it.
    desk = Desk(me())
    offer = shop.offer(desk.person, reward_id)
    redeemed = {"title": f"{offer.reward.name}: requested", "text": redemption_words.requested(desk.giver)}
    said = f"Requested. {desk.words.number(desk.points)} {desk.settings.points_word} left."
    context = {"desk": desk, "redeemed": redeemed, "said": said, "problems": {}, "is_part": True}
    parts = [
        render_block("client/redeem.html", "dialog", offer=offer, page=page, **context),
        render_blocks("shell.html", ["chips", "live"], **context),
        _surroundings(desk, offer, page, context),
    ]
    return make_response("".join(parts))


def _surroundings(desk: Desk, offer: Offer, page: str, context: Mapping[str, Any]) -> str:
    """What else on the page has changed: with fewer points, other rewards are out of reach too."""
    match page:
        case "home":
            return str(render_blocks("client/home.html", ["progress", "next_reward"], **context))
        case "shelf":
            return str(render_block("client/rewards.html", "shelf", shelf=Shelf(desk, page_asked_from()), **context))
        case "reward":
            return str(render_block("client/reward.html", "reward", **{**context, **_about(desk, offer)}))
        case _:
            return ""
