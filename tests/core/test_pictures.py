"""Real pictures, made here: what a camera hides in them is gone, and what is none is refused."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from tests.pictures import bomb, photo, picture

from resonanz.core import pictures
from resonanz.core.pictures import NotAPicture, TooManyPixels, draw

BOUNDS: dict[str, Any] = {"most_side": 1000, "most_bytes": 200_000}


def test_photo_loses_what_the_camera_added_and_stands_upright() -> None:
    taken = photo()
    assert b"Nordhain Phone" in taken
    assert b"at home" in taken

    drawn = draw(taken, **BOUNDS)

    assert (drawn.content_type, drawn.width, drawn.height) == ("image/jpeg", 400, 600)
    with Image.open(io.BytesIO(drawn.data)) as again:
        assert dict(again.getexif()) == {}
        assert "comment" not in again.info
    assert b"Nordhain Phone" not in drawn.data


def test_what_is_hidden_behind_a_picture_stays_behind() -> None:
    drawn = draw(picture("PNG") + b"<script>alert(1)</script>", **BOUNDS)

    assert drawn.content_type == "image/png"
    assert b"script" not in drawn.data


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (picture("PNG"), "image/png"),
        (picture("GIF"), "image/png"),
        (picture("WEBP"), "image/jpeg"),
        (picture("WEBP", "RGBA", lossless=True), "image/png"),
        (picture("JPEG", "CMYK"), "image/jpeg"),
    ],
)
def test_each_kind_becomes_one_that_every_network_takes(data: bytes, content_type: str) -> None:
    drawn = draw(data, **BOUNDS)

    assert (drawn.content_type, drawn.width, drawn.height) == (content_type, 40, 30)


def test_large_picture_is_made_to_fit() -> None:
    noise = io.BytesIO()
    Image.effect_noise((1600, 1200), 120).convert("RGB").save(noise, "PNG")

    drawn = draw(noise.getvalue(), **BOUNDS)

    assert drawn.content_type == "image/jpeg"
    assert max(drawn.width, drawn.height) <= BOUNDS["most_side"]
    assert len(drawn.data) <= BOUNDS["most_bytes"]


@pytest.mark.parametrize("side", [8_000, 30_000])
def test_bomb_is_not_unfolded(side: int) -> None:
    with pytest.raises(TooManyPixels):
        draw(bomb(side), **BOUNDS)


@pytest.mark.parametrize(
    "data",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><html><body>",
        b"",
        b"%PDF-1.7",
        picture("BMP"),
        picture("TIFF"),
        photo()[:2_000],
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        draw(data, **BOUNDS)


def test_only_what_the_network_takes_is_made() -> None:
    assert draw(picture("PNG"), **BOUNDS, types=("image/jpeg",)).content_type == pictures.JPEG
