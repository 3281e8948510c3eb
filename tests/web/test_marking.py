from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from resonanz.web.marking import marked

PIECES = st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40), st.floats(-1, 1)), max_size=6)


def label(*pieces: tuple[int, int, float]) -> dict[str, object]:
    return {"because": [{"start": start, "end": end, "weight": weight} for start, end, weight in pieces]}


def test_piece_is_underlined() -> None:
    assert marked("Akku geht aus", {"complaint": label((5, 9, 0.5))}) == ('Akku <span class="because">geht</span> aus')


def test_overlapping_pieces_of_two_labels_become_one() -> None:
    labels = {"complaint": label((0, 4, 0.5)), "sentiment": label((2, 9, 0.5))}

    assert marked("Akku geht aus", labels) == '<span class="because">Akku geht</span> aus'


def test_piece_beyond_a_shortened_text_is_left_out() -> None:
    assert marked("kurz", {"complaint": label((0, 13, 0.5))}) == "kurz"


@given(st.text(alphabet="<>&\"'ab \n𝕏é", max_size=40), PIECES)
def test_markup_of_a_stranger_stays_text(text: str, pieces: list[tuple[int, int, float]]) -> None:
    html = marked(text, {"complaint": label(*pieces)})

    bare = re.sub(r'<span class="because"[^>]*>|</span>', "", html)
    assert "<" not in bare
    assert unescape(bare) == text


def test_piece_says_what_it_spoke_for_and_only_what_is_believed_counts() -> None:
    labels = {"complaint": label((5, 9, 0.5)), "question": label((0, 4, 0.5))}

    assert marked("Akku geht aus", labels, {"complaint": '"Beschwerde"'}) == (
        'Akku <span class="because" tabindex="0" data-because="&quot;Beschwerde&quot;">geht</span> aus'
    )


def test_pieces_that_hardly_weighed_are_left_out() -> None:
    assert marked("Akku geht aus", {"complaint": label((0, 4, 0.1), (5, 9, 0.9))}) == (
        'Akku <span class="because">geht</span> aus'
    )
