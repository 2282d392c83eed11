"""The rewards of a campaign: what there is to win, and who gets it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from rewards.campaigns.describing import reward_document_of, rewards_of
from rewards.campaigns.offering_rewards import add_reward, change_reward
from rewards.campaigns.reward_models import CampaignReward
from rewards.campaigns.winners import DELIVERED, EARNED, reward_in, tallies_of, winners_of
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused
from rewards.web.campaigns import reward_forms as form
from rewards.web.campaigns.desk import Desk
from rewards.web.campaigns.paging import page_of
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed


def show(campaign_id: int) -> ResponseReturnValue:
    """All of them, with how many have each."""
    desk = Desk(campaign_id)
    tallies = tallies_of(campaign_id)
    rows = [(one, tallies.get((one.id, EARNED), 0), tallies.get((one.id, DELIVERED), 0)) for one in rewards_of(campaign_id)]
    return desk.show("campaigns/rewards.html", rows=rows, told_of=form.told_of)


def ask_for_reward(campaign_id: int) -> ResponseReturnValue:
    """The form for a new one."""
    return _form(Desk(campaign_id), form.empty_form(), {})


def create(campaign_id: int) -> ResponseReturnValue:
    """A new one."""
    desk, typed = Desk(campaign_id), Typed(request.form)
    actor = desk.viewer
    try:
        made = form.read_reward(typed)
        with db.write():
            add_reward(campaign_id=campaign_id, document=made, actor=actor)
    except (Invalid, Refused) as error:
        return _form(Desk(campaign_id), typed, problems_of(error, {"key": "Another reward is called so."}), status=422)
    return desk.leave("rewards", "saved")


def ask_for_changes(campaign_id: int, reward_id: int) -> ResponseReturnValue:
    """The form with what holds now."""
    desk = Desk(campaign_id)
    reward = reward_in(campaign_id, reward_id)
    return _form(desk, form.form_of(reward_document_of(reward)), {}, reward)


def change(campaign_id: int, reward_id: int) -> ResponseReturnValue:
    """Change one; whoever has it keeps it."""
    desk, typed = Desk(campaign_id), Typed(request.form)
    before, actor = reward_in(campaign_id, reward_id), desk.viewer
    try:
        changed = form.read_reward(typed, reward_document_of(before))
        with db.write():
            change_reward(reward_id=reward_id, document=changed, actor=actor)
    except (Invalid, Refused) as error:
        return _form(Desk(campaign_id), typed, problems_of(error), reward_in(campaign_id, reward_id), status=422)
    return desk.leave("rewards", "saved")


def show_one(campaign_id: int, reward_id: int) -> ResponseReturnValue:
    """Who has it; whoever waits comes first."""
    desk = Desk(campaign_id)
    return winners_page(desk, reward_in(campaign_id, reward_id), {})


def winners_page(desk: Desk, reward: CampaignReward, problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    """Who has it, page by page."""
    tallies = tallies_of(desk.campaign.id)
    return desk.show(
        "campaigns/reward.html",
        "winners",
        status=status,
        reward=reward,
        **page_of("winners", partial(winners_of, reward.id)),
        waiting=tallies.get((reward.id, EARNED), 0),
        delivered=tallies.get((reward.id, DELIVERED), 0),
        problems=problems,
        said=form.told_of(reward, desk.words),
    )


def _form(
    desk: Desk, typed: Mapping[str, Any], problems: Mapping[str, str], before: CampaignReward | None = None, status: int = 200
) -> ResponseReturnValue:
    return desk.show(
        "campaigns/reward_form.html",
        "form",
        status=status,
        typed=typed,
        problems=problems,
        reward=before,
        types=[(kind.value, word) for kind, word in form.TYPES.items()],
        ways=form.WAYS,
        action=f"{desk.place}/rewards/{before.id}/edit" if before else f"{desk.place}/rewards/create",
        back=f"{desk.place}/rewards/{before.id}" if before else f"{desk.place}/rewards",
    )
