"""A campaign's leaderboard for everybody: live while it is played, as it was written down when it is over."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from rewards.campaigns import places
from rewards.campaigns.placed import Placed
from rewards.campaigns.snapshots import final_of, page_of_snapshot, place_in_snapshot
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit import clock
from rewards.kit.errors import NotFound
from rewards.web.answering import answer
from rewards.web.public.waitlisted import Waitlisted, listed_at, page_number

board = Blueprint("board", __name__)

ROWS = 25
# With fewer there is nobody to stand among.
OPENS_WITH = 5
EACH_SIDE = 2
PAGE_MAX = 10**7
PODIUM = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of a board."""

    rows: list[Placed]
    total: int
    number: int
    # Whoever looks, among their neighbours, where they are not on this page anyway.
    near: list[Placed]
    own_id: int
    # When it was written down for good; None: it is live.
    final_at: datetime | None
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether enough take part to show who stands where."""
        return self.total >= OPENS_WITH

    @property
    def pages(self) -> int:
        """How many there are."""
        return max(1, -(-self.total // ROWS))


@board.get("/c/<slug>/leaderboard")
def show(slug: str) -> ResponseReturnValue:
    """The page; whoever switched it off has none."""
    listed = listed_at(slug)
    shown = shown_of(listed, listed.visitor(), min(page_number(), PAGE_MAX))
    return answer("public/board.html", "board", about=listed, shown=shown, words=listed.words, podium=PODIUM, opens_with=OPENS_WITH)


def shown_of(listed: Waitlisted, viewer: Subscriber | None, number: int = 1, rows: int = ROWS) -> Shown:
    """A page of the board, as this person sees it. Raises NotFound where there is none."""
    campaign = listed.campaign
    if campaign is None or not listed.settings.leaderboard_enabled:
        raise NotFound(f"leaderboard of {listed.waitlist.slug}")
    final = final_of(campaign.id) if listed.state == "over" else None
    total = final.places if final else places.total(campaign.id)
    # After the last page there is nothing but the last page.
    number = min(number, max(1, -(-total // rows)))
    mode = listed.settings.scoring_mode
    own_id, first = viewer.id if viewer else 0, (number - 1) * rows + 1
    found = page_of_snapshot(final.id, first, rows) if final else places.page(campaign.id, first, rows, mode)
    is_there = any(row.subscriber_id == own_id for row in found)
    near = [] if is_there or not own_id else _near_in(final.id, own_id) if final else places.around(campaign.id, own_id, EACH_SIDE, mode)
    return Shown(found, total, number, near, own_id, final.taken_at if final else None, final.taken_at if final else clock.now())


def _near_in(snapshot_id: int, own_id: int) -> list[Placed]:
    place = place_in_snapshot(snapshot_id, own_id)
    if place is None:
        return []
    first = max(1, place - EACH_SIDE)
    return page_of_snapshot(snapshot_id, first, place + EACH_SIDE - first + 1)
