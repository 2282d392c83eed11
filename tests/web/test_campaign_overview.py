"""Where very many play, the overview of a campaign compares its variants by a question of its own, and its end takes a while."""

import re

from rewards.campaigns import writing_down
from rewards.campaigns.finishing import finish_due
from rewards.web.campaigns import funnels
from tests.web.browser import form_of, submit
from tests.web.campaigning import gather, plan
from tests.web.conftest import on_sqlite

pytestmark = on_sqlite

HTMX = {"HX-Request": "true"}


def test_of_many_people_variants_are_compared_after_the_page_is_there(sign_in, database, monkeypatch):
    campaign_id = plan(database, "bo")
    gather(database, campaign_id)
    bo, place = sign_in("bo"), f"/coach/campaigns/{campaign_id}"
    assert "points each" in bo.get(place).text
    monkeypatch.setattr(funnels, "COMPARED_AT_ONCE", 4)
    page = bo.get(place).text
    assert f'hx-get="{place}?compared=1"' in page
    assert f'<a href="{place}?compared=1">' in page
    assert "points each" not in page
    part = bo.get(f"{place}?compared=1", headers=HTMX).text
    assert part.lstrip().startswith('<section id="variants"')
    assert ("points each" in part, "hx-get" in part) == (True, False)
    assert "points each" in bo.get(f"{place}?compared=1").text, "whoever has no script presses the link"


def test_a_long_board_says_that_it_is_being_written_down_until_it_is(sign_in, database, monkeypatch):
    monkeypatch.setattr(writing_down, "AT_A_TIME", 2)
    campaign_id = plan(database, "bo")
    gather(database, campaign_id)
    bo, place = sign_in("bo"), f"/coach/campaigns/{campaign_id}"
    ended = submit(bo, form_of(bo.get(f"{place}/ending"), f"{place}/ending"))
    assert "is being written down; who won by their place is told" in bo.get(ended.location).text
    listed = bo.get(f"{place}/leaderboard").text
    assert "Being written" in listed
    final = re.findall(rf'"({place}/leaderboard/snapshots/\d+)"', listed)[0]
    assert "2 of them are here by now." in bo.get(final).text
    assert finish_due() == 1
    assert "Being written" not in bo.get(f"{place}/leaderboard").text
    assert "It never changes." in bo.get(final).text
