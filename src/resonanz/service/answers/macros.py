"""Macros: prepared texts, offered where they fit best and filled with what the case knows.

How often one was used is counted over everybody, by topic; who used it is nobody's business.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from resonanz.accounts.actors import actor_of
from resonanz.accounts.company import glance
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.core.text import initials as initials_of
from resonanz.privacy import audit
from resonanz.service.answers.filling import Filled, check, fill
from resonanz.service.models import Case, CasePost, Macro, Outgoing, OutgoingState

MOST_CHARACTERS = 10_000
MOST_OFFERED = 30


class MacroNameTaken(ResonanzError):
    """There is already a macro of this name."""

    code = "macro.name_taken"


class MacroEmpty(ResonanzError):
    """A macro says something in at least one language."""

    code = "macro.empty"


@dataclass(frozen=True, slots=True)
class Offered:
    """A macro as it would stand in the answer."""

    macro: Macro
    filled: Filled
    times_used: int


def save(
    *, macro_id: int | None, name: str, german: str, english: str, topic_id: int | None, intent: str, network: str,
    actor: User,
) -> Macro:  # fmt: skip
    """Make or change a macro; raises MacroNameTaken, MacroEmpty, UnknownField, Macro.DoesNotExist."""
    german, english = clean(german, most=MOST_CHARACTERS), clean(english, most=MOST_CHARACTERS)
    if not german and not english:
        raise MacroEmpty
    for text in (german, english):
        check(text)
    try:
        with transaction.atomic():
            macro = Macro.objects.select_for_update().get(pk=macro_id) if macro_id else Macro()
            macro.name, macro.german, macro.english = clean(name, most=80), german, english
            macro.topic_id, macro.intent, macro.network = topic_id, intent, network
            macro.changed_at = clock.now()
            macro.save()
            audit.record(act="macro.saved", actor=actor_of(actor), thing="macro", thing_id=macro.pk)
    except IntegrityError as error:
        raise MacroNameTaken(name=name) from error
    return macro


def remove(*, macro_id: int, actor: User) -> None:
    """Nobody is offered it any more; answers that came from it stay."""
    with transaction.atomic():
        if Macro.objects.filter(pk=macro_id).delete()[0]:
            audit.record(act="macro.removed", actor=actor_of(actor), thing="macro", thing_id=macro_id)


def offered(*, case: Case, author: User, words: str = "") -> list[Offered]:
    """Those that fit the case, the nearest first: by topic, intent and network, then by how often they were used.

    With `words` all whose name or text has them, those that fit first: whoever looks for one means it.
    """
    found = Macro.objects.all()
    for word in words.split()[:8]:
        found = found.filter(Q(name__icontains=word) | Q(german__icontains=word) | Q(english__icontains=word))
    used = _times_used(case)
    macros = sorted(
        (macro for macro in found if words.strip() or _fits(macro, case)),
        key=lambda macro: (not _fits(macro, case), -_nearness(macro), -used.get(macro.pk, 0), macro.name.lower()),
    )[:MOST_OFFERED]
    language, values = _language(case), _values(case, author)
    return [Offered(macro, fill(_text(macro, language), values), used.get(macro.pk, 0)) for macro in macros]


def listed() -> QuerySet[Macro]:
    """All of them by name, each with `times_used`."""
    sent = Q(outgoings__state=OutgoingState.SENT)
    return Macro.objects.select_related("topic").annotate(times_used=Count("outgoings", filter=sent)).order_by("name")


def _fits(macro: Macro, case: Case) -> bool:
    return (
        macro.topic_id in (None, case.topic_id)
        and macro.intent in ("", case.intent)
        and macro.network in ("", case.channel.network)
    )


def _nearness(macro: Macro) -> int:
    return 4 * bool(macro.topic_id) + 2 * bool(macro.intent) + bool(macro.network)


def _times_used(case: Case) -> dict[int, int]:
    """On the topic of this case."""
    sent = Outgoing.objects.filter(macro__isnull=False, state=OutgoingState.SENT, case__topic=case.topic_id)
    return dict(sent.values_list("macro").annotate(times=Count("id")))


def _language(case: Case) -> str:
    """The language of whoever wrote last; German where nobody knows."""
    said = CasePost.objects.filter(case=case, post__speaker="OUTSIDER").order_by("-post__posted_at", "-id")
    return said.values_list("post__language", flat=True).first() or "de"


def _text(macro: Macro, language: str) -> str:
    """In the person's language where there is one; Germans read German, everybody else rather English."""
    first, second = (macro.german, macro.english) if language == "de" else (macro.english, macro.german)
    return first or second


def _values(case: Case, author: User) -> dict[str, str]:
    identity = case.identity
    return {
        "name": identity.name or identity.handle if identity else "",
        "handle": identity.handle if identity else "",
        "topic": case.topic.name if case.topic else "",
        "channel": case.channel.name,
        "company": glance().name,
        "colleague": str(author),
        "initials": author.initials or initials_of(str(author)),
    }
