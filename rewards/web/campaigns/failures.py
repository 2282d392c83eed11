"""What a campaign's rules could not decide: why in words, and trying it again, singly or all of it."""

from collections.abc import Mapping

from flask.typing import ResponseReturnValue

from rewards.campaigns.deciding import SAID
from rewards.campaigns.failing import Failure, count_failures, failures_of
from rewards.campaigns.retrying import FAILED, try_again, try_all_again
from rewards.campaigns.scoring_models import EventState, Happening
from rewards.kit.database import db
from rewards.kit.errors import Refused
from rewards.web.campaigns.desk import Desk
from rewards.web.campaigns.paging import page_of

# What went wrong, by the kind of error; what else it may be is nobody's fault who runs campaigns.
WHY = {
    "Refused": "{text}.",
    "DecisionError": "A rule of the campaign could not be followed: {text}.",
}
ELSE_WHY = "Something went wrong while it was decided. If it fails again, tell whoever looks after this installation."


def show(campaign_id: int) -> ResponseReturnValue:
    """All of it, the latest first."""
    return _page(Desk(campaign_id), {})


def try_one(campaign_id: int, event_id: int) -> ResponseReturnValue:
    """Try one again."""
    desk = Desk(campaign_id)
    actor = desk.viewer
    try:
        with db.write():
            state = try_again(campaign_id=campaign_id, event_id=event_id, actor=actor)
    except Refused as error:
        return _page(Desk(campaign_id), {"": error.message}, status=409)
    return desk.leave("failures", _told([state]))


def try_all(campaign_id: int) -> ResponseReturnValue:
    """Try all of it again; where it is very much, some of it."""
    desk = Desk(campaign_id)
    actor = desk.viewer
    try:
        states = try_all_again(campaign_id=campaign_id, actor=actor)
    except Refused as error:
        return _page(Desk(campaign_id), {"": error.message}, status=409)
    return desk.leave("failures", _told(states))


def said_of(failure: Failure) -> str:
    """Why it failed, in words."""
    kind, _, text = failure.error.partition(": ")
    return WHY[kind].format(text=text.rstrip(".")) if kind in WHY and text else ELSE_WHY


def _told(states: list[EventState]) -> str:
    if any(state in FAILED for state in states):
        return "failed_again"
    return "waits" if EventState.HELD in states else "tried"


def _page(desk: Desk, problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    def rows(*, first: int, limit: int) -> list[tuple[Failure, str, str]]:
        found = failures_of(desk.campaign.id, first=first, limit=limit)
        return [(one, SAID[Happening(one.event)], said_of(one)) for one in found]

    count = count_failures(desk.campaign.id)
    return desk.show("campaigns/failures.html", status=status, problems=problems, count=count, **page_of("rows", rows))
