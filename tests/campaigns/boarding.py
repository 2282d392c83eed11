"""A board with people on it, made without joining: ids, sequences and scores as a test wants them."""

from collections.abc import Sequence

from rewards.campaigns import boards
from rewards.campaigns.board_models import Entrant
from rewards.campaigns.models import Campaign, Waitlist
from rewards.campaigns.subscriber_models import Subscriber, SubscriberStatus
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.ledger.accounts import open_score, score_holdings
from rewards.ledger.models import Owner
from rewards.ledger.posting import Movement, post


def waitlist_and_campaign(mode: str = "POINTS") -> tuple[int, int]:
    """A live campaign; its waitlist's id and its own. Inside a write block."""
    number = 1 + (sql.value("SELECT count(*) FROM waitlists") or 0)
    waitlist = Waitlist(key=f"list{number}", slug=f"list-{number}", name="List", page={}, made_at=clock.now())
    db.session.add(waitlist)
    db.session.flush()
    campaign = Campaign(
        waitlist_id=waitlist.id, key=f"c{number}", name="C", status="live", settings={"scoring_mode": mode}, made_at=clock.now()
    )
    db.session.add(campaign)
    db.session.flush()
    return waitlist.id, campaign.id


def add(waitlist_id: int, campaign_id: int, count: int) -> list[int]:
    """So many more subscribers who take part, without a place as yet; their ids."""
    known = sql.value("SELECT count(*) FROM subscribers WHERE waitlist_id = ?", (waitlist_id,))
    people = [_subscriber(waitlist_id, known + number) for number in range(1, count + 1)]
    db.session.add_all(people)
    db.session.flush()
    db.session.add_all(Entrant(campaign_id=campaign_id, subscriber_id=one.id, entered_at=clock.now()) for one in people)
    db.session.flush()
    return [one.id for one in people]


def score(campaign_id: int, subscriber_id: int, points: int, key: str) -> None:
    """Post points, up or down, and move as the core does."""
    asset = f"score:{campaign_id}"
    holding = score_holdings([subscriber_id], asset).get(subscriber_id) or open_score(subscriber_id, asset)
    if points:
        post([Movement(holding, Owner.ISSUED, abs(points), "a test", key, to_person=points > 0, follows=True)])
    boards.move(campaign_id=campaign_id, subscriber_id=subscriber_id, score=holding.balance + points)


def refer(campaign_id: int, subscriber_id: int, referrals: int) -> None:
    """Let somebody have so many referrals, and move as the core does."""
    key = (campaign_id, subscriber_id)
    sql.run("UPDATE entrants SET referrals = ? WHERE campaign_id = ? AND subscriber_id = ?", (referrals, *key))
    boards.move(campaign_id=campaign_id, subscriber_id=subscriber_id, score=referrals)


def set_status(subscriber_id: int, status: SubscriberStatus) -> None:
    """Disqualified, or not any more."""
    sql.run("UPDATE subscribers SET status = ? WHERE id = ?", (status.value, subscriber_id))


def order(campaign_id: int) -> list[int]:
    """Everybody who has a place, by their keys."""
    question = "SELECT subscriber_id FROM entrants WHERE campaign_id = ? AND rank_key IS NOT NULL ORDER BY rank_key"
    return [row[0] for row in sql.rows(question, (campaign_id,))]


def block_counts(campaign_id: int) -> list[int]:
    """How many keys each block counts, in order."""
    question = "SELECT count FROM rank_blocks WHERE campaign_id = ? ORDER BY first_key"
    return [row[0] for row in sql.rows(question, (campaign_id,))]


def sorted_plainly(entrants: Sequence[tuple[int, int]]) -> list[int]:
    """The subscribers of (subscriber, points) pairs as a plain sort orders them; the earlier has the smaller id."""
    return [subscriber_id for subscriber_id, _ in sorted(entrants, key=lambda one: (-one[1], one[0]))]


def _subscriber(waitlist_id: int, sequence: int) -> Subscriber:
    name = f"p{waitlist_id}x{sequence}"
    return Subscriber(
        waitlist_id=waitlist_id,
        sequence=sequence,
        email=f"{name}@example.com",
        address=f"{name}@example.com",
        mailbox=f"{name}@example.com",
        name=f"Person {sequence}",
        code=name,
        seed=name,
        joined_at=clock.now(),
    )
