"""The settings of a campaign as plain questions, with its public page as it will look."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from rewards.campaigns.planning import change_campaign
from rewards.campaigns.waiting import change_waitlist
from rewards.earning.in_force import programme_in_force
from rewards.kit.database import db
from rewards.kit.errors import Invalid, Refused
from rewards.people.zones import zone_named
from rewards.web.campaigns import settings_forms as form
from rewards.web.campaigns.desk import Desk
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed


def show(campaign_id: int) -> ResponseReturnValue:
    """The form with what holds now."""
    desk = Desk(campaign_id)
    return _form(desk, form.form_of(desk.document, desk.waitlist_document, _zone()), {})


def change(campaign_id: int) -> ResponseReturnValue:
    """Change what was typed; of a campaign that has ended only its page still changes."""
    desk, typed = Desk(campaign_id), Typed(request.form)
    try:
        _keep(desk, typed)
    except (Invalid, Refused) as error:
        return _form(desk, typed, problems_of(error), status=422)
    return desk.leave("settings", "saved")


def preview(campaign_id: int) -> ResponseReturnValue:
    """What the public page will say. Nothing is saved."""
    return _form(Desk(campaign_id), Typed(request.form), {}, block="preview")


def _keep(desk: Desk, typed: Typed) -> None:
    before, problems = desk.document, []
    try:
        page = form.read_page(Typed.of(typed), desk.waitlist_document)
    except Invalid as error:
        problems += error.problems
    try:
        campaign = before if desk.is_over else form.read_campaign(Typed.of(typed), before, _zone())
    except Invalid as error:
        problems += error.problems
    if problems:
        raise Invalid(problems)
    waitlist_id, campaign_id, actor, is_over = desk.waitlist.id, desk.campaign.id, desk.viewer, desk.is_over
    with db.write():
        change_waitlist(waitlist_id=waitlist_id, document=page, actor=actor)
        if not is_over:
            change_campaign(campaign_id=campaign_id, document=campaign, actor=actor)


def _form(desk: Desk, typed: Mapping[str, Any], problems: Mapping[str, str], status: int = 200, block: str = "form") -> ResponseReturnValue:
    return desk.show(
        "campaigns/settings.html",
        block,
        status=status,
        typed=typed,
        problems=problems,
        preview=form.preview_of(Typed.of(typed), desk.waitlist_document),
        modes=form.MODES,
        zone=_zone().key,
    )


def _zone() -> ZoneInfo:
    return zone_named(programme_in_force().settings.timezone)
