"""Pictures to upload, made on the spot, and what only says that it is one."""

import struct
import zlib
from io import BytesIO

from PIL import Image

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
JS_GIF = b"GIF89a/*\x00\x00\x00\x00\x00*/=1;alert(1)//\x3b"
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\n(x) run\n"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
GPS = 0x8825


def drawn(kind: str = "PNG", size: tuple[int, int] = (320, 200), mode: str = "RGB", **options) -> bytes:
    """A picture with some colour in it."""
    image = Image.linear_gradient("L").resize(size)
    image = Image.merge("RGB", [image, image.rotate(180), image.rotate(90).resize(size)]).convert(mode)
    return saved(image, kind, **options)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def moving(kind: str, frames: int = 20) -> bytes:
    first, *rest = [Image.new("RGB", (64, 64), (step * 10, 0, 0)) for step in range(frames)]
    return saved(first, kind, save_all=True, append_images=rest, duration=50)


def located() -> bytes:
    """A photograph that says where it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "at the canary's house"
    exif.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    return drawn("JPEG", (300, 200), exif=exif.tobytes(), comment=b"canary comment")


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A head that promises more pixels than any memory holds, and hardly anything behind it."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")
