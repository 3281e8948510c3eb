"""What stands beside the words of a post: its address, its kind, and what its author says it shows; never the thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from resonanz.listening.models import PostMedia
from resonanz.networks.contract import Media


def store(*, media: Mapping[int, Sequence[Media]]) -> None:
    """Keep what stands beside posts that were stored just now, by their ids."""
    rows = [row for post_id, found in sorted(media.items()) for row in _rows(post_id, found)]
    if rows:
        PostMedia.objects.bulk_create(rows)


def replace(*, post_id: int, media: Sequence[Media]) -> bool:
    """What stands beside the post now, in place of what stood there; whether that is something else."""
    before = list(PostMedia.objects.filter(post_id=post_id).order_by("place"))
    after = _rows(post_id, media)
    if [_told(row) for row in before] == [_told(row) for row in after]:
        return False
    PostMedia.objects.filter(post_id=post_id).delete()
    PostMedia.objects.bulk_create(after)
    return True


def _rows(post_id: int, media: Sequence[Media]) -> list[PostMedia]:
    return [
        PostMedia(
            post_id=post_id, place=place, kind=one.kind.value, url=one.url, preview_url=one.preview_url, alt=one.alt
        )
        for place, one in enumerate(media)
    ]


def _told(row: PostMedia) -> tuple[str, str, str, str]:
    return (row.kind, row.url, row.preview_url, row.alt)
