"""The heading of a list of posts: which ones it shows, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resonanz.insights.answers import Answer
from resonanz.web import times
from resonanz.web.forms.listening import PostFilter
from resonanz.web.wording import words

ANSWERS: dict[str, Promise] = {
    Answer.IN_TIME: gettext_lazy("answered in time"),
    Answer.LATE: gettext_lazy("answered late"),
    Answer.WAITING: gettext_lazy("still waiting"),
}


def heading(chosen: PostFilter) -> str:
    """ "Posts of 20 November 2026 on Bicycles · negative, still waiting"."""
    alike = bool(chosen.alike and (chosen.day or chosen.topic))
    narrower = [
        _("nearly the same") if alike else "",
        str(ANSWERS.get(chosen.answer, "")),
        chosen.channel.name if chosen.channel else "",
        words.word("sentiments", chosen.sentiment),
        words.word("kinds", chosen.kind),
    ]
    more = ", ".join(part for part in narrower if part)
    return f"{_day_and_topic(chosen)} · {more}" if more else _day_and_topic(chosen)


def _day_and_topic(chosen: PostFilter) -> str:
    told = {"day": times.day(chosen.day) if chosen.day else "", "topic": chosen.topic.name if chosen.topic else ""}
    if chosen.day and chosen.topic:
        return _("Posts of %(day)s on %(topic)s") % told
    if chosen.day:
        return _("Posts of %(day)s") % told
    if chosen.topic:
        return _("Posts on %(topic)s") % told
    if chosen.alike:
        return _("Posts that say nearly the same")
    return _("Posts") if chosen.narrows else ""
