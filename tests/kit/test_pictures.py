"""SEC-4: what is uploaded is a picture when it is kept, or it is not kept."""

import zlib
from io import BytesIO

import pytest
from PIL import Image

from rewards.kit.errors import Invalid
from rewards.kit.pictures import CARD_BYTES_MAX, read_picture
from tests.kit import drawing


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content), formats=["WEBP"])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_a_card_and_a_small_square(kind):
    picture = read_picture(drawing.drawn(kind, (2000, 1000)))
    assert opened(picture.card).size == (640, 320)
    assert opened(picture.thumbnail).size == (128, 128)


def test_a_small_picture_is_not_blown_up():
    assert opened(read_picture(drawing.drawn("PNG", (90, 60))).card).size == (90, 60)


def test_a_card_is_light_whatever_was_sent():
    picture = read_picture(drawing.saved(Image.effect_noise((3000, 2000), 120).convert("RGB"), "JPEG", quality=60))
    assert len(picture.card) <= CARD_BYTES_MAX


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "CMYK", "I;16"])
def test_every_kind_of_pixel_comes_out_as_it_was_seen(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    if mode == "I;16":
        content = drawing.saved(Image.linear_gradient("L").convert("I;16").point(lambda value: value * 256), kind)
    else:
        content = drawing.drawn(kind, mode=mode)
    colours = opened(read_picture(content).card).convert("L").tobytes()
    assert max(colours) - min(colours) > 50


def test_what_is_seen_through_stays_so():
    clear = drawing.saved(Image.new("RGBA", (100, 100), (0, 0, 0, 0)), "PNG")
    assert opened(read_picture(clear).card).mode == "RGBA"


def test_where_it_was_taken_and_with_what_is_gone_and_it_stands_upright():
    content = drawing.located()
    assert b"canary" in content
    picture = read_picture(content)
    for kept in (picture.card, picture.thumbnail):
        assert b"canary" not in kept
        assert not opened(kept).getexif()
        assert set(opened(kept).info) <= {"loop", "background", "timestamp", "duration"}
    assert opened(picture.card).size == (200, 300)


@pytest.mark.parametrize(
    "content",
    [
        drawing.SVG,
        drawing.HTML,
        drawing.JS_GIF,
        drawing.EPS,
        drawing.PDF,
        drawing.drawn("TIFF"),
        drawing.drawn("GIF"),
        drawing.drawn("BMP"),
        drawing.drawn("ICO", (64, 64)),
        b"8BPS\x00\x01" + bytes(500),
        b"SIMPLE  =                    T" + b" " * 2850,
        b"\x00" * 1000,
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x00\x00\x00WEBP",
    ],
)
def test_what_is_no_picture_is_refused_with_what_to_send_instead(content):
    with pytest.raises(Invalid, match="PNG, JPEG or WebP"):
        read_picture(content)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"x" * (8 * 2**20 + 1), "larger than 8 MB"),
        (drawing.bomb(), "more than 40 million pixels"),
        # Beyond what the library warns of, and beyond what it refuses by itself.
        (drawing.bomb(10_000, 10_000), "more than 40 million pixels"),
        (drawing.bomb(7_000, 7_000), "more than 40 million pixels"),
        (drawing.drawn("PNG", (8, 400)), "too small"),
        (drawing.moving("PNG"), "moves"),
        (drawing.moving("WEBP"), "moves"),
        (drawing.drawn("PNG", (900, 900))[:2000], "damaged"),
        (drawing.drawn("JPEG", (800, 800))[:2000], "damaged"),
        (drawing.bomb(100, 100)[:60], "damaged"),
    ],
)
def test_what_cannot_be_kept_says_why(content, told):
    with pytest.raises(Invalid, match=told):
        read_picture(content)


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda image: pytest.fail("it was unpacked"))
    with pytest.raises(Invalid):
        read_picture(drawing.bomb())


def test_what_hides_behind_a_picture_is_not_kept():
    """Polyglots: a picture that is a page, a program or an archive as well."""
    for hidden in (drawing.HTML, drawing.JS_GIF, b"PK\x03\x04canary", b"<?php canary ?>"):
        picture = read_picture(drawing.drawn("PNG") + hidden)
        assert hidden not in picture.card + picture.thumbnail
    commented = read_picture(drawing.drawn("JPEG", comment=drawing.HTML))
    assert b"script" not in commented.card


def test_a_picture_with_several_in_it_as_phones_make_them_shows_the_first():
    first, second = Image.new("RGB", (200, 100), "red"), Image.new("RGB", (200, 100), "blue")
    picture = read_picture(drawing.saved(first, "MPO", save_all=True, append_images=[second]))
    red, _, blue = opened(picture.card).resize((1, 1)).tobytes()
    assert red > 200 > blue


def test_a_text_that_grows_without_end_is_refused():
    grown = drawing.drawn("PNG")
    text = b"zTXt" + b"Comment\x00\x00" + zlib.compress(b"a" * 80_000_000)
    chunk = len(text[4:]).to_bytes(4, "big") + text + zlib.crc32(text).to_bytes(4, "big")
    with pytest.raises(Invalid):
        read_picture(grown[:33] + chunk + grown[33:])
