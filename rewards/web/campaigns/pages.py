"""The routes of campaigns below `/<audience>/campaigns`, the same for coaches and admins."""

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


def campaign_pages(audience: str) -> Blueprint:
    """The pages below `/<audience>/campaigns`."""
    pages = Blueprint(f"{audience}_campaigns", __name__, url_prefix="/campaigns")
    pages.get("")(listing.show)
    pages.get("/create")(listing.ask_for_campaign)
    pages.post("/create", endpoint="create_campaign")(listing.create)
    for part in (_overview, _people, _rules, _rewards, _board, _settings):
        part(pages)
    return pages


def _overview(pages: Blueprint) -> None:
    at = "/<int:campaign_id>"
    pages.get(at, endpoint="overview")(overview.show)
    pages.post(f"{at}/publication")(overview.publish_it)
    pages.post(f"{at}/pause")(overview.pause_it)
    pages.post(f"{at}/resumption")(overview.resume_it)
    pages.get(f"{at}/ending")(overview.ask_to_end)
    pages.post(f"{at}/ending")(overview.end_it)
    pages.get(f"{at}/failures", endpoint="failures")(failures.show)
    pages.post(f"{at}/failures/retry")(failures.try_all)
    pages.post(f"{at}/failures/<int:event_id>/retry")(failures.try_one)


def _people(pages: Blueprint) -> None:
    at = "/<int:campaign_id>/people"
    pages.get(at, endpoint="people")(people.show)
    pages.get(f"{at}.csv")(people.export)
    one = f"{at}/<int:subscriber_id>"
    pages.get(one, endpoint="person")(person.show)
    pages.post(f"{one}/acceptance")(person.accept_one)
    pages.post(f"{one}/return")(person.include_one)
    pages.post(f"{one}/invitation")(person.invite_one)
    pages.get(f"{one}/disqualification")(person.ask_to_disqualify)
    pages.post(f"{one}/disqualification")(person.disqualify_one)
    pages.get(f"{one}/adjustment")(person.ask_how_much)
    pages.post(f"{one}/adjustment")(person.adjust_one)


def _rules(pages: Blueprint) -> None:
    at = "/<int:campaign_id>/rules"
    pages.get(at, endpoint="rules")(rules.show)
    pages.get(f"{at}/create", endpoint="new_rule")(rules.ask_for_rule)
    pages.post(f"{at}/create", endpoint="create_rule")(rules.create)
    pages.post(f"{at}/draft", endpoint="draft_rule")(rules.draft)
    pages.get(f"{at}/<key>/edit", endpoint="rule")(rules.ask_for_changes)
    pages.post(f"{at}/<key>/edit", endpoint="change_rule")(rules.change)
    pages.get(f"{at}/<key>/deletion", endpoint="rule_removal")(rules.ask_to_remove)
    pages.post(f"{at}/<key>/deletion", endpoint="remove_rule")(rules.remove)
    pages.get(f"{at}/variants/create", endpoint="new_variant")(variants.ask_for_variant)
    pages.post(f"{at}/variants/create", endpoint="create_variant")(variants.create)
    pages.get(f"{at}/variants/<key>/edit", endpoint="variant")(variants.ask_for_changes)
    pages.post(f"{at}/variants/<key>/edit", endpoint="change_variant")(variants.change)
    pages.get(f"{at}/variants/<key>/deletion", endpoint="variant_removal")(variants.ask_to_remove)
    pages.post(f"{at}/variants/<key>/deletion", endpoint="remove_variant")(variants.remove)


def _rewards(pages: Blueprint) -> None:
    at = "/<int:campaign_id>/rewards"
    pages.get(at, endpoint="rewards")(rewards.show)
    pages.get(f"{at}/create", endpoint="new_reward")(rewards.ask_for_reward)
    pages.post(f"{at}/create", endpoint="create_reward")(rewards.create)
    pages.get(f"{at}/resolution")(delivering.ask_to_resolve)
    pages.post(f"{at}/resolution")(delivering.resolve)
    one = f"{at}/<int:reward_id>"
    pages.get(one, endpoint="reward")(rewards.show_one)
    pages.post(f"{one}/delivery")(delivering.deliver_some)
    pages.get(f"{one}/gift")(delivering.ask_whom_to_give)
    pages.post(f"{one}/gift")(delivering.give_one)
    pages.get(f"{one}/edit", endpoint="reward_form")(rewards.ask_for_changes)
    pages.post(f"{one}/edit", endpoint="change_reward")(rewards.change)
    pages.get(f"{one}/deletion", endpoint="reward_removal")(removing.ask_to_remove)
    pages.post(f"{one}/deletion", endpoint="remove_reward")(removing.remove)
    pages.post(f"{one}/deactivation")(removing.switch_off)


def _board(pages: Blueprint) -> None:
    at = "/<int:campaign_id>/leaderboard"
    pages.get(at, endpoint="leaderboard")(board.show)
    pages.post(f"{at}/recalculation")(board.recalculate)
    pages.get(f"{at}/snapshots/create")(board.ask_to_freeze)
    pages.post(f"{at}/snapshots")(board.freeze)
    pages.get(f"{at}/snapshots/<int:snapshot_id>")(board.show_snapshot)


def _settings(pages: Blueprint) -> None:
    at = "/<int:campaign_id>/settings"
    pages.get(at, endpoint="settings")(settings.show)
    pages.post(at, endpoint="change_settings")(settings.change)
    pages.post(f"{at}/preview")(settings.preview)
