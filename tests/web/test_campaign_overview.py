"""The overview of a campaign compares its variants at once where few play, and by a question of its own where many do."""

from rewards.web.campaigns import funnels
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
