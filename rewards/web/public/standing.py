"""Where a subscriber stands, as their own page and a client's page of referrals show it: place, score, what comes next, and why."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from sqlalchemy import and_, select

from rewards.campaigns.histories import ScoreLine, history_of
from rewards.campaigns.models import Campaign
from rewards.campaigns.naming import shown_name
from rewards.campaigns.queries import ReferralLine, referrals_of
from rewards.campaigns.reward_models import CampaignReward, Distribution, SubscriberReward
from rewards.campaigns.subscriber_models import Referral, Subscriber, SubscriberStatus
from rewards.campaigns.tallying import Tally, tally_of
from rewards.kit.database import db
from rewards.kit.installation import settings_in_force
from rewards.web.public.referral_words import told_to_referee, told_to_referrer
from rewards.web.public.waitlisted import PEOPLE_TOLD_MIN, Waitlisted
from rewards.web.scanning import Scannable, scannable
from rewards.web.words import plural

LINES_SHOWN = 20
# Nobody reads on for longer, and every page reads those before it.
PAGE_MAX = 500
BROUGHT_SHOWN = 25
# The states of a reward, in the words of its badge.
LOCKED = "Locked"


@dataclass(frozen=True, slots=True)
class Step:
    """One of the campaign's rewards, for one subscriber."""

    prize: CampaignReward
    state: str
    # What it takes, or that it is theirs for now; empty where there is nothing more to say.
    told: str
    # How far it is, for a bar; 0: not by counting.
    done: int = 0
    needed: int = 0


class Standing:
    """One subscriber, now, in what their list plays for. Each thing is asked for once."""

    def __init__(self, listed: Waitlisted, subscriber: Subscriber, page: int = 1) -> None:
        self.listed, self.subscriber, self.words = listed, subscriber, listed.words
        # Which page of the lines of their score is wanted.
        self.page = page

    @property
    def campaign(self) -> Campaign | None:
        """What they take part in."""
        return self.listed.campaign

    @property
    def link(self) -> str:
        """What brings others here, short enough to be said."""
        return f"{settings_in_force().base_url}/r/{self.subscriber.code}"

    @property
    def code(self) -> Scannable:
        """The same for cameras."""
        return scannable(self.link)

    @property
    def shares(self) -> list[tuple[str, str, str]]:
        """Ways to send it on: address, word, symbol. Each opens a program of theirs, with the text already in it."""
        said = quote(f"{self.listed.headline}: {self.link}")
        return [
            (f"https://wa.me/?text={said}", "WhatsApp", "send"),
            (f"mailto:?subject={quote(self.listed.headline)}&body={said}", "E-mail", "mail"),
        ]

    @staticmethod
    def name_of(other: Subscriber) -> str:
        """Somebody they brought, as those chose to be named."""
        return shown_name(other) or "Somebody"

    @property
    def is_out(self) -> bool:
        """Whether they were taken off the board."""
        return self.subscriber.status == SubscriberStatus.DISQUALIFIED

    @property
    def must_verify(self) -> bool:
        """Whether nothing counts before they say that the address is theirs."""
        return self.subscriber.verified_at is None and self.listed.settings.require_email_verification

    @property
    def place(self) -> int | None:
        """On the board, now."""
        return self.tally.place or None

    @cached_property
    def tally(self) -> Tally:
        """What they have, and how far those came whom they brought."""
        return tally_of(self.subscriber, self.campaign.id if self.campaign else None)

    @property
    def people(self) -> int:
        """How many have a place; 0 where that is not worth a word."""
        return self.tally.placed if self.tally.placed >= PEOPLE_TOLD_MIN else 0

    @cached_property
    def _lines(self) -> list[ScoreLine]:
        if self.campaign is None:
            return []
        latest = self.page * LINES_SHOWN + 1
        found = history_of(campaign_id=self.campaign.id, subscriber_id=self.subscriber.id, latest=latest)[::-1]
        return found[(self.page - 1) * LINES_SHOWN :]

    @property
    def lines(self) -> list[ScoreLine]:
        """What moved the score, the latest first; as much of it as a page has room for."""
        return self._lines[:LINES_SHOWN]

    @property
    def has_more_lines(self) -> bool:
        """Whether there is another page of it."""
        return len(self._lines) > LINES_SHOWN and self.page < PAGE_MAX

    @cached_property
    def brought(self) -> list[tuple[ReferralLine, str]]:
        """Who joined by their link, the latest first, and what became of each."""
        if self.campaign is None or not self.listed.settings.referrals_enabled:
            return []
        lines = referrals_of(self.subscriber.id, limit=BROUGHT_SHOWN)
        return [(line, told_to_referrer(line.referral, line.referee, self.campaign, self.words)) for line in lines]

    @cached_property
    def came_by(self) -> str:
        """Who brought them here themselves, and what became of that; empty where nobody did."""
        if self.campaign is None or not self.listed.settings.referrals_enabled:
            return ""
        question = select(Referral, Subscriber).join(Subscriber, Subscriber.id == Referral.referrer_id)
        found = db.session.execute(question.where(Referral.referee_id == self.subscriber.id)).first()
        if found is None:
            return ""
        referral, referrer = found
        told = told_to_referee(referral, self.subscriber, self.campaign, self.words)
        return f"{shown_name(referrer) or 'A friend'} brought you here. {told}."

    @cached_property
    def ladder(self) -> list[Step]:
        """Every reward, with how far it is."""
        if self.campaign is None:
            return []
        mine = and_(SubscriberReward.reward_id == CampaignReward.id, SubscriberReward.subscriber_id == self.subscriber.id)
        question = select(CampaignReward, SubscriberReward.status).outerjoin(SubscriberReward, mine)
        offered = question.where(CampaignReward.campaign_id == self.campaign.id)
        return [self._step(prize, status) for prize, status in db.session.execute(offered.order_by(CampaignReward.id)) if prize.active]

    @property
    def next_step(self) -> str:
        """The one thing to do now."""
        if self.is_out:
            return "You were taken off the board. Ask whoever runs this list if you think that is wrong."
        if self.listed.state == "over":
            return "It is over. Thank you for taking part."
        if self.campaign and self.campaign.starts_at and self.listed.state == "before":
            asked = "Confirm your address, and we" if self.must_verify else "We"
            return f"{asked} write to you when it begins, {self.words.at(self.campaign.starts_at)}."
        if self.must_verify:
            return "Confirm your address: the link is in your mail."
        nearest = min((step for step in self.ladder if step.needed), key=lambda step: step.done / -step.needed, default=None)
        if nearest is not None and self.tally.referrals:
            return nearest.told
        if not self.listed.settings.referrals_enabled:
            return "You are in. Nothing else to do for now."
        return "Your link is ready. Send it to one friend." if not self.tally.joined else "Send your link to one more friend."

    def _step(self, prize: CampaignReward, status: str | None) -> Step:
        if status is not None:
            return Step(prize, status.capitalize(), "")
        number = prize.value or 0
        if prize.max_recipients is not None and prize.granted >= prize.max_recipients:
            return Step(prize, LOCKED, "All of these are gone.")
        if prize.distribution == Distribution.TOP_N:
            is_played = self.listed.state in ("live", "paused")
            is_near = is_played and self.place is not None and self.place <= self.listed.winners_of(prize)
            return Step(prize, LOCKED, "Yours, if it ended now." if is_near else self.listed.rule_of(prize))
        if prize.distribution == Distribution.MANUAL:
            return Step(prize, LOCKED, self.listed.rule_of(prize))
        by_score = prize.distribution == Distribution.MIN_SCORE
        done = max(0, self.tally.score if by_score else self.tally.referrals)
        gap = number - done
        if gap <= 0:
            later = " It is yours once your address is confirmed." if self.must_verify else ""
            return Step(prize, LOCKED, f"You have done enough.{later}")
        if self.listed.state == "over":
            return Step(prize, LOCKED, "It ended before that.", done, number)
        told = self.words.number(gap)
        more = f"{told} more {plural(gap, 'point')}" if by_score else f"{told} more {plural(gap, 'friend')}"
        return Step(prize, LOCKED, f"{more} to reach {prize.name}.", done, number)
