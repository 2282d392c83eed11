"""Boards that are being written down are written to the last place; then those who won by their place have what they won."""

from functools import partial

from rewards.campaigns.board_models import Snapshot
from rewards.campaigns.resolving import resolve_campaign
from rewards.campaigns.writing_down import unfinished, write_some
from rewards.kit.database import db
from rewards.kit.working import each_alone


def finish_due() -> int:
    """Go on with every board that is not complete, some thousand places at a time in write blocks of their own; how many are now."""
    with db.read():
        waiting = unfinished()
    return each_alone(partial(_finish, snapshot_id) for snapshot_id in waiting)


def _finish(snapshot_id: int) -> int:
    while not _write(snapshot_id):
        continue
    return 1


def _write(snapshot_id: int) -> bool:
    with db.write() as session:
        taken = session.get_one(Snapshot, snapshot_id)
        is_complete = write_some(taken)
        if is_complete:
            resolve_campaign(campaign_id=taken.campaign_id)
    return is_complete
