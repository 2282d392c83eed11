"""The board of a campaign: live, recalculated, and written down."""

from flask import request
from flask.typing import ResponseReturnValue

from rewards.campaigns import places
from rewards.campaigns.board_models import Board, Snapshot
from rewards.campaigns.recalculating import recalculate_positions
from rewards.campaigns.snapshots import page_of_snapshot, snapshot, snapshots_of
from rewards.campaigns.writing_down import places_written, unfinished
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from rewards.web.campaigns.confirming import Question
from rewards.web.campaigns.desk import Desk

PAGE_ROWS = 25
PAGES_MAX = 1_000_000


def show(campaign_id: int) -> ResponseReturnValue:
    """The board as it stands now, and everything that was written down."""
    desk, first = Desk(campaign_id), _first()
    found = [] if desk.is_draft else places.page(campaign_id, first, PAGE_ROWS + 1)
    return desk.show(
        "campaigns/leaderboard.html",
        rows=found[:PAGE_ROWS],
        has_more=len(found) > PAGE_ROWS,
        first=first,
        board=db.session.get(Board, campaign_id),
        snapshots=snapshots_of(campaign_id),
        begun=unfinished(campaign_id),
        snapshot=None,
        here=f"{desk.place}/leaderboard",
    )


def show_snapshot(campaign_id: int, snapshot_id: int) -> ResponseReturnValue:
    """The board as it stood then."""
    desk, first = Desk(campaign_id), _first()
    found = db.session.get(Snapshot, snapshot_id) if snapshot_id < 10**18 else None
    if found is None or found.campaign_id != campaign_id:
        raise NotFound(f"snapshot {snapshot_id}")
    rows = page_of_snapshot(snapshot_id, first, PAGE_ROWS + 1)
    return desk.show(
        "campaigns/leaderboard.html",
        rows=rows[:PAGE_ROWS],
        has_more=len(rows) > PAGE_ROWS,
        first=first,
        board=None,
        snapshots=[],
        snapshot=found,
        written=places_written(snapshot_id),
        here=f"{desk.place}/leaderboard/snapshots/{snapshot_id}",
    )


def recalculate(campaign_id: int) -> ResponseReturnValue:
    """Count all places anew, from the scores."""
    desk = Desk(campaign_id)
    _check_played(desk)
    with db.write():
        recalculate_positions(campaign_id=campaign_id)
    return desk.leave("leaderboard", "recalculated")


def ask_to_freeze(campaign_id: int) -> ResponseReturnValue:
    """What writing the board down means."""
    desk = Desk(campaign_id)
    _check_played(desk)
    return Question(
        "Write the board down as it stands?",
        ["The snapshot never changes. The campaign goes on; its final board is written down when it ends."],
        action=f"{desk.place}/leaderboard/snapshots",
        verb="Freeze snapshot",
        back=f"{desk.place}/leaderboard",
        numbers=[("Places", desk.words.number(places.total(campaign_id)))],
        kind="primary",
    ).ask(desk)


def freeze(campaign_id: int) -> ResponseReturnValue:
    """Write the board down: the final one where the campaign has ended, an interim one before."""
    desk = Desk(campaign_id)
    _check_played(desk)
    kind, actor = "final" if desk.is_over else "interim", desk.viewer
    with db.write():
        snapshot(campaign_id=campaign_id, kind=kind, actor=actor)
    return desk.leave("leaderboard", "frozen")


def _check_played(desk: Desk) -> None:
    if desk.is_draft:
        raise Refused("not_published", f"{desk.campaign.name} is a draft: nobody has played it.")


def _first() -> int:
    number = min(max(request.args.get("page", 1, type=int), 1), PAGES_MAX)
    return (number - 1) * PAGE_ROWS + 1
