"""Taking a reward out of a campaign: asked first, and where somebody has it already, it is switched off instead."""

from flask.typing import ResponseReturnValue

from rewards.campaigns.describing import reward_document_of
from rewards.campaigns.offering_rewards import change_reward, remove_reward
from rewards.campaigns.reward_models import CampaignReward
from rewards.campaigns.winners import reward_in
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.web.campaigns.confirming import Question
from rewards.web.campaigns.desk import Desk
from rewards.web.words import plural


def ask_to_remove(campaign_id: int, reward_id: int) -> ResponseReturnValue:
    """What taking it away would do, or what can be done instead."""
    return _ask(Desk(campaign_id), reward_in(campaign_id, reward_id))


def remove(campaign_id: int, reward_id: int) -> ResponseReturnValue:
    """Take one away that nobody has."""
    desk = Desk(campaign_id)
    reward_in(campaign_id, reward_id)
    actor = desk.viewer
    try:
        with db.write():
            remove_reward(reward_id=reward_id, actor=actor)
    except Refused:
        # Somebody has just earned it, or the campaign has ended: asking again says what is possible now.
        return _ask(Desk(campaign_id), reward_in(campaign_id, reward_id), status=409)
    return desk.leave("rewards", "removed")


def switch_off(campaign_id: int, reward_id: int) -> ResponseReturnValue:
    """Let nobody earn it any more."""
    desk = Desk(campaign_id)
    document = reward_document_of(reward_in(campaign_id, reward_id)).model_copy(update={"active": False})
    actor = desk.viewer
    with db.write():
        change_reward(reward_id=reward_id, document=document, actor=actor)
    return desk.leave(f"rewards/{reward_id}", "switched_off")


def _ask(desk: Desk, reward: CampaignReward, status: int = 200) -> ResponseReturnValue:
    if desk.is_over:
        raise Refused("ended", f"{desk.campaign.name} has ended; what it gave is given.")
    if reward.granted and not reward.active:
        raise Refused("somebody_has_it", f"Somebody has {reward.name}, so it stays in the list. It is switched off already.")
    return (_instead(desk, reward) if reward.granted else _removal(desk, reward)).ask(desk, status)


def _removal(desk: Desk, reward: CampaignReward) -> Question:
    place = f"{desk.place}/rewards/{reward.id}"
    said = ["Nobody has it so far. People will not see it any more among what they can win."]
    return Question(f"Take away “{reward.name}”?", said, f"{place}/deletion", "Take away reward", place, keep="Keep it")


def _instead(desk: Desk, reward: CampaignReward) -> Question:
    place = f"{desk.place}/rewards/{reward.id}"
    have = f"{desk.words.number(reward.granted)} {plural(reward.granted, 'person has', 'people have')}"
    said = [f"{have} it already, so it cannot be taken away. Switched off, nobody else earns it; whoever has it keeps it."]
    return Question(f"Switch off “{reward.name}”?", said, f"{place}/deactivation", "Switch off reward", place, keep="Keep it on")
