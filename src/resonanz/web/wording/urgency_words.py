"""Why a case is urgent, in words: what was said and how, how far it spread, how its time stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from resonanz.core import clock
from resonanz.duties.calendars import URGENT
from resonanz.listening.models import Post
from resonanz.service.models import Case, CasePost
from resonanz.service.times import weighing
from resonanz.service.work import crises, declarations
from resonanz.triage.cleaning import clean_words
from resonanz.triage.models import Evaluation
from resonanz.triage.urgency import SHARES, presses
from resonanz.web import times

_SAID: Mapping[str, Promise] = {
    "crisis": gettext_lazy("danger, harm, press or law mentioned"),
    "complaint": gettext_lazy("a complaint"),
    "declaration": gettext_lazy("perhaps a declaration"),
    "cancellation_threat": gettext_lazy("somebody wants to leave"),
    "negative": gettext_lazy("negative"),
    "question": gettext_lazy("a question"),
    "request": gettext_lazy("a request"),
    "offensive": gettext_lazy("offensive"),
    "purchase_interest": gettext_lazy("interest in buying"),
}
_MOST_SAID = 2
_FAR = 1.05
"""Below this what is counted is not worth a word."""


def because(*, case: Case, waiting: Sequence[CasePost]) -> str:
    """ "Urgent because: a complaint, pressing words, shared 120 times, answer due 14:00"; "" where it is not."""
    posts = [place.post for place in waiting if getattr(place.post, "evaluation", None)]
    if not posts or (case.urgency < URGENT and case.crisis_at is None):
        return ""
    most = max(posts, key=lambda post: weighing.of_post(post=post, said_and_how=post.evaluation.urgency))
    parts = [*_said(most), *_how(most), *_spread(most), *_due(case)]
    if not parts:
        return ""
    return _("Urgent because: %(parts)s") % {"parts": ", ".join(parts)}


def _said(post: Post) -> list[str]:
    """The weightiest of what holds, as people corrected it."""
    held = [name for name in SHARES if _holds(post.evaluation, name)]
    return [str(_SAID[name]) for name in held[:_MOST_SAID]]


def _holds(evaluation: Evaluation, name: str) -> bool:
    if name == crises.LABEL:
        return crises.as_stored(evaluation=evaluation)
    if name == declarations.LABEL:
        return declarations.chance_as_stored(evaluation=evaluation) > 0
    found: Mapping[str, Any] = evaluation.labels.get("sentiment" if name == "negative" else name, {})
    if not found:
        return False
    said = found.get("said") or str(found["value"]).lower()
    return bool(said == ("negative" if name == "negative" else "true"))


def _how(post: Post) -> list[str]:
    return [_("pressing words")] if presses(clean_words(post.text)) else []


def _spread(post: Post) -> list[str]:
    """The number that weighs most: shares, then answers, then likes."""
    if weighing.spread(likes=post.likes, shares=post.shares, replies=post.replies) < _FAR:
        return []
    shares, replies, likes = post.shares or 0, post.replies or 0, post.likes or 0
    if 3 * shares >= max(2 * replies, likes):
        return [ngettext("shared once", "shared %(count)s times", shares) % {"count": times.number(shares)}]
    if 2 * replies >= likes:
        return [ngettext("answered once", "answered %(count)s times", replies) % {"count": times.number(replies)}]
    return [ngettext("liked once", "liked %(count)s times", likes) % {"count": times.number(likes)}]


def _due(case: Case) -> list[str]:
    if case.answer_due_at is None:
        return []
    if case.answer_due_at < clock.now():
        return [_("answer was due %(time)s") % {"time": times.until(case.answer_due_at)}]
    return [_("answer promised by %(time)s") % {"time": times.until(case.answer_due_at)}]
