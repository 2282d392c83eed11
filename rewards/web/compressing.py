"""Makes pages small on their way.

A page holds secrets beside words of a visitor's choosing, so its length is blurred: nobody can guess the one by trying the other.
"""

import gzip
import secrets

from flask import Flask, Response, request

LENGTH_MIN = 1_000
LEVEL = 5
KINDS = ("text/html", "text/csv", "application/json")
BLUR = 64


def compress_pages(app: Flask) -> None:
    """Compress what is worth it, for browsers that ask for it."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.is_streamed or response.mimetype not in KINDS or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) < LENGTH_MIN or not request.accept_encodings["gzip"]:
        return response
    response.set_data(_packed(body))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _packed(body: bytes) -> bytes:
    packed = gzip.compress(body, LEVEL, mtime=0)
    # Bit 3 of the flags: a name follows the ten bytes of the head, and ends with a zero. Readers pass over it.
    name = secrets.token_hex(secrets.randbelow(BLUR) + 1).encode()
    return packed[:3] + b"\x08" + packed[4:10] + name + b"\0" + packed[10:]
