"""SEC-4 at the door: what is sent as a picture is one when it is shown, or is refused with a reason; and it is shown to nobody else."""

from io import BytesIO

import pytest
from PIL import Image

from rewards.kit.media import NAME
from rewards.web import media, reward_pages
from tests.kit import drawing
from tests.web.browser import form_of
from tests.web.conftest import on_sqlite
from tests.web.shopping import Counter
from tests.web.visiting import token_of

PLACE = "/coach/rewards"
NAMES = [
    "photo.png",
    "photo.php.png",
    "photo.png\x00.html",
    "../../../etc/cron.d/photo.png",
    "x" * 300 + ".png",
    "photo\u202egnp.exe",
    "CON",
    "aux.png",
    "-rf.png",
    "<script>alert(1)</script>.png",
]


@pytest.fixture
def counter(database):
    return Counter(database)


@pytest.fixture
def bo(sign_in):
    return sign_in("bo")


def packed(fields, content, name):
    """A form as a browser packs it, in memory: the test client would open a file for a large one, and leave it open."""
    parts = [f'--b\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode() for field, value in fields.items()]
    head = f'--b\r\nContent-Disposition: form-data; name="picture"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
    return b"".join([*parts, head.encode(), content, b"\r\n--b--\r\n"])


def upload(browser, content, name="photo.png", address=f"{PLACE}/create", **fields):
    form = form_of(browser.get(address), "reward")
    sent = {**form, "name": "Bottle", "points_cost": "5", "description": "kept as it was", **fields}
    sent.pop("picture", None)
    return browser.post(address, data=packed(sent, content, name), content_type="multipart/form-data; boundary=b")


def kept(settings):
    folder = settings.data / "media"
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def test_a_picture_is_shown_to_clients_on_their_cards(bo, ada, counter, settings):
    assert upload(bo, drawing.drawn("PNG", (900, 600)), picture_alt="A bottle").status_code == 303
    one = counter.reward(1)
    assert one.picture_alt == "A bottle"
    assert NAME.fullmatch(one.picture)
    page = ada.get("/client/rewards").text
    assert f'src="/media/{one.picture}/card.webp"' in page
    assert 'alt="A bottle"' in page
    picture = ada.get(f"/media/{one.picture}/card.webp")
    assert Image.open(BytesIO(picture.data)).size == (640, 427)
    assert Image.open(BytesIO(ada.get(f"/media/{one.picture}/small.webp").data)).size == (128, 128)
    assert len(kept(settings)) == 2


@on_sqlite
def test_a_picture_is_only_ever_a_picture_to_a_browser(bo, counter):
    upload(bo, drawing.drawn())
    headers = bo.get(f"/media/{counter.reward(1).picture}/card.webp").headers
    assert headers["Content-Type"] == "image/webp"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == 'inline; filename="card.webp"'
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize("owner", ["bo", "dee"])
def test_a_picture_is_shown_to_those_who_see_what_it_belongs_to(sign_in, stranger, counter, owner):
    place = {"bo": PLACE, "dee": "/admin/rewards"}[owner]
    upload(sign_in(owner), drawing.drawn(), address=f"{place}/create")
    address = f"/media/{counter.reward(1).picture}/card.webp"
    seen = {name: sign_in(name).get(address).status_code for name in ("ada", "bo", "cy", "eve", "dee")}
    others = 404 if owner == "bo" else 200
    assert seen == {"ada": 200, "bo": 200, "dee": 200, "cy": others, "eve": others}
    assert stranger.get(address).status_code == 303


@on_sqlite
@pytest.mark.parametrize(
    "path", ["x/card.webp", "%2e%2e/card.webp", "..%2f..%2fsecret_key/card.webp", f"{'a' * 32}/card.webp", f"{'a' * 32}/evil.webp"]
)
def test_no_other_address_leads_to_a_file(bo, path):
    assert bo.get(f"/media/{path}").status_code == 404


@on_sqlite
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (drawing.SVG, "in the format PNG, JPEG or WebP"),
        (drawing.HTML, "in the format PNG, JPEG or WebP"),
        (drawing.JS_GIF, "in the format PNG, JPEG or WebP"),
        (drawing.EPS, "in the format PNG, JPEG or WebP"),
        (drawing.PDF, "in the format PNG, JPEG or WebP"),
        (b"", "is empty"),
        (drawing.bomb(), "more than 40 million pixels"),
        (drawing.moving("WEBP"), "moves"),
        (drawing.drawn("JPEG", (900, 900))[:900], "damaged"),
        (b"\x00" * (8 * 2**20 + 5), "larger than 8 MB"),
    ],
)
def test_what_is_none_is_refused_beside_the_field_and_nothing_is_kept(bo, counter, settings, content, told):
    page = upload(bo, content)
    assert page.status_code == 422
    assert told in page.text
    assert "kept as it was" in page.text
    assert counter.reward(1) is None
    assert kept(settings) == []


@on_sqlite
@pytest.mark.parametrize("name", NAMES)
def test_what_somebody_calls_their_file_names_nothing_here(bo, counter, settings, name):
    assert upload(bo, drawing.drawn(), name).status_code == 303
    assert [file.partition(".")[2] for file in kept(settings)] == ["small.webp", "webp"]
    assert NAME.fullmatch(counter.reward(1).picture)
    assert name not in bo.get(f"{PLACE}/1/edit").text


@on_sqlite
def test_where_a_photograph_was_taken_is_not_kept(bo, counter, settings):
    upload(bo, drawing.located())
    for variant in ("card", "small"):
        picture = bo.get(f"/media/{counter.reward(1).picture}/{variant}.webp").data
        assert b"canary" not in picture
        assert not Image.open(BytesIO(picture)).getexif()


def test_another_picture_takes_the_place_of_the_first_and_none_is_none(bo, counter, settings):
    upload(bo, drawing.drawn())
    first = counter.reward(1).picture
    edit = f"{PLACE}/1/edit"
    assert upload(bo, drawing.drawn("JPEG"), address=edit).status_code == 303
    second = counter.reward(1).picture
    assert second != first
    assert bo.get(f"/media/{first}/card.webp").status_code == 404
    assert len(kept(settings)) == 2
    form = form_of(bo.get(edit), "reward")
    bo.post(edit, data={**form, "no_picture": "y"})
    assert counter.reward(1).picture is None
    assert kept(settings) == []


@on_sqlite
def test_a_form_without_a_picture_keeps_the_one_that_is_there(bo, counter):
    upload(bo, drawing.drawn(), picture_alt="A bottle")
    before = counter.reward(1).picture
    form = form_of(bo.get(f"{PLACE}/1/edit"), "reward")
    bo.post(f"{PLACE}/1/edit", data={**form, "picture": (BytesIO(b""), ""), "name": "Cup"})
    one = counter.reward(1)
    assert (one.name, one.picture, one.picture_alt) == ("Cup", before, "A bottle")


@on_sqlite
def test_a_picture_goes_with_its_reward(bo, settings):
    upload(bo, drawing.drawn())
    bo.delete(f"{PLACE}/1", data={"csrf_token": token_of(bo)})
    assert kept(settings) == []


@on_sqlite
def test_a_picture_that_came_with_something_refused_is_not_kept(bo, settings):
    assert upload(bo, drawing.drawn(), level_number="99").status_code == 422
    assert kept(settings) == []


@on_sqlite
def test_a_picture_is_read_while_nobody_waits_for_the_database(bo, database, monkeypatch):
    def reading(content: bytes) -> str:
        assert not database.is_writing
        return keep(content)

    keep = media.keep_picture
    monkeypatch.setattr(reward_pages, "keep_picture", reading)
    assert upload(bo, drawing.drawn()).status_code == 303


@on_sqlite
def test_what_is_far_too_large_is_not_even_read(bo, counter):
    class Endless:
        """Goes on for as long as somebody reads."""

        count = 0

        def __init__(self, head: bytes) -> None:
            self.head = head

        def read(self, size: int = -1) -> bytes:
            assert size >= 0
            found, self.head = self.head[:size], self.head[size:]
            Endless.count += size
            return found + b"x" * (size - len(found))

    head = b'--b\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n'
    told = {"CONTENT_LENGTH": str(2**30)}
    # Sent in pieces, without saying how much it is.
    untold = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    for environ in (told, untold):
        Endless.count = 0
        answer = bo.post(
            f"{PLACE}/create",
            headers={"Content-Type": "multipart/form-data; boundary=b", "X-CSRFToken": token_of(bo)},
            environ_overrides={**environ, "wsgi.input": Endless(head)},
        )
        assert (answer.status_code, environ) == (413, environ)
        assert Endless.count < 20 * 2**20
    assert counter.reward(1) is None


@on_sqlite
def test_ten_thousand_parts_are_refused(bo, counter):
    fields = {"csrf_token": token_of(bo), "name": "Bottle", "points_cost": "5", **{f"field{number}": "x" for number in range(10_000)}}
    sent = packed(fields, drawing.drawn(), "a.png")
    assert bo.post(f"{PLACE}/create", data=sent, content_type="multipart/form-data; boundary=b").status_code == 413
    assert counter.reward(1) is None


@on_sqlite
def test_other_pages_take_no_file_of_that_size(bo):
    sent = {"csrf_token": token_of(bo), "name": "x" * 2_000_000}
    assert bo.post("/coach/achievements/create", data=sent).status_code == 413
