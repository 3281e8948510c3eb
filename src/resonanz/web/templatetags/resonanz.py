"""What templates ask of Python: words, times, numbers, initials, underlines."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from resonanz.accounts.access import Act, may
from resonanz.core import text
from resonanz.listening.models import Post
from resonanz.networks import links
from resonanz.networks.connections import batch_keys
from resonanz.service import naming
from resonanz.service.models import Case, CaseEvent
from resonanz.web import case_rows, evaluations, keys, marking, times
from resonanz.web.static_files import imports
from resonanz.web.wording import aftermath_words, capture_words, due_words, status_words, words
from resonanz.web.wording.sentences import SENTENCES

register = template.Library()


@register.filter
def due(moment: datetime | None) -> times.Due | None:
    """When an answer is due, in words."""
    return times.due(moment)


@register.filter
def because(record: dict[str, Any]) -> str:
    """How a stored due time came about, in words."""
    return due_words.because(record)


@register.filter
def place(post: Post) -> str:
    """Where a captured post was said."""
    return capture_words.place_name(network=post.network, origin=post.origin)


@register.filter
def told_at(post: Post) -> str:
    """Where a post was said that a service provider brought; "" for all others."""
    if not batch_keys.brings_batches(post.source):
        return ""
    if post.network in words.NETWORKS:
        return words.word("networks", post.network)
    return str(capture_words.CAPTURE_PLACES.get(post.network, post.origin or post.network))


@register.filter
def ago(moment: datetime) -> str:
    """When it was, as people say it."""
    return times.ago(moment)


@register.filter
def until(moment: datetime) -> str:
    """When it will be, as short as can be."""
    return times.until(moment)


@register.filter
def from_iso(written: str) -> datetime:
    """A moment as JSON keeps it."""
    return datetime.fromisoformat(written)


@register.filter
def exact(moment: datetime) -> str:
    """When it was, to the minute, for a tooltip."""
    return times.exact(moment)


@register.filter
def between(began: datetime, ended: datetime) -> str:
    """From when to when, as short as can be."""
    return times.between(began, ended)


@register.filter
def day(moment: date) -> str:
    """The day it was or will be."""
    return times.day(moment)


@register.filter
def day_of_week(moment: date) -> str:
    """The day with its weekday."""
    return times.day_of_week(moment)


@register.filter
def span(length: timedelta) -> str:
    """How long it took, in words."""
    return times.span(length)


@register.filter
def number(value: int | None) -> str:
    """A whole number with the reader's sign between thousands."""
    return "" if value is None else times.number(value)


@register.filter
def stars(rating: int) -> str:
    """What a review gives, of five."""
    return "★" * rating + "☆" * (5 - rating)


@register.filter
def initials(name: str) -> str:
    """One or two letters that stand for a name; a handle gives its first letters."""
    return text.initials(name)


@register.filter
def word(code: str, kind: str) -> str:
    """The word for a stored code, for example `{{ case.intent|word:"intents" }}`."""
    return words.word(kind, code)


@register.filter
def sentence(code: str) -> str:
    """The sentence for a code without parameters."""
    return words.sentence(code, {})


@register.filter
def marked(post: Post) -> SafeString:
    """The text of a post with the pieces underlined that decided its evaluation, and employees' names hidden."""
    evaluation, hidden = getattr(post, "evaluation", None), naming.pieces(post.text)
    if evaluation is None:
        return marking.marked(post.text, {}, hidden=hidden)
    believed = [(chip.label, chip.words) for chip in evaluations.chips(evaluation) if chip.label and not chip.unsure]
    return marking.marked(post.text, evaluation.labels, dict(believed[: evaluations.MOST_UNDERLINED]), hidden)


@register.filter
def masked(said: str | None) -> str:
    """Words of others with employees' names hidden; before anything shortens them."""
    return naming.masked(said, mask=marking.mask()) if said else ""


@register.filter
def names_somebody(post: Post) -> bool:
    """Whether a name is hidden in it."""
    return bool(naming.pieces(post.text))


@register.filter
def leads_somewhere(post: Post) -> bool:
    """Whether somebody may want to know where its links lead; of what was said in private nobody is asked."""
    return post.visibility == "PUBLIC" and post.speaker == "OUTSIDER" and bool(links.within(post.text, most=1))


@register.filter
def can(user: Any, act: str) -> bool:
    """Whether the reader may do `act`."""
    return may(user, Act(act))


@register.filter
def chips(post: Post) -> list[evaluations.Chip]:
    """What is believed of a post."""
    evaluation = getattr(post, "evaluation", None)
    return evaluations.chips(evaluation) if evaluation else []


@register.simple_tag(takes_context=True)
def case_row(context: Context, case: Case) -> SafeString:
    """The row of a case in the list of this page: `{% case_row case %}`."""
    return case_rows.drawn(case, query=context["query"], current_id=context.get("current_id"))


@register.simple_tag
def how_it_ended(case: Case) -> aftermath_words.Told | None:
    """What was said after our answer, as far as it tells how the case ended."""
    return aftermath_words.told(getattr(case, "aftermath", None))


@register.filter
def assignee(event: CaseEvent, names: dict[int, str]) -> str:
    """The colleague whom an event gave the case to; nothing where it was nobody."""
    return names.get(event.details.get("assignee"), "")


@register.filter
def reason(told: str) -> str:
    """What a network said: our own codes as sentences, everything else as its words."""
    return words.sentence(told, {}) if told in SENTENCES else status_words.meaning(told) or told


@register.simple_tag(takes_context=True)
def key(context: Context, act: str) -> SafeString:
    """The key of an act beside its button, as this reader chose it: `{% key "reply" %}`, `{% key "send" %}`."""
    return keys.kbd(act, context.get("user"))


@register.filter
def acts_by_letter(user: Any) -> str:
    """The reader's keys, as the pages' script reads them."""
    return keys.acts_by_letter(user)


@register.simple_tag(takes_context=True)
def key_list(context: Context) -> SafeString:
    """The reader's letters with their acts in words, and the keys together with Ctrl: `{% key_list %}`."""
    return keys.key_list(context["user"])


@register.simple_tag
def key_combinations() -> list[tuple[str, SafeString, str]]:
    """The keys together with Ctrl or ⌘, in words."""
    return keys.combinations()


@register.filter
def control(field: BoundField) -> BoundField:
    """A field without the placeholder that only repeats its label, as the forms of allauth bring it."""
    attrs = field.field.widget.attrs
    if str(attrs.get("placeholder", "")) == str(field.label):
        attrs.pop("placeholder", None)
    return field


@register.simple_tag
def module(name: str) -> SafeString:
    """A script of the pages, with all that it imports announced beside it: `{% module "web/inbox.js" %}`."""
    hints = format_html_join("\n", '<link rel="modulepreload" href="{}">', ((static(one),) for one in imports(name)))
    return format_html('{}<script type="module" src="{}"></script>', hints, static(name))
