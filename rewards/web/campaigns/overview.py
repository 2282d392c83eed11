"""The first page of a campaign: its link, how far people come, what is missing in a draft, and its way from draft to end."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from rewards.campaigns.describing import rewards_of
from rewards.campaigns.failing import count_failures
from rewards.campaigns.planning import end, pause, publish, resume
from rewards.campaigns.writing_down import unfinished
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.web.answering import wants_part
from rewards.web.campaigns import funnels
from rewards.web.campaigns.confirming import Question
from rewards.web.campaigns.desk import Desk
from rewards.web.campaigns.reward_forms import who_gets
from rewards.web.scanning import scannable

VERBS = {"published": publish, "paused": pause, "resumed": resume}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a draft's checklist."""

    word: str
    is_done: bool
    text: str
    href: str


def show(campaign_id: int) -> ResponseReturnValue:
    """How it goes; the part of it is the variants side by side."""
    desk = Desk(campaign_id)
    return desk.show("campaigns/overview.html", "variants", story=funnels.Story(desk)) if wants_part() else _page(desk)


def publish_it(campaign_id: int) -> ResponseReturnValue:
    """Play it, with everybody who is on the list."""
    return _turn(campaign_id, "published")


def pause_it(campaign_id: int) -> ResponseReturnValue:
    """Score nothing for a while."""
    return _turn(campaign_id, "paused")


def resume_it(campaign_id: int) -> ResponseReturnValue:
    """Score again."""
    return _turn(campaign_id, "resumed")


def ask_to_end(campaign_id: int) -> ResponseReturnValue:
    """What ending it would do."""
    desk = Desk(campaign_id)
    if not desk.is_active:
        raise Refused("not_active", f"{desk.campaign.name} is {desk.campaign.status}.")
    said = ["Nothing is scored any more, and the rewards are resolved: winners get a mail. This cannot be undone."]
    said += ["The final board is written down for good."] if desk.settings.snapshot_leaderboard else []
    numbers = [("On the board", desk.words.number(funnels.placed_in(campaign_id)))]
    title = f"End {desk.campaign.name}?"
    return Question(title, said, f"{desk.place}/ending", "End campaign", desk.place, numbers, keep="Let it run").ask(desk)


def end_it(campaign_id: int) -> ResponseReturnValue:
    """End it for good."""
    desk = Desk(campaign_id)
    actor = desk.viewer
    try:
        with db.write():
            end(campaign_id=campaign_id, actor=actor)
    except Refused as error:
        return _page(Desk(campaign_id), error.message, status=409)
    return desk.leave(told="ending" if unfinished(campaign_id) else "ended")


def _turn(campaign_id: int, told: str) -> ResponseReturnValue:
    desk = Desk(campaign_id)
    actor = desk.viewer
    try:
        with db.write():
            VERBS[told](campaign_id=campaign_id, actor=actor)
    except Refused as error:
        return _page(Desk(campaign_id), error.message, status=409)
    return desk.leave(told=told)


def _page(desk: Desk, problem: str = "", status: int = 200) -> ResponseReturnValue:
    rewards = rewards_of(desk.campaign.id)
    return desk.show(
        "campaigns/overview.html",
        status=status,
        problems={"": problem} if problem else {},
        steps=_steps(desk, len(rewards)) if desk.is_draft else [],
        rewards=[(one, who_gets(one, desk.words)) for one in rewards],
        code=scannable(desk.link),
        failures=0 if desk.is_draft else count_failures(desk.campaign.id),
        story=None if desk.is_draft else funnels.Story(desk),
    )


def _steps(desk: Desk, rewards: int) -> list[Step]:
    number = desk.words.number
    rules = len([rule for rule in desk.rulebook.rules if rule.active])
    scores = rules > 0 or desk.counts_referrals
    return [
        Step("Page", bool(desk.page.headline), "What people read before they join.", f"{desk.place}/settings"),
        Step("Rule", scores, f"{number(rules)} so far." if rules else "What is scored.", f"{desk.place}/rules"),
        Step("Reward", rewards > 0, f"{number(rewards)} so far." if rewards else "Optional: something to win.", f"{desk.place}/rewards"),
        Step("Publish", False, "With the button above. You can pause it at any time.", ""),
    ]
