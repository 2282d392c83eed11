"""Who has a reward: delivered singly or many at once, given by hand, and resolved for everybody."""

from collections.abc import Mapping

from flask import request
from flask.typing import ResponseReturnValue

from rewards.campaigns.delivering import deliver, give
from rewards.campaigns.describing import rewards_of
from rewards.campaigns.overseeing import people_of
from rewards.campaigns.resolving import foresee, resolve_campaign
from rewards.campaigns.reward_models import CampaignReward, Distribution
from rewards.campaigns.winners import reward_in, waiting_for
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.web.campaigns.confirming import Question
from rewards.web.campaigns.desk import Desk
from rewards.web.campaigns.rewards import winners_page
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed

FOUND_MAX = 10
# Marked in one write block.
AT_ONCE = 2_000


def deliver_some(campaign_id: int, reward_id: int) -> ResponseReturnValue:
    """Those that are ticked, or all that wait, hold it in their hands."""
    desk = Desk(campaign_id)
    reward = reward_in(campaign_id, reward_id)
    actor = desk.viewer
    waiting = waiting_for(reward_id)
    ticked = _ids()
    ids = waiting if "all" in request.form else [found for found in waiting if found in ticked]
    if not ids:
        return winners_page(desk, reward, {"winner": "Tick whom you have given it to."}, status=422)
    for first in range(0, len(ids), AT_ONCE):
        # Nobody else who writes waits for all of very many.
        with db.write():
            deliver(ids=ids[first : first + AT_ONCE], actor=actor)
    return desk.leave(f"rewards/{reward_id}", "delivered")


def ask_whom_to_give(campaign_id: int, reward_id: int) -> ResponseReturnValue:
    """Whom to give it to by hand; `?q=` looks for people."""
    desk = Desk(campaign_id)
    return _giving(desk, _by_hand(campaign_id, reward_id), {})


def give_one(campaign_id: int, reward_id: int) -> ResponseReturnValue:
    """Give it by hand."""
    desk = Desk(campaign_id)
    reward, actor, typed = _by_hand(campaign_id, reward_id), desk.viewer, Typed(request.form)
    chosen = str(typed.get("subscriber", ""))
    try:
        if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 18):
            raise Invalid.single("subscriber", "Choose somebody.")
        with db.write():
            give(reward_id=reward.id, subscriber_id=int(chosen), actor=actor)
    except (Invalid, Refused) as error:
        return _giving(Desk(campaign_id), _by_hand(campaign_id, reward_id), problems_of(error), status=422)
    return desk.leave(f"rewards/{reward_id}", "given")


def ask_to_resolve(campaign_id: int) -> ResponseReturnValue:
    """To how many resolving it now would give what, before it is done."""
    desk = Desk(campaign_id)
    if desk.is_draft:
        raise Refused("not_published", f"{desk.campaign.name} is a draft: nobody has played it.")
    numbers = foresee(campaign_id)
    told = [(one.name, f"+{desk.words.number(numbers[one.id])}") for one in rewards_of(campaign_id) if one.id in numbers]
    said = "Whoever has reached a reward by now gets it and is told by mail. What is won by place is given when the campaign ends."
    if desk.is_over:
        said = "Whoever has reached a reward gets it and is told by mail. Places count as they stand on the final board."
    action, back = f"{desk.place}/rewards/resolution", f"{desk.place}/rewards"
    return Question("Resolve the rewards now?", [said], action, "Resolve rewards", back, told, kind="primary").ask(desk)


def resolve(campaign_id: int) -> ResponseReturnValue:
    """Give everybody what they have earned; a second time nothing happens."""
    desk = Desk(campaign_id)
    actor = desk.viewer
    with db.write():
        resolve_campaign(campaign_id=campaign_id, actor=actor)
    return desk.leave("rewards", "resolved")


def _by_hand(campaign_id: int, reward_id: int) -> CampaignReward:
    reward = reward_in(campaign_id, reward_id)
    if reward.distribution != Distribution.MANUAL:
        raise NotFound(f"reward {reward_id} by hand")
    return reward


def _ids() -> set[int]:
    return {int(text) for text in request.form.getlist("winner") if text.isascii() and text.isdigit() and len(text) < 18}


def _giving(desk: Desk, reward: CampaignReward, problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    search = request.values.get("q", "").strip()[:100]
    found = people_of(desk.campaign, search=search, limit=FOUND_MAX + 1)
    people = [(str(one.id), one.name or one.email, one.email if one.name else "") for one in found[:FOUND_MAX] if one.status == "active"]
    return desk.show(
        "campaigns/giving.html",
        "candidates" if request.args.get("q") is not None and request.method == "GET" else "part",
        status=status,
        reward=reward,
        people=people,
        has_more=len(found) > FOUND_MAX,
        search=search,
        problems=problems,
    )
