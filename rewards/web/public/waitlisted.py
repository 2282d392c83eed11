"""A waitlist as its public pages show it: what it says of itself, what it plays for, and how far that is."""

from datetime import datetime
from functools import cached_property
from hashlib import sha256

from flask import current_app, request

from rewards.campaigns import places
from rewards.campaigns.describing import rewards_of, rulebook_of
from rewards.campaigns.documents import CampaignSettings, PageSettings, ScoringMode
from rewards.campaigns.links import subscriber_of
from rewards.campaigns.models import Campaign, CampaignStatus, Waitlist
from rewards.campaigns.queries import is_over, settings_of
from rewards.campaigns.reward_models import CampaignReward, Distribution
from rewards.campaigns.scoring_models import Happening
from rewards.campaigns.standings import campaign_to_show
from rewards.campaigns.subscriber_models import Subscriber
from rewards.campaigns.waiting import waitlist_by_slug
from rewards.earning.in_force import programme_in_force
from rewards.kit import clock
from rewards.kit.errors import NotFound
from rewards.kit.installation import settings_in_force
from rewards.people.models import User
from rewards.people.zones import zone_named
from rewards.web.branding import logo_address
from rewards.web.public.rule_words import told_rules
from rewards.web.statics import asset
from rewards.web.words import Words, plural

# Fewer than so many are no reason to join.
PEOPLE_TOLD_MIN = 25
REWARDS_SHOWN = 3
# Other sites draw no SVG beside a link.
CARD = "card.png"
# The cookie of the browser's own place; the token in it is signed.
PLACE = "place"
AGE_SECONDS = 365 * 24 * 3600


class Waitlisted:
    """One waitlist, now."""

    def __init__(self, waitlist: Waitlist, campaign: Campaign | None = None) -> None:
        self.waitlist = waitlist
        self.page = PageSettings.model_validate(waitlist.page)
        self.words = Words(User(locale="en"), zone_named(programme_in_force().settings.timezone), clock.now())
        if campaign is not None:
            self.campaign = campaign

    @property
    def path(self) -> str:
        """Where its pages begin."""
        return f"/c/{self.waitlist.slug}"

    @property
    def address(self) -> str:
        """The same, for other sites."""
        return f"{settings_in_force().base_url}{self.path}"

    @property
    def headline(self) -> str:
        """What it calls itself to those who come by."""
        return self.page.headline or self.waitlist.name

    @property
    def promise(self) -> str:
        """What somebody has of it, in a sentence."""
        return self.page.promise or f"Join {self.waitlist.name} and keep your place."

    @property
    def consent_mark(self) -> str:
        """What a ticked form sends: it names the text, so that nobody agrees to another one than they read."""
        return sha256(self.page.consent.encode()).hexdigest()[:16]

    @cached_property
    def campaign(self) -> Campaign | None:
        """What it plays for, or played for last."""
        return campaign_to_show(self.waitlist.id)

    @cached_property
    def settings(self) -> CampaignSettings:
        """How that plays."""
        return settings_of(self.campaign) if self.campaign else CampaignSettings(leaderboard_enabled=False)

    @property
    def counts_referrals(self) -> bool:
        """Whether the number of referrals decides the place."""
        return self.settings.scoring_mode == ScoringMode.REFERRALS_ONLY

    @property
    def state(self) -> str:
        """none, before, live, paused or over."""
        campaign, now = self.campaign, clock.now()
        if campaign is None:
            return "none"
        if is_over(campaign, now):
            return "over"
        if campaign.starts_at is not None and campaign.starts_at > now:
            return "before"
        return "paused" if campaign.status == CampaignStatus.PAUSED else "live"

    @property
    def is_full(self) -> bool:
        """Whether nobody else can join."""
        return self.page.capacity is not None and self.waitlist.last_sequence >= self.page.capacity

    @property
    def ended_at(self) -> datetime | None:
        """When it was over."""
        return (self.campaign.ended_at or self.campaign.ends_at) if self.campaign else None

    @cached_property
    def prizes(self) -> list[CampaignReward]:
        """What can be won."""
        return [reward for reward in rewards_of(self.campaign.id) if reward.active] if self.campaign else []

    @property
    def first_prizes(self) -> list[CampaignReward]:
        """As many of them as fit on a phone."""
        return self.prizes[:REWARDS_SHOWN]

    def winners_of(self, prize: CampaignReward) -> int:
        """How many of the first on the board get a prize for them."""
        return min(prize.value or 0, self.settings.max_winners)

    def rule_of(self, prize: CampaignReward) -> str:
        """Who gets it, in a sentence."""
        number = self.words.number(prize.value or 0)
        return {
            Distribution.TOP_N: f"For the first {self.words.number(self.winners_of(prize))} on the board when it ends.",
            Distribution.MIN_SCORE: f"For {number} points.",
            Distribution.MIN_REFERRALS: f"For {number} {plural(prize.value or 0, 'friend')} who joined by your link.",
            Distribution.MANUAL: "Given by hand.",
        }[Distribution(prize.distribution)]

    @property
    def rules(self) -> list[str]:
        """What brings points; nothing where friends alone decide, or where some play by other rules than others."""
        rulebook = rulebook_of(self.campaign) if self.campaign and not self.counts_referrals else None
        if rulebook is None or rulebook.variants:
            return []
        # Before the start, joining and confirming an address bring nothing; friends count from then on.
        is_early = self.state == "before"
        played = [rule for rule in rulebook.rules if rule.event == Happening.REFERRAL_CONFIRMED or not is_early]
        return told_rules(played, self.words)

    @property
    def picture(self) -> str:
        """What other sites show beside a link, as a whole address: the programme's logo, or a card where it has none of its own."""
        return f"{settings_in_force().base_url}{logo_address() if self.has_logo else asset(CARD)}"

    @property
    def has_logo(self) -> bool:
        """Whether that is a logo: it is shown small, where a card is shown large."""
        return logo_address().endswith(".webp")

    @cached_property
    def people(self) -> int:
        """How many have a place; 0 where that is not worth a word."""
        total = places.total(self.campaign.id) if self.campaign else self.waitlist.last_sequence
        return total if total >= PEOPLE_TOLD_MIN else 0

    def visitor(self) -> Subscriber | None:
        """Whose place this browser keeps."""
        found = subscriber_of(request.cookies.get(PLACE, ""), "me")
        return found if found is not None and found.waitlist_id == self.waitlist.id else None

    def keep_cookie(self, response: object, name: str, value: str, seconds: int = AGE_SECONDS) -> None:
        """Let this browser keep something, for these pages alone."""
        is_https = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(name, value, max_age=seconds, path=self.path, secure=is_https, httponly=True, samesite="Lax")  # type: ignore[attr-defined]


def page_number() -> int:
    """Which page of a list the address asks for; what is none is the first."""
    written = request.args.get("page", "1")
    return max(1, int(written)) if written.isascii() and written.isdigit() and len(written) < 9 else 1


def listed_at(slug: str) -> Waitlisted:
    """The waitlist at this address. Raises NotFound."""
    found = waitlist_by_slug(slug)
    if found is None:
        raise NotFound(f"waitlist {slug[:80]}")
    return Waitlisted(found)
