from __future__ import annotations

import pytest

from resonanz.web.guideline_text import Block, blocks


def test_blocks_part_text_lists_and_examples() -> None:
    text = "Erster.\nWeiter.\n\nZweiter.\n- eins\n- zwei\nGut: Danke für den Hinweis.\nSchlecht: Selbst schuld."

    assert blocks(text) == [
        Block("text", ("Erster.", "Weiter.")),
        Block("text", ("Zweiter.",)),
        Block("list", ("eins", "zwei")),
        Block("good", ("Danke für den Hinweis.",)),
        Block("bad", ("Selbst schuld.",)),
    ]


@pytest.mark.parametrize("text", ["", "  \n\n \t", "\r\n"])
def test_blocks_of_nothing_are_none(text: str) -> None:
    assert blocks(text) == []


@pytest.mark.parametrize("text", ["-", "Gut:", "- ", "Gutes Benehmen: immer", "<b>fett</b>", "\u202eרושם"])
def test_what_is_no_mark_stays_text(text: str) -> None:
    assert blocks(text) == [Block("text", (text.strip(),))]
