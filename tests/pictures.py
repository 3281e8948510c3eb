"""Pictures made for tests, as telephones, colleagues and attackers bring them."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

GPS, MAKER, ORIENTATION, LATITUDE = 0x8825, 0x010F, 0x0112, 2


def photo(*, size: tuple[int, int] = (600, 400)) -> bytes:
    """As a telephone takes it: lying on its side, with the place in it."""
    exif = Image.Exif()
    exif[MAKER], exif[ORIENTATION] = "Nordhain Phone", 6
    exif.get_ifd(GPS)[LATITUDE] = (52.0, 31.0, 12.0)
    into = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(into, "JPEG", exif=exif, comment=b"at home")
    return into.getvalue()


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    into = io.BytesIO()
    Image.new(mode, size, (200, 0, 0, 90)[: len(mode)]).save(into, kind, **more)
    return into.getvalue()


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few hundred bytes that says it has 900 million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(9_000))) + chunk(b"IEND", b"")
