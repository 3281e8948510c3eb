"""The sentence above the chart of the days: what today is like, compared with what is usual by this time."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resonanz.insights.metrics import Said
from resonanz.web import times

# Within a tenth of the usual, or one post, nobody would speak of more or less.
_MUCH_THE_SAME = 0.1


def sentence(said: Said) -> str:
    """One sentence, of numbers that were counted."""
    if said.usual is None:
        return _without_comparison(said.today)
    if abs(said.today - said.usual) <= max(1, said.usual * _MUCH_THE_SAME):
        return _as_usual(said)
    words = {"said": times.number(said.today), "usual": times.number(said.usual)}
    if said.today == 0:
        return _("Nothing said yet today; by this time it is usually %(usual)s.") % words
    if said.usual == 0:
        return ngettext(
            "%(said)s post so far; usually nothing is said by this time.",
            "%(said)s posts so far; usually nothing is said by this time.",
            said.today,
        ) % {"said": words["said"]}
    return _("%(said)s said so far; by this time it is usually %(usual)s.") % words


def _without_comparison(today: int) -> str:
    if today == 0:
        return _("Nothing said yet today.")
    return ngettext("%(said)s post so far today.", "%(said)s posts so far today.", today) % {
        "said": times.number(today)
    }


def _as_usual(said: Said) -> str:
    if said.today == 0:
        return _("Nothing said yet today.") if said.usual else _("Nothing said yet today, as is usual by this time.")
    return _("%(said)s said so far, about as usual by this time.") % {"said": times.number(said.today)}
