"""No page shows what others say without hiding the employees whom it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "src/resonanz/web/templates"
_SHOWN = re.compile(r"\{\{\s*([\w.]*(?:\.text|latest_text|excerpt|alternative))\s*((?:\|[^}]*)?)\}\}")
# Words of the company itself: of its guideline and macros, of colleagues in answers, drafts and notes; and what was
# hidden before it came here.
OWN = {
    "answer.text", "clause.text", "draft.text", "ended.excerpt", "line.answer.text", "note.text", "one.answer.text",
    "one.filled.text", "one.finding.mend.text", "opened.excerpt", "outgoing.text", "past.text", "piece.text",
    "reply.text", "row.told.excerpt", "said.text",
}  # fmt: skip
# The same word means somebody else's elsewhere.
OWN_HERE = {
    "web/known_issue.html": {"wording.text"},
    "web/known-issue_form.html": {"wording.text"},
    "web/moderation_rows.html": {"row.text"},
    "web/judged_text.html": {"judged.text"},  # hidden where its pieces are marked (web/marking.py)
    "web/case_row.html": {"row.text"},  # hidden before it came here (web/case_rows.py)
}
# Where a neutral person asked to read the names.
ORIGINALS = {"web/original_post.html"}


def shown_openly(template: str) -> list[str]:
    """What a template shows of the words of others as they are."""
    found = _SHOWN.finditer(template)
    return [
        name for name, filters in (match.groups() for match in found) if name not in OWN and "|masked" not in filters
    ]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_words_of_others_are_shown_with_names_hidden(path: Path) -> None:
    name = str(path.relative_to(TEMPLATES))
    if name not in ORIGINALS:
        assert set(shown_openly(path.read_text())) - OWN_HERE.get(name, set()) == set()


def test_a_template_that_forgets_is_found() -> None:
    assert shown_openly("{{ post.text|truncatechars:20 }} {{ post.text|masked }} {{ note.text }}") == ["post.text"]
