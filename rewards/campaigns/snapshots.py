"""The board written down as it stands, for good."""

from sqlalchemy import Select, select

from rewards.campaigns import blocks
from rewards.campaigns.board_models import Board, Snapshot
from rewards.campaigns.ordering import mode_of
from rewards.campaigns.placed import Placed, line_of
from rewards.campaigns.writing_down import places_written, write_some
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.people.auditing import Done, record_deed
from rewards.people.models import User

FINAL = "final"
PAGE = (
    "SELECT snapshot_places.place, subscribers.id, snapshot_places.score, snapshot_places.referrals, subscribers.name, subscribers.display,"
    " subscribers.status FROM snapshot_places JOIN subscribers ON subscribers.id = snapshot_places.subscriber_id"
    " WHERE snapshot_places.snapshot_id = ? AND snapshot_places.place >= ? AND snapshot_places.place < ? ORDER BY snapshot_places.place"
)


def snapshot(*, campaign_id: int, kind: str, actor: User | None) -> Snapshot:
    """Write the board down as it stands; there is one final snapshot, and asked for again it is that one. Raises NotFound.

    Of many places a final one is only begun: nobody scores any more, and `finish_due` writes the rest.
    """
    blocks.hold(campaign_id)
    if kind == FINAL and (known := db.session.scalar(_final(campaign_id))):
        return known
    board = db.session.get(Board, campaign_id, populate_existing=True)
    if board is None:
        raise NotFound(f"board of campaign {campaign_id}")
    mode, taken_by = mode_of(campaign_id), actor.id if actor else None
    taken = Snapshot(
        campaign_id=campaign_id, kind=kind, taken_at=clock.now(), taken_by=taken_by, scoring_mode=mode.value, places=board.placed
    )
    db.session.add(taken)
    db.session.flush()
    while not write_some(taken) and kind != FINAL:
        # Whoever scores meanwhile would move what is not written yet.
        continue
    record_deed(Done("snapshot_taken", "campaign", campaign_id, after={"kind": kind, "places": taken.places}), actor_id=taken_by)
    return taken


def final_of(campaign_id: int) -> Snapshot | None:
    """How the campaign ended; None where that was not written down, or not to the last place yet."""
    found = db.session.scalar(_final(campaign_id))
    return found if found and places_written(found.id) == found.places else None


def snapshots_of(campaign_id: int) -> list[Snapshot]:
    """All of a campaign, the latest first."""
    return list(db.session.scalars(select(Snapshot).where(Snapshot.campaign_id == campaign_id).order_by(Snapshot.id.desc())))


def page_of_snapshot(snapshot_id: int, first: int, n: int) -> list[Placed]:
    """So many places from the first one asked for on. Names are as their owners choose now."""
    return [line_of(place, told) for place, *told in sql.rows(PAGE, (snapshot_id, first, first + n))]


def place_in_snapshot(snapshot_id: int, subscriber_id: int) -> int | None:
    """Somebody's place in it; None where they had none."""
    place = sql.value("SELECT place FROM snapshot_places WHERE snapshot_id = ? AND subscriber_id = ?", (snapshot_id, subscriber_id))
    return None if place is None else int(place)


def _final(campaign_id: int) -> Select[Snapshot]:
    return select(Snapshot).where(Snapshot.campaign_id == campaign_id, Snapshot.kind == FINAL)
