"""Who may have a campaign's rewards, in SQL: what each distribution asks, and who is let in at all."""

from typing import NamedTuple

from rewards.campaigns.documents import CampaignSettings, ScoringMode
from rewards.campaigns.models import Campaign
from rewards.campaigns.ordering import key_of
from rewards.campaigns.queries import settings_of
from rewards.campaigns.reward_models import Distribution
from rewards.campaigns.writing_down import IS_COMPLETE
from rewards.kit import sql
from rewards.ledger.models import SCORE_OF

UNDECIDED = "EXISTS (SELECT 1 FROM fraud_flags f WHERE f.subscriber_id = s.id AND f.decided_at IS NULL)"
IS_IN = "s.status = 'active' AND (s.verified_at IS NOT NULL OR ? = 0)"
TAKES_PART = f"{IS_IN} AND NOT {UNDECIDED}"
BALANCE = "SELECT a.balance FROM accounts a WHERE a.owner_kind = 'subscriber' AND a.owner_id = e.subscriber_id AND a.asset = ?"
FINAL = f"SELECT s.id FROM snapshots s WHERE s.campaign_id = ? AND s.kind = 'final' AND {IS_COMPLETE}"
# What a reward asks of one subscriber; nothing is asked for one that is given by hand.
MEETS = (
    "CASE r.distribution WHEN 'MIN_REFERRALS' THEN e.referrals >= r.value"
    f" WHEN 'MIN_SCORE' THEN coalesce(({BALANCE}), 0) >= r.value"
    " WHEN 'TOP_N' THEN EXISTS (SELECT 1 FROM snapshot_places p WHERE p.subscriber_id = e.subscriber_id"
    f" AND p.snapshot_id = ({FINAL}) AND p.place <= r.value AND p.place <= ?) ELSE 1 = 1 END"
)
OF_ONE = (
    "FROM campaign_rewards r JOIN entrants e ON e.campaign_id = r.campaign_id JOIN subscribers s ON s.id = e.subscriber_id"
    " WHERE r.campaign_id = ? AND e.subscriber_id = ?"
)
REACHED = (
    f"SELECT r.id {OF_ONE} AND r.active = 1 AND r.distribution <> 'MANUAL'"
    " AND (r.max_recipients IS NULL OR r.granted + r.freed < r.max_recipients)"
    " AND NOT EXISTS (SELECT 1 FROM subscriber_rewards w WHERE w.reward_id = r.id AND w.subscriber_id = s.id)"
    f" AND {TAKES_PART} AND {MEETS} ORDER BY r.id"
)
FAILING = (
    f"SELECT w.id, r.id FROM subscriber_rewards w JOIN (SELECT r.id {OF_ONE} AND NOT (s.status = 'active' AND {MEETS})) AS r"
    " ON r.id = w.reward_id WHERE w.subscriber_id = ? AND w.status = 'earned' ORDER BY r.id"
)
# Whoever meets a condition and has not got the reward. Those who wait to be decided about are few, and are asked for once.
WINNERS = (
    f"FROM {{entrants}} JOIN subscribers s ON s.id = e.subscriber_id WHERE {{meets}} AND {IS_IN}"
    " AND e.subscriber_id NOT IN (SELECT f.subscriber_id FROM fraud_flags f WHERE f.decided_at IS NULL){others}"
)
OTHERS = " AND NOT EXISTS (SELECT 1 FROM subscriber_rewards w WHERE w.reward_id = ? AND w.subscriber_id = s.id)"
PLACED = "(SELECT p.subscriber_id, p.place AS rank_key FROM snapshot_places p WHERE p.snapshot_id = ({final}) AND p.place <= ?) AS e"


class Offered(NamedTuple):
    """A reward as resolving finds it."""

    id: int
    key: str
    distribution: str
    value: int
    max_recipients: int | None
    granted: int

    @property
    def left(self) -> int | None:
        """How many more may have it; None: as many as there are."""
        return None if self.max_recipients is None else self.max_recipients - self.granted


def prizes_of(campaign_id: int, *, held: bool) -> list[Offered]:
    """What a campaign gives by itself; all of its rewards are held until commit, always in the same order, where that is asked for."""
    question = (
        "SELECT id, key, distribution, value, max_recipients, granted, active FROM campaign_rewards WHERE campaign_id = ? ORDER BY id"
    )
    found = sql.rows(f"{question}{sql.lock_clause() if held else ''}", (campaign_id,))
    return [Offered(*row[:6]) for row in found if row[6] and row[2] != Distribution.MANUAL]


def reached_by(campaign: Campaign, subscriber_id: int) -> set[int]:
    """The rewards that somebody could have now and has not got."""
    settings = settings_of(campaign)
    asked = (int(settings.require_email_verification), *_of_one(campaign, settings))
    return {row[0] for row in sql.rows(REACHED, (campaign.id, subscriber_id, *asked))}


def failing_of(campaign: Campaign, subscriber_id: int) -> list[tuple[int, int]]:
    """What somebody earned and would not earn now: their row, and the reward."""
    asked = _of_one(campaign, settings_of(campaign))
    return [(row[0], row[1]) for row in sql.rows(FAILING, (campaign.id, subscriber_id, *asked, subscriber_id))]


def winners_question(campaign: Campaign, prize: Offered) -> tuple[str, tuple[object, ...]]:
    """From whom a reward is given on, and to how many: the rest of a question that begins with what is wanted of `e`, and its values."""
    settings = settings_of(campaign)
    entrants, meets, asked = _asked(campaign, prize, settings)
    # Where nobody has it, nobody is looked up.
    others, has_it = (OTHERS, (prize.id,)) if prize.granted else ("", ())
    text = WINNERS.format(entrants=entrants, meets=meets, others=others)
    values = (*asked, int(settings.require_email_verification), *has_it)
    if prize.left is not None:
        return f"{text} ORDER BY e.rank_key LIMIT ?", (*values, prize.left)
    # Without a limit the order decides nothing, and by their ids everything is met where it lies; of the first, some want to read it.
    return f"{text} ORDER BY {'e.rank_key' if prize.distribution == Distribution.TOP_N else 'e.subscriber_id'}", values


def _asked(campaign: Campaign, prize: Offered, settings: CampaignSettings) -> tuple[str, str, tuple[object, ...]]:
    if prize.distribution == Distribution.TOP_N:
        return PLACED.format(final=FINAL), "1 = 1", (campaign.id, min(prize.value, settings.max_winners))
    # The sum keeps the index of the board out where its order is not asked for.
    key = "e.rank_key + 0" if prize.left is None else "e.rank_key"
    mine = f"e.campaign_id = ? AND {key} IS NOT NULL"
    if prize.distribution == Distribution.MIN_REFERRALS:
        return "entrants e", f"{mine} AND e.referrals >= ?", (campaign.id, prize.value)
    if settings.scoring_mode == ScoringMode.REFERRALS_ONLY:
        return "entrants e", f"{mine} AND coalesce(({BALANCE}), 0) >= ?", (campaign.id, f"{SCORE_OF}{campaign.id}", prize.value)
    # Where points decide, the key says how many there are.
    return "entrants e", f"e.campaign_id = ? AND {key} < ?", (campaign.id, key_of(prize.value - 1, 0))


def _of_one(campaign: Campaign, settings: CampaignSettings) -> tuple[object, ...]:
    return f"{SCORE_OF}{campaign.id}", campaign.id, settings.max_winners
