"""Screenshots: what somebody said where no interface reaches, as a colleague saw it. Drawn anew, gone with the post.

The only pictures of others that are kept: there is nothing else to look at where an address leads nowhere. What is
drawn is what one sees; what a camera or a program added is not kept (core.pictures).
"""

from __future__ import annotations

from django.db.models import Max

from resonanz.core import clock, pictures
from resonanz.core.errors import ResonanzError
from resonanz.core.pictures import Drawn
from resonanz.core.text import clean
from resonanz.listening.models import MOST_SCREENSHOT, MediaKind, PostMedia, Screenshot

MOST_UPLOAD = 15 * 1024 * 1024
MOST_SIDE = 2560
MOST_ALT = 1_500


class TooLarge(ResonanzError):
    """The file is larger than is read, `most` megabytes."""

    code = "attachment.too_large"


def draw(data: bytes, *, most_bytes: int = MOST_SCREENSHOT) -> Drawn:
    """The picture as it may be kept. Raises TooLarge, pictures.NotAPicture, pictures.TooManyPixels."""
    if len(data) > MOST_UPLOAD:
        raise TooLarge(most=MOST_UPLOAD // (1024 * 1024))
    return pictures.draw(data, most_side=MOST_SIDE, most_bytes=min(most_bytes, MOST_SCREENSHOT))


def keep(*, post_id: int, drawn: Drawn, alt: str) -> PostMedia:
    """Put it beside the post, behind what stands there."""
    last = PostMedia.objects.filter(post_id=post_id).aggregate(last=Max("place"))["last"]
    beside = PostMedia.objects.create(
        post_id=post_id, place=0 if last is None else last + 1, kind=MediaKind.IMAGE, url="",
        alt=clean(alt, most=MOST_ALT),
    )  # fmt: skip
    Screenshot.objects.create(
        media=beside, content_type=drawn.content_type, data=drawn.data, size=len(drawn.data), brought_at=clock.now()
    )
    return beside


def of(*, media: PostMedia) -> Screenshot | None:
    """The picture with its bytes."""
    return Screenshot.objects.filter(media=media).first()
