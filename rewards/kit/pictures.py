"""Makes a picture out of what somebody uploaded, or says why it is none: decoded, turned upright, and only its pixels written anew."""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TypeVar

from PIL import Image, ImageOps

from rewards.kit.errors import Invalid

# Nothing else is even looked at: every further format is a program of its own that reads what strangers wrote.
FORMATS = ("PNG", "JPEG", "WEBP")
FILE_BYTES_MAX = 8 * 2**20
# Told by the head of the file, so that what would fill the memory is never unpacked.
PIXELS_MAX = 40_000_000
SIDE_MIN = 16
CARD_WIDTH, CARD_HEIGHT = 640, 640
CARD_BYTES_MAX = 40_000
THUMBNAIL_SIDE = 128
LOGO_SIDE = 256
# What is left of an icon when the roundest mask has cut it; the logo stands inside.
ICON_SAFE = 0.6
QUALITIES = (82, 70, 58, 46, 34)
SMALLER = 0.75
# What a library says of a file that is broken in one of many ways.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, OverflowError, MemoryError, struct.error, zlib.error)
TOO_MANY_PIXELS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

NONE = "Choose a picture in the format PNG, JPEG or WebP. This file is none."
EMPTY = "This file is empty. Choose another."
TOO_LARGE = f"This file is larger than {FILE_BYTES_MAX // 2**20} MB. Choose a smaller one."
TOO_WIDE = f"This picture has more than {PIXELS_MAX // 1_000_000} million pixels. Make it smaller first."
TOO_SMALL = f"This picture is too small. It needs at least {SIDE_MIN} by {SIDE_MIN} pixels."
MOVING = "This picture moves. Choose one that stands still."
DAMAGED = "This picture is damaged and cannot be read to its end. Choose another."


Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Picture:
    """The same picture twice, as WebP: for a card, and small and square for a list."""

    card: bytes
    thumbnail: bytes


def read_picture(content: bytes, *, field: str = "picture") -> Picture:
    """The picture that somebody sent. Raises Invalid, which tells them what to send instead. It takes its time: not for write blocks."""
    return _read(content, field, lambda image: Picture(card=_card(image), thumbnail=_encode(_thumbnail(image), QUALITIES[0])))


def read_logo(content: bytes, *, field: str = "logo") -> bytes:
    """The same for a logo: whole, and as large as the sharpest screen shows it."""
    return _read(content, field, lambda image: _encode(_contained(image), QUALITIES[0]))


def icon_of(logo: bytes, side: int) -> bytes:
    """A logo of ours as a square PNG of that side, whole, on white."""
    image = Image.open(BytesIO(logo), formats=("WEBP",)).convert("RGBA")
    share = side * ICON_SAFE / max(image.size)
    image = image.resize((max(1, round(image.width * share)), max(1, round(image.height * share))), Image.Resampling.LANCZOS)
    icon = Image.new("RGBA", (side, side), "white")
    icon.alpha_composite(image, ((side - image.width) // 2, (side - image.height) // 2))
    file = BytesIO()
    icon.convert("RGB").save(file, "PNG", optimize=True)
    return file.getvalue()


def _read(content: bytes, field: str, make: Callable[[Image.Image], Made]) -> Made:
    if not content:
        raise Invalid.single(field, EMPTY)
    if len(content) > FILE_BYTES_MAX:
        raise Invalid.single(field, TOO_LARGE)
    try:
        return make(_open(content, field))
    except TOO_MANY_PIXELS as error:
        raise Invalid.single(field, TOO_WIDE) from error
    except BROKEN as error:
        raise Invalid.single(field, DAMAGED) from error


def _open(content: bytes, field: str) -> Image.Image:
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except BROKEN as error:
        raise Invalid.single(field, NONE) from error
    for is_wrong, why in (
        (image.width * image.height > PIXELS_MAX, TOO_WIDE),
        (min(image.size) < SIDE_MIN, TOO_SMALL),
        # What a phone writes may hold several pictures too, and moves no more than others: its first one counts.
        (image.format != "MPO" and getattr(image, "n_frames", 1) > 1, MOVING),
    ):
        if is_wrong:
            raise Invalid.single(field, why)
    # A large photograph is unpacked no larger than it is used.
    image.draft("RGB", (CARD_WIDTH * 2, CARD_HEIGHT * 2))
    return _plain(ImageOps.exif_transpose(image))


def _plain(image: Image.Image) -> Image.Image:
    """Its pixels alone, whatever they were written as."""
    if image.mode.startswith("I"):
        # Sixteen bits of grey: the upper eight are those that can be seen.
        image = image.point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _card(image: Image.Image) -> bytes:
    for size in _sizes(image):
        smaller = image.resize(size, Image.Resampling.LANCZOS) if size != image.size else image
        for quality in QUALITIES:
            encoded = _encode(smaller, quality)
            if len(encoded) <= CARD_BYTES_MAX:
                return encoded
    raise ValueError("no size is small enough")


def _sizes(image: Image.Image) -> Iterator[tuple[int, int]]:
    """Ever smaller, as long as there is something to see."""
    share = min(1.0, CARD_WIDTH / image.width, CARD_HEIGHT / image.height)
    while share * max(image.size) >= SIDE_MIN:
        yield max(1, round(image.width * share)), max(1, round(image.height * share))
        share *= SMALLER


def _thumbnail(image: Image.Image) -> Image.Image:
    return ImageOps.fit(image, (THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)


def _contained(image: Image.Image) -> Image.Image:
    share = min(1.0, LOGO_SIDE / max(image.size))
    return image.resize((max(1, round(image.width * share)), max(1, round(image.height * share))), Image.Resampling.LANCZOS)


def _encode(image: Image.Image, quality: int) -> bytes:
    file = BytesIO()
    # Whatever else the file said, its place and its camera among it, stays behind.
    image.save(file, "WEBP", quality=quality, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return file.getvalue()
