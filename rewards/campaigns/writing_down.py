"""A board written down bit by bit, a few thousand places at a time, each exactly as it stood when the first of them was written.

Places are written in their order, so what is there says where to go on, whoever goes on; it is complete with its last place. Whoever
moves before that leaves behind what they had.
"""

from rewards.campaigns import blocks
from rewards.campaigns.board_models import Snapshot
from rewards.campaigns.documents import ScoringMode
from rewards.campaigns.ordering import SCORE_TOP, STEP, key_of
from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger.models import SCORE_OF

# So many places at a time: nobody waits long for the write block that keeps them.
AT_A_TIME = 1_500
IS_COMPLETE = "(s.places = 0 OR EXISTS (SELECT 1 FROM snapshot_places p WHERE p.snapshot_id = s.id AND p.place = s.places))"
UNFINISHED = f"SELECT s.id FROM snapshots s WHERE NOT {IS_COMPLETE}"
LAST = (
    "SELECT p.place, p.score, p.referrals, s.sequence FROM snapshot_places p JOIN subscribers s ON s.id = p.subscriber_id"
    " WHERE p.snapshot_id = ? ORDER BY p.place DESC LIMIT 1"
)
STANDS = "SELECT entrants.rank_key AS rank_key, entrants.subscriber_id AS subscriber_id, {score} AS score, entrants.referrals AS referrals"
LEDGER = " LEFT JOIN accounts ON accounts.owner_kind = 'subscriber' AND accounts.owner_id = entrants.subscriber_id AND accounts.asset = ?"
SOME = (
    "INSERT INTO snapshot_places (snapshot_id, place, subscriber_id, score, referrals) SELECT CAST(? AS bigint),"
    " CAST(? AS bigint) + row_number() OVER (ORDER BY stood.rank_key), stood.subscriber_id, stood.score, stood.referrals"
    f" FROM (SELECT rank_key, subscriber_id, score, referrals FROM ({STANDS} FROM entrants{{ledger}} WHERE entrants.campaign_id = ?"
    " AND entrants.rank_key > ? AND NOT EXISTS (SELECT 1 FROM kept_places k WHERE k.snapshot_id = ?"
    " AND k.subscriber_id = entrants.subscriber_id) ORDER BY entrants.rank_key LIMIT ?) AS others"
    " UNION ALL SELECT rank_key, subscriber_id, score, referrals FROM kept_places WHERE snapshot_id = ? AND rank_key > ?"
    " ORDER BY rank_key LIMIT ?) AS stood"
)
KEEP = (
    "INSERT INTO kept_places (snapshot_id, rank_key, subscriber_id, score, referrals) SELECT CAST(? AS bigint), stands.* FROM"
    f" ({STANDS} FROM entrants{{ledger}} WHERE entrants.campaign_id = ? AND entrants.subscriber_id = ? AND entrants.rank_key IS NOT NULL)"
    " AS stands WHERE 1 = 1 ON CONFLICT (snapshot_id, subscriber_id) DO NOTHING"
)


def write_some(taken: Snapshot) -> bool:
    """Write the next places; whether it is complete now. Raises RuntimeError where there are not as many as the board counts."""
    blocks.hold(taken.campaign_id)
    place, score, referrals, sequence = next(iter(sql.rows(LAST, (taken.id,))), (0, 0, 0, 0))
    if place == taken.places:
        return True
    # The key of the last one that is there; every key lies above 0.
    after = key_of(score if _by_points(taken) else referrals, sequence) if place else 0
    text, ledger = _spelled(SOME, taken)
    values = (taken.id, place, *ledger, taken.campaign_id, after, taken.id, AT_A_TIME, taken.id, after, AT_A_TIME)
    new = sql.run(text, values)
    if not 0 < new <= taken.places - place:
        raise RuntimeError(f"the board of campaign {taken.campaign_id} counts {taken.places} places and has {place + new}")
    is_complete = bool(new == taken.places - place)
    if is_complete:
        sql.run("DELETE FROM kept_places WHERE snapshot_id = ?", (taken.id,))
    return is_complete


def keep_place(campaign_id: int, subscriber_id: int) -> None:
    """Remember what somebody has, who is about to move, where the board is just being written down."""
    for snapshot_id in unfinished(campaign_id):
        taken = db.session.get_one(Snapshot, snapshot_id)
        text, ledger = _spelled(KEEP, taken)
        sql.run(text, (snapshot_id, *ledger, campaign_id, subscriber_id))


def unfinished(campaign_id: int | None = None) -> list[int]:
    """The snapshots that are not complete: of a campaign, or all."""
    which, params = ("", ()) if campaign_id is None else (" AND s.campaign_id = ?", (campaign_id,))
    return [row[0] for row in sql.rows(f"{UNFINISHED}{which} ORDER BY s.id", params)]


def places_written(snapshot_id: int) -> int:
    """How many places are there by now."""
    return int(sql.value("SELECT max(place) FROM snapshot_places WHERE snapshot_id = ?", (snapshot_id,)) or 0)


def _by_points(taken: Snapshot) -> bool:
    return ScoringMode(taken.scoring_mode) == ScoringMode.POINTS


def _spelled(text: str, taken: Snapshot) -> tuple[str, tuple[object, ...]]:
    # Where points decide, the key says how many there are.
    if _by_points(taken):
        return text.format(score=f"{SCORE_TOP} - entrants.rank_key / {STEP}", ledger=""), ()
    return text.format(score="coalesce(accounts.balance, 0)", ledger=LEDGER), (f"{SCORE_OF}{taken.campaign_id}",)
