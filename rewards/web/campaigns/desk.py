"""One campaign as a page shows it to who runs it: its waitlist, its links, its parts, and what was just done."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from rewards.campaigns.describing import document_of, rulebook_of, waitlist_document_of
from rewards.campaigns.documents import CampaignDocument, CampaignSettings, PageSettings, ScoringMode, WaitlistDocument
from rewards.campaigns.models import Campaign, CampaignStatus, Waitlist
from rewards.campaigns.planning import change_campaign
from rewards.campaigns.queries import campaign_run_by, settings_of
from rewards.campaigns.rule_documents import CampaignRules
from rewards.kit.database import db
from rewards.kit.installation import settings_in_force
from rewards.people.models import User
from rewards.web.access import home_of, me
from rewards.web.answering import answer, leave_for
from rewards.web.words import Words, words_for

# What one form changes of all that a campaign says.
Edit = Callable[[CampaignDocument], CampaignDocument]

# The part of the address, and what it is called.
PARTS = {
    "": "Overview",
    "people": "People",
    "rules": "Rules",
    "rewards": "Rewards",
    "leaderboard": "Leaderboard",
    "settings": "Settings",
}
TOLD = {
    "made": "Your draft is ready. Look it through, then publish it.",
    "published": "Published. Everybody on the list takes part.",
    "paused": "Paused. People can still join; nothing is scored until you resume it.",
    "resumed": "Live again. What happens from now on is scored.",
    "ended": "Ended. The rewards were resolved.",
    "ending": "Ended. The final board is being written down; who won by their place is told when it is complete.",
    "saved": "Saved.",
    "tried": "Tried again. It is decided.",
    "waits": "Tried again. What is about people who are flagged waits until you have decided about them.",
    "failed_again": "Tried again. What is still here has failed again.",
    "removed": "Taken away.",
    "switched_off": "Switched off. Nobody earns it any more.",
    "accepted": "Accepted. What had waited for you is decided.",
    "disqualified": "Disqualified. They have no place any more.",
    "included": "They are in again, with what they had.",
    "adjusted": "Done. Your reason stands beside it in their history.",
    "invited": "Invited. They get a mail with a link.",
    "delivered": "Marked as delivered.",
    "given": "Given. They are told by mail.",
    "resolved": "Resolved. Whoever earned something new is told by mail.",
    "recalculated": "Recalculated.",
    "frozen": "Written down. This snapshot never changes.",
}


class Desk:
    """What every page of one campaign knows. Raises NotFound for what is another's, as for what is not there."""

    def __init__(self, campaign_id: int) -> None:
        self.viewer: User = me()
        found: tuple[Campaign, Waitlist] = campaign_run_by(self.viewer, campaign_id)
        self.campaign, self.waitlist = found
        self.words: Words = words_for(self.viewer)

    @property
    def place(self) -> str:
        """Where its pages begin."""
        return f"{place_of(self.viewer)}/{self.campaign.id}"

    @cached_property
    def settings(self) -> CampaignSettings:
        """How it plays."""
        return settings_of(self.campaign)

    @cached_property
    def page(self) -> PageSettings:
        """What its public page says."""
        return PageSettings.model_validate(self.waitlist.page)

    @cached_property
    def rulebook(self) -> CampaignRules:
        """Its rules and variants."""
        return rulebook_of(self.campaign)

    @property
    def document(self) -> CampaignDocument:
        """All that it says."""
        return document_of(self.campaign)

    @property
    def waitlist_document(self) -> WaitlistDocument:
        """All that its waitlist says."""
        return waitlist_document_of(self.waitlist)

    @property
    def status(self) -> str:
        """Draft, Live, Paused or Ended."""
        return self.campaign.status.capitalize()

    @property
    def is_draft(self) -> bool:
        """Whether nobody plays it yet."""
        return self.campaign.status == CampaignStatus.DRAFT

    @property
    def is_active(self) -> bool:
        """Whether it is live or paused."""
        return self.campaign.status in (CampaignStatus.LIVE, CampaignStatus.PAUSED)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.campaign.status == CampaignStatus.ENDED

    @property
    def counts_referrals(self) -> bool:
        """Whether the number of referrals decides the place."""
        return self.settings.scoring_mode == ScoringMode.REFERRALS_ONLY

    @property
    def public_path(self) -> str:
        """Where people join."""
        return f"/c/{self.waitlist.slug}"

    @property
    def link(self) -> str:
        """The same with the address of this installation."""
        return f"{settings_in_force().base_url}{self.public_path}"

    def snippet(self, shows: str = "") -> str:
        """What another site puts into its page to show the form, or the board."""
        what = f' data-show="{shows}"' if shows else ""
        return f'<script src="{settings_in_force().base_url}/embed.js" data-waitlist="{self.waitlist.slug}"{what} async></script>'

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """Its parts."""
        here = request.path.removeprefix(self.place).strip("/").partition("/")[0]
        current = here if here in PARTS else ""
        return [(f"{self.place}/{part}" if part else self.place, word, part == current) for part, word in PARTS.items()]

    def change(self, edit: Edit) -> None:
        """Save what `edit` makes of the campaign as it stands by then: what somebody else saved meanwhile stays. Raises what it raises."""
        actor, campaign_id = self.viewer, self.campaign.id
        with db.write():
            campaign, _ = campaign_run_by(actor, campaign_id)
            change_campaign(campaign_id=campaign_id, document=edit(document_of(campaign)), actor=actor)

    def show(self, template: str, *blocks: str, status: int = 200, **context: Any) -> ResponseReturnValue:
        """One of its pages, or these blocks of it."""
        told = TOLD.get(request.args.get("told", ""))
        return answer(template, *blocks, status=status, case=self, words=self.words, told=told, **frame_of(self.viewer), **context)

    def leave(self, part: str = "", told: str = "") -> ResponseReturnValue:
        """To another of its pages, after something was done."""
        address = f"{self.place}/{part}" if part else self.place
        return leave_for(f"{address}?told={told}" if told else address)


def place_of(viewer: User) -> str:
    """Where somebody's list of campaigns is."""
    return f"{home_of(viewer)}/campaigns"


def frame_of(viewer: User) -> dict[str, Any]:
    """What the templates need to know of who looks."""
    return {"frame": f"{viewer.role}/frame.html", "listing_place": place_of(viewer), "audience": str(viewer.role)}
