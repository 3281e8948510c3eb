"""How a case ended, in words, with the words of the person that decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from resonanz.service import aftermath as room
from resonanz.service import naming
from resonanz.service.models import Aftermath, Outcome
from resonanz.web import marking
from resonanz.web.wording import words

_AROUND = 60


@dataclass(frozen=True, slots=True)
class Told:
    """`outcome` in a word, `why` in a sentence, `excerpt` the deciding words underlined; "" where none decided."""

    code: str
    outcome: str
    why: str
    excerpt: SafeString | str
    at: datetime
    post_id: int | None


def told(kept: Aftermath | None) -> Told | None:
    """What a page says of it; None where nothing is known yet."""
    if kept is None:
        return None
    text, span = room.words_of(aftermath=kept)
    excerpt = _excerpt(text, span.start, span.end) if span else ""
    outcome = words.word("outcomes", kept.outcome)
    return Told(kept.outcome, outcome, _why(kept.outcome, bool(excerpt)), excerpt, kept.at, kept.post_id)


def _why(outcome: str, in_words: bool) -> str:
    reasons = {
        Outcome.THANKED: _("Thanks came after our answer."),
        Outcome.TURNED: _("Angry before our answer, friendly after it."),
        Outcome.SILENT: _("Nothing was said for %(days)s days after our answer.") % {"days": room.SILENT_DAYS},
        Outcome.LEFT: _("Who wrote says that they leave.") if in_words else _("Angry more than once after our answer."),
    }
    return reasons[Outcome(outcome)]


def _excerpt(text: str, start: int, end: int) -> SafeString:
    """The deciding words with a little around them; all is escaped, employees' names are hidden."""
    begins, ends = max(0, start - _AROUND), min(len(text), end + _AROUND)
    # A name may be cut where the excerpt begins or ends: what is left of it is hidden, too.
    hidden = [
        (max(first, begins) - begins, min(last, ends) - begins)
        for first, last in naming.pieces(text)
        if first < ends and begins < last
    ]
    deciding = {"deciding": {"because": [(start - begins, end - begins, 1.0)]}}
    shown = marking.marked(text[begins:ends], deciding, hidden=hidden)
    return format_html("{}{}{}", "… " if begins else "", shown, " …" if ends < len(text) else "")
