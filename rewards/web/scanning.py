"""Links that a telephone reads from a screen or from paper: drawn into the page, so that nothing is fetched for them."""

import segno
from markupsafe import Markup

# Dark on light in every theme, with the quiet border that cameras look for.
INK, PAPER, BORDER = "#000", "#fff", 4


def scannable(address: str) -> Markup:
    """The address as a picture; a word for those who do not see it stands in the picture itself."""
    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(scale=4, border=BORDER, dark=INK, light=PAPER, omitsize=True, title="The link as a code for cameras")
    # Made here from squares; nothing of the address stands in it.
    return Markup(drawn)  # noqa: S704
