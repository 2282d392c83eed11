"""The settings of a campaign as plain questions, with its public page as it will look."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from rewards.campaigns.describing import document_of, waitlist_document_of
from rewards.campaigns.planning import change_campaign
from rewards.campaigns.queries import campaign_run_by
from rewards.campaigns.waiting import change_waitlist
from rewards.earning.in_force import programme_in_force
from rewards.kit.database import db
from rewards.kit.documents import digest
from rewards.kit.errors import Invalid, Problem, Refused
from rewards.people.zones import zone_named
from rewards.web.campaigns import settings_forms as form
from rewards.web.campaigns.desk import Desk
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed

CHANGED = "Somebody else has changed this since you opened it. Save again to keep what stands here, or open the page anew to see theirs."


def show(campaign_id: int) -> ResponseReturnValue:
    """The form with what holds now."""
    desk = Desk(campaign_id)
    stands = form.form_of(desk.document, desk.waitlist_document, _zone())
    return _form(desk, stands, {}, opened=digest(stands))


def change(campaign_id: int) -> ResponseReturnValue:
    """Change what was typed; of a campaign that has ended only its page still changes."""
    desk, typed = Desk(campaign_id), Typed(request.form)
    try:
        _keep(desk, typed)
    except (Invalid, Refused) as error:
        desk = Desk(campaign_id)
        # Whoever was told that it is another by now, and saves again, means it.
        opened = digest(form.form_of(desk.document, desk.waitlist_document, _zone()))
        return _form(desk, typed, problems_of(error), status=422, opened=opened)
    return desk.leave("settings", "saved")


def preview(campaign_id: int) -> ResponseReturnValue:
    """What the public page will say. Nothing is saved."""
    return _form(Desk(campaign_id), Typed(request.form), {}, block="preview")


def _keep(desk: Desk, typed: Typed) -> None:
    """Read the form against what stands there by now, so that nothing is lost of what somebody else has saved meanwhile."""
    campaign_id, actor, zone, is_over = desk.campaign.id, desk.viewer, _zone(), desk.is_over
    with db.write():
        campaign, waitlist = campaign_run_by(actor, campaign_id)
        document, page = document_of(campaign), waitlist_document_of(waitlist)
        stands, problems = form.form_of(document, page, zone), []
        try:
            page = form.read_page(Typed.of(typed), page)
        except Invalid as error:
            problems += error.problems
        try:
            document = document if is_over else form.read_campaign(Typed.of(typed), document, zone)
        except Invalid as error:
            problems += error.problems
        if typed.get("opened", digest(stands)) != digest(stands) and (problems or form.form_of(document, page, zone) != stands):
            problems = [Problem("", CHANGED), *problems]
        if problems:
            raise Invalid(problems)
        change_waitlist(waitlist_id=waitlist.id, document=page, actor=actor)
        if not is_over:
            change_campaign(campaign_id=campaign_id, document=document, actor=actor)


def _form(
    desk: Desk, typed: Mapping[str, Any], problems: Mapping[str, str], status: int = 200, block: str = "form", opened: str = ""
) -> ResponseReturnValue:
    return desk.show(
        "campaigns/settings.html",
        block,
        status=status,
        typed=typed,
        problems=problems,
        opened=opened,
        preview=form.preview_of(Typed.of(typed), desk.waitlist_document),
        modes=form.MODES,
        zone=_zone().key,
    )


def _zone() -> ZoneInfo:
    return zone_named(programme_in_force().settings.timezone)
