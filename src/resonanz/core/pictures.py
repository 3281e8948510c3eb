"""Pictures from outside: read with suspicion and drawn anew, so that nothing is kept of the file but what one sees.

What a camera adds (where and when it was taken, by whom), what hides behind the last pixel, and whatever else is no
picture stays behind. What a file is called and says of itself counts for nothing; only PNG, JPEG, WebP and the first
frame of a GIF are read. SVG is none of them: it is a document that can carry scripts.
"""

from __future__ import annotations

import io
import struct
import threading
import zlib
from collections.abc import Collection
from dataclasses import dataclass, field

from PIL import Image, ImageOps

from resonanz.core.errors import ResonanzError

JPEG, PNG = "image/jpeg", "image/png"
READ = ("PNG", "JPEG", "WEBP", "GIF")
MOST_PIXELS = 50_000_000
"""A few kilobytes can unfold to billions of them; what a telephone takes stays below."""
_LEAST_SIDE = 64
_QUALITY = 85
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError, KeyError, struct.error, zlib.error)
_one_at_a_time = threading.Lock()  # unfolded, the largest ones take hundreds of megabytes


class NotAPicture(ResonanzError):
    """These bytes are no picture that is read here, or a broken one."""

    code = "picture.unreadable"


class TooManyPixels(ResonanzError):
    """Unfolded, it would be larger than `most` pixels."""

    code = "picture.too_many_pixels"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as it was drawn anew."""

    content_type: str
    data: bytes = field(repr=False)
    width: int
    height: int


def draw(data: bytes, *, most_side: int, most_bytes: int, types: Collection[str] = (PNG, JPEG)) -> Drawn:
    """The picture anew, made smaller where it is too large; a PNG where it is one or is see-through, else a JPEG.

    Raises NotAPicture, TooManyPixels.
    """
    with _one_at_a_time:
        try:
            picture, was = _read(data, most_side)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise TooManyPixels(most=MOST_PIXELS) from error
        except _BROKEN as error:
            raise NotAPicture from error
        if PNG in types and (was in {"PNG", "GIF"} or picture.mode == "RGBA"):
            drawn = _written(picture, PNG)
            if len(drawn.data) <= most_bytes:
                return drawn
        return _that_fits(_on_white(picture), most_bytes)


def _read(data: bytes, most_side: int) -> tuple[Image.Image, str]:
    """The pixels alone, upright and bounded, and the format they came in."""
    with Image.open(io.BytesIO(data), formats=READ) as found:
        if found.width * found.height > MOST_PIXELS:
            raise TooManyPixels(most=MOST_PIXELS)
        was = found.format or ""
        found.draft("RGB", (most_side, most_side))  # a JPEG unfolds at once to little more than is wanted
        upright = ImageOps.exif_transpose(found)
    see_through = "transparency" in upright.info or upright.mode in {"RGBA", "LA", "PA", "La", "RGBa"}
    pixels = upright.convert("RGBA" if see_through else "RGB")
    pixels.thumbnail((most_side, most_side), Image.Resampling.LANCZOS)
    bare = Image.new(pixels.mode, pixels.size)  # a copy would carry along what the file said of itself
    bare.paste(pixels)
    return bare, was


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def _that_fits(picture: Image.Image, most_bytes: int) -> Drawn:
    drawn = _written(picture, JPEG)
    while len(drawn.data) > most_bytes and min(picture.size) > _LEAST_SIDE:
        picture = picture.resize((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)))
        drawn = _written(picture, JPEG)
    return drawn


def _written(picture: Image.Image, content_type: str) -> Drawn:
    into = io.BytesIO()
    if content_type == PNG:
        picture.save(into, "PNG", optimize=True)
    else:
        picture.save(into, "JPEG", quality=_QUALITY, optimize=True)
    return Drawn(content_type, into.getvalue(), picture.width, picture.height)
