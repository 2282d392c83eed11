"""How well one colour can be read on another, after WCAG 2.2's definition of contrast."""

import re
from collections.abc import Callable

COLOUR = re.compile(r"#[0-9a-f]{6}")
TEXT_MIN = 4.5
STEPS = 40

Channels = tuple[int, int, int]
WHITE, BLACK = "#ffffff", "#000000"
# The ground of a page in the light theme.
PAGE = "#f7f6f3"


def contrast(one: str, another: str) -> float:
    """Between 1 and 21, for two colours written #rrggbb."""
    light, dark = sorted((_luminance(one), _luminance(another)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def is_readable(accent: str) -> bool:
    """Whether white can be read on it, and it on the page and on a soft ground of its own kind."""
    return all(contrast(accent, ground) >= TEXT_MIN for ground in (WHITE, PAGE, soft(accent, WHITE)))


def readable_colour(accent: str) -> str:
    """The colour, or the first darker one that can be read."""
    return _towards(BLACK, accent, is_readable)


def lightened(accent: str, ground: str) -> str:
    """The colour, or the first lighter one that can be read on a dark ground, and on a soft one of its own kind."""
    return _towards(WHITE, accent, lambda shade: min(contrast(shade, ground), contrast(shade, soft(shade, ground))) >= TEXT_MIN)


def soft(accent: str, ground: str) -> str:
    """A ground of the same kind, hardly more than the ground itself."""
    return mixed(accent, ground, 0.1)


def mixed(one: str, another: str, share: float) -> str:
    """So much of the one in the other."""
    parts = (round(share * a + (1 - share) * b) for a, b in zip(_channels(one), _channels(another), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _towards(end: str, colour: str, is_enough: Callable[[str], bool]) -> str:
    shades = (mixed(end, colour, step / STEPS) for step in range(STEPS + 1))
    return next((shade for shade in shades if is_enough(shade)), end)


def _channels(colour: str) -> Channels:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
