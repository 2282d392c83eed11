"""How far people come, counted as they come, by the day and the source they came by: so nobody is counted twice, or on a page's time."""

from rewards.kit import sql

COLUMNS = "waitlist_id, campaign_id, day, source, writer, visits, joined, verified, referred"
ADDED = (
    " ON CONFLICT (waitlist_id, campaign_id, day, source, writer) DO UPDATE SET visits = daily_steps.visits + excluded.visits,"
    " joined = daily_steps.joined + excluded.joined, verified = daily_steps.verified + excluded.verified,"
    " referred = daily_steps.referred + excluded.referred"
)
# A day is one of UTC. Times are text of one width, which a day's own text begins.
DAY = "substr(s.joined_at, 1, 10)"
IS_VERIFIED = "CASE WHEN s.verified_at IS NULL THEN 0 ELSE 1 END"
LOOKED = "SELECT CAST(? AS bigint), 0, ?, ?, {writer}, 1, 0, 0, 0"
# Whoever is held by nobody else: what belongs to the list, what belongs to a campaign, and both of one person.
VERIFIED = f"SELECT s.waitlist_id, 0, {DAY}, s.source, {{writer}}, 0, 0, 1, 0 FROM subscribers s WHERE s.id = ?"
REFERRED = f"SELECT s.waitlist_id, CAST(? AS bigint), {DAY}, s.source, {{writer}}, 0, 0, 0, ? FROM subscribers s WHERE s.id = ?"
PERSON = (
    f"SELECT s.waitlist_id, 0, {DAY}, s.source, {{writer}}, 0, CAST(? AS bigint) AS times, ? * {IS_VERIFIED}, 0 FROM subscribers s"
    f" WHERE s.id = ? UNION ALL SELECT s.waitlist_id, e.campaign_id, {DAY}, s.source, {{writer}}, 0, 0, 0, ? FROM subscribers s"
    " JOIN entrants e ON e.subscriber_id = s.id WHERE s.id = ? AND e.referrals > 0"
)


def count_look(waitlist_id: int, day: str, source: str) -> None:
    """Somebody opened the page."""
    # The condition says where the question ends and the conflict begins.
    _add(f"{LOOKED} WHERE 1 = 1", (waitlist_id, day, source))


def count_verified(subscriber_id: int) -> None:
    """Their address has just been shown to be theirs. It must be flushed."""
    _add(VERIFIED, (subscriber_id,))


def count_referrer(campaign_id: int, subscriber_id: int, change: int) -> None:
    """They have brought somebody who counts, or nobody any more."""
    _add(REFERRED, (campaign_id, change, subscriber_id))


def count_in(subscriber_id: int) -> None:
    """They have joined, and whatever else is known of them. It must be flushed."""
    _add(PERSON, (1, 1, subscriber_id, 1, subscriber_id))


def count_out(subscriber_id: int) -> None:
    """The opposite, before they are counted in elsewhere."""
    _add(PERSON, (-1, -1, subscriber_id, -1, subscriber_id))


def _add(question: str, values: tuple[object, ...]) -> None:
    sql.run(f"INSERT INTO daily_steps ({COLUMNS}) {question.format(writer=sql.writer())}{ADDED}", values)
