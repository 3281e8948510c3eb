from __future__ import annotations

import pytest

from resonanz.core import text


@pytest.mark.parametrize("value", ["a\ud800b", "<p>a\udfffb</p>", "\ud83d"])
def test_html_with_broken_surrogates_is_read(value: str) -> None:
    words = text.from_html(value, most=50)
    assert words == words.encode("utf-8").decode("utf-8")
    assert "<" not in words
