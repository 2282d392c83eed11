"""The routes of campaigns below `/<audience>/campaigns`, the same for coaches and admins."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint

from rewards.web.campaigns import (
    board,
    delivering,
    failures,
    listing,
    overview,
    people,
    person,
    removing,
    rewards,
    rules,
    settings,
    variants,
)

View = Callable[..., Any]

ONE = "/<int:campaign_id>"
FAILURES = f"{ONE}/failures"
PERSON = f"{ONE}/people/<int:subscriber_id>"
RULES = f"{ONE}/rules"
VARIANTS = f"{RULES}/variants"
REWARDS = f"{ONE}/rewards"
REWARD = f"{REWARDS}/<int:reward_id>"
BOARD = f"{ONE}/leaderboard"
# What is shown at an address, and what is done by what is sent there.
SHOWN: Mapping[str, View] = {
    "": listing.show,
    "/create": listing.ask_for_campaign,
    ONE: overview.show,
    f"{ONE}/ending": overview.ask_to_end,
    FAILURES: failures.show,
    f"{ONE}/people": people.show,
    f"{ONE}/people.csv": people.export,
    PERSON: person.show,
    f"{PERSON}/disqualification": person.ask_to_disqualify,
    f"{PERSON}/adjustment": person.ask_how_much,
    RULES: rules.show,
    f"{RULES}/create": rules.ask_for_rule,
    f"{RULES}/<key>/edit": rules.ask_for_changes,
    f"{RULES}/<key>/deletion": rules.ask_to_remove,
    f"{VARIANTS}/create": variants.ask_for_variant,
    f"{VARIANTS}/<key>/edit": variants.ask_for_changes,
    f"{VARIANTS}/<key>/deletion": variants.ask_to_remove,
    REWARDS: rewards.show,
    f"{REWARDS}/create": rewards.ask_for_reward,
    f"{REWARDS}/resolution": delivering.ask_to_resolve,
    REWARD: rewards.show_one,
    f"{REWARD}/gift": delivering.ask_whom_to_give,
    f"{REWARD}/edit": rewards.ask_for_changes,
    f"{REWARD}/deletion": removing.ask_to_remove,
    BOARD: board.show,
    f"{BOARD}/snapshots/create": board.ask_to_freeze,
    f"{BOARD}/snapshots/<int:snapshot_id>": board.show_snapshot,
    f"{ONE}/settings": settings.show,
}
DONE: Mapping[str, View] = {
    "/create": listing.create,
    f"{ONE}/publication": overview.publish_it,
    f"{ONE}/pause": overview.pause_it,
    f"{ONE}/resumption": overview.resume_it,
    f"{ONE}/ending": overview.end_it,
    f"{FAILURES}/retry": failures.try_all,
    f"{FAILURES}/<int:event_id>/retry": failures.try_one,
    f"{PERSON}/acceptance": person.accept_one,
    f"{PERSON}/return": person.include_one,
    f"{PERSON}/invitation": person.invite_one,
    f"{PERSON}/disqualification": person.disqualify_one,
    f"{PERSON}/adjustment": person.adjust_one,
    f"{RULES}/create": rules.create,
    f"{RULES}/draft": rules.draft,
    f"{RULES}/<key>/edit": rules.change,
    f"{RULES}/<key>/deletion": rules.remove,
    f"{VARIANTS}/create": variants.create,
    f"{VARIANTS}/<key>/edit": variants.change,
    f"{VARIANTS}/<key>/deletion": variants.remove,
    f"{REWARDS}/create": rewards.create,
    f"{REWARDS}/resolution": delivering.resolve,
    f"{REWARD}/delivery": delivering.deliver_some,
    f"{REWARD}/gift": delivering.give_one,
    f"{REWARD}/edit": rewards.change,
    f"{REWARD}/deletion": removing.remove,
    f"{REWARD}/deactivation": removing.switch_off,
    f"{BOARD}/recalculation": board.recalculate,
    f"{BOARD}/snapshots": board.freeze,
    f"{ONE}/settings": settings.change,
    f"{ONE}/settings/preview": settings.preview,
}


def campaign_pages(audience: str) -> Blueprint:
    """The pages below `/<audience>/campaigns`."""
    pages = Blueprint(f"{audience}_campaigns", __name__, url_prefix="/campaigns")
    for method, views in ("GET", SHOWN), ("POST", DONE):
        for address, view in views.items():
            # Two modules may call theirs the same.
            name = f"{view.__module__.rpartition('.')[2]}_{view.__name__}"
            pages.add_url_rule(address, name, view, methods=[method])
    return pages
