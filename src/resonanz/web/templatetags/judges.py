"""What the pages of the judges ask of Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django import template

from resonanz.triage.learning.progress import Run
from resonanz.triage.models import UNDER_WAY
from resonanz.web.judges import Told
from resonanz.web.wording import judged_words

register = template.Library()


@register.filter
def under_way(runs: Iterable[Run]) -> bool:
    """Whether any of them still runs or waits."""
    return any(run.state in UNDER_WAY for run in runs)


@register.filter
def label_name(code: str, names: Mapping[str, str]) -> str:
    """What a label is called; `names` has the company's own."""
    return judged_words.name_of(code, names or {})


@register.filter
def at(figures: Sequence[Told], place: int) -> str:
    """The value of one figure."""
    return figures[place].value
