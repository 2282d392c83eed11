"""A coach's waitlist with very many people on it and a campaign that they play, for the pages that show one."""

from typing import NamedTuple

from rewards.campaigns import boards
from rewards.campaigns.documents import CampaignDocument, CampaignRewardDocument, WaitlistDocument
from rewards.campaigns.offering_rewards import add_reward
from rewards.campaigns.planning import plan_campaign, publish
from rewards.campaigns.verifying_steps import restore_steps
from rewards.campaigns.waiting import open_waitlist
from rewards.kit import clock, sql
from rewards.kit.columns import time_text
from rewards.ledger.accounts import system_account
from rewards.ledger.models import SCORE_OF, Owner
from rewards.people.queries import user_by_id

SLUG = "many"
# Every fifth brought two of the others.
REFERRERS = 5
RULES = [
    {"key": "referred", "event": "REFERRAL_CONFIRMED", "points": 10},
    {"key": "verified", "event": "EMAIL_VERIFIED", "points": 5},
]
DOUBLE = {"key": "double", "name": "Twice as much", "weight": 1, "rules": [{**RULES[0], "points": 20}]}
REWARD = {"key": "early", "name": "Early access", "type": "ACCESS", "distribution": {"type": "TOP_N", "value": 100}}
SUBSCRIBERS = """
INSERT INTO subscribers (id, waitlist_id, sequence, email, address, mailbox, name, code, seed, status, display, joined_at, verified_at,
    source, network, device)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?), told AS (SELECT i,
    cast(strftime('%s', ?) AS INTEGER) + cast(i AS REAL) / ? * 86400 * ? AS second FROM n),
    timed AS (SELECT i, strftime('%Y-%m-%dT%H:%M:%S.000000Z', second, 'unixepoch') AS moment FROM told)
SELECT i, ?, i, 'p' || i || '@list.example', 'p' || i || '@list.example', 'p' || i || '@list.example', 'Person ' || i, 'c' || i, '',
    'active', 'initials', moment, CASE WHEN i % 3 THEN moment END, CASE i % 4 WHEN 0 THEN '' ELSE 'source' || (i % 40) END, '', ''
FROM timed
"""
ENTRANTS = """
INSERT INTO entrants (campaign_id, subscriber_id, rank_key, referrals, variant, entered_at)
SELECT ?, id, NULL, CASE WHEN id % ? = 0 THEN 2 ELSE 0 END, CASE WHEN id % 7919 % 2 THEN 'double' ELSE '' END, joined_at FROM subscribers
"""
REFERRALS = """
INSERT INTO referrals (waitlist_id, campaign_id, referrer_id, referee_id, state, reason, scored, made_at, confirmed_at)
SELECT s.waitlist_id, ?, ? * (1 + s.id / ?), s.id, 'confirmed', '', 1, s.joined_at, s.joined_at FROM subscribers s
WHERE s.id % ? IN (1, 2)
"""
ACCOUNTS = """
INSERT INTO accounts (owner_kind, owner_id, asset, spendable, balance, last_transfer_id)
SELECT 'subscriber', id, ?, 0, 0, 0 FROM subscribers
"""
TRANSFERS = """
INSERT INTO transfers (asset, debit_id, credit_id, amount, reason, posted_at, metadata, idempotency_key)
SELECT a.asset, ?, a.id, CASE WHEN s.id % ? = 0 THEN 20 ELSE 5 END + s.id * 7919 % 997, 'Verified the address', s.joined_at, '{}',
    'list:' || s.id
FROM subscribers s JOIN accounts a ON a.owner_kind = 'subscriber' AND a.owner_id = s.id AND a.asset = ?
"""
BALANCES = """
UPDATE accounts SET balance = t.amount, last_transfer_id = t.id FROM transfers t WHERE t.credit_id = accounts.id AND accounts.asset = ?
"""
VISITS = """
INSERT INTO visits (waitlist_id, day, source, referrer_id, visits)
SELECT waitlist_id, substr(joined_at, 1, 10), source, CASE WHEN id % ? = 0 THEN id ELSE 0 END, count(*) * 3 FROM subscribers
GROUP BY 1, 2, 3, 4
"""


class Played(NamedTuple):
    """What was made, and who of those on it is the client."""

    slug: str
    campaign_id: int
    reward_id: int
    subscriber_id: int


def play_waitlist(*, people: int, days: int, coach_id: int, client_id: int) -> Played:
    """Let so many have joined over so many days up to now, a client among them. Inside a write block, at the moment of publishing."""
    coach = user_by_id(coach_id)
    waitlist = open_waitlist(document=WaitlistDocument.model_validate({"key": SLUG, "name": "Many"}), actor=coach)
    told = {"key": "many", "settings": {"referralsEnabled": True}, "rules": RULES, "variants": [DOUBLE]}
    campaign = plan_campaign(waitlist_id=waitlist.id, document=CampaignDocument.model_validate(told), actor=coach)
    reward = add_reward(campaign_id=campaign.id, document=CampaignRewardDocument.model_validate(REWARD), actor=coach)
    publish(campaign_id=campaign.id, actor=coach)
    sql.run(SUBSCRIBERS, (people, time_text(clock.now()), people, days, waitlist.id))
    sql.run("UPDATE waitlists SET last_sequence = ? WHERE id = ?", (people, waitlist.id))
    mine = REFERRERS * 7
    sql.run("UPDATE subscribers SET user_id = ? WHERE id = ?", (client_id, mine))
    sql.run(ENTRANTS, (campaign.id, REFERRERS))
    sql.run(REFERRALS, (campaign.id, REFERRERS, REFERRERS, REFERRERS))
    score = f"{SCORE_OF}{campaign.id}"
    sql.run(ACCOUNTS, (score,))
    sql.run(TRANSFERS, (system_account(Owner.ISSUED, score), REFERRERS, score))
    sql.run(BALANCES, (score,))
    sql.run(VISITS, (REFERRERS,))
    boards.rebuild(campaign_id=campaign.id)
    restore_steps()
    return Played(waitlist.slug, campaign.id, reward.id, mine)
