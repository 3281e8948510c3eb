"""What the tables of service hold of people, and which rows concern an account."""

from __future__ import annotations

from django.db.models import QuerySet

from resonanz.listening.erasure import posts_by
from resonanz.listening.models import Post
from resonanz.privacy import export
from resonanz.privacy.register import declare_impersonal, declare_personal
from resonanz.service.erasure import notes_about
from resonanz.service.models import Case, CaseEvent, CaseNote, CasePost, Outgoing, OutgoingState

_PURPOSE = "answering whoever addressed us (Art. 6(1)(b), (f) GDPR)"


def declare() -> None:
    """Enter them in the register."""
    _declare_cases()
    declare_personal(
        "service_outgoing",
        fields={
            "text": "what we answered, or began to where nobody else spoke",
            "visibility": "who could read it",
            "state": "whether it was sent",
            "created_at": "when it was written",
            "sent_at": "when it was sent",
            "url": "address",
            "parent_native_id": "post it answers",
            "delete_on": "when it will be deleted",
        },
        purpose=_PURPOSE,
        kept="two years (privacy.retention); a draft for 30 days after its last change",
        exported=True,
        erased="by the daily job; names and handles of an erased account are masked at once",
    )
    declare_personal(
        "service_casenote",
        fields={
            "text": "what colleagues noted in cases in which nobody else spoke",
            "created_at": "when it was written",
            "delete_on": "when it will be deleted",
        },
        purpose=_PURPOSE,
        kept="two years (privacy.retention), at most as long as its case",
        exported=True,
        erased="with its case; names and handles of an erased account are masked at once",
    )
    declare_personal(
        "service_responsibility",
        fields={"owner": "colleague", "deputy": "colleague"},
        purpose="who answers what",
        kept="while in force",
        exported=False,
        erased="by a lead",
    )
    declare_impersonal("service_businesscalendar", because="hours in which people work, without people")
    declare_impersonal("service_responsetarget", because="minutes per network")
    export.register(table="service_case", rows=_cases)
    export.register(table="service_casepost", rows=_places)
    export.register(table="service_caseevent", rows=_events)
    export.register(table="service_casenote", rows=_notes)
    export.register(table="service_outgoing", rows=_answers)


def _declare_cases() -> None:
    for table, fields in {
        "service_case": {
            "state": "open or resolved",
            "intent": "what it seems to be about",
            "urgency": "urgency",
            "opened_at": "when it was opened",
            "first_reply_at": "first answer",
            "resolved_at": "when it was resolved",
        },
        "service_casepost": {
            "state": "what became of the post",
            "reason": "why it needs no answer",
            "due_at": "by when an answer was due",
        },
        "service_caseevent": {"at": "when", "act": "what happened"},
    }.items():
        declare_personal(
            table,
            fields=fields,
            purpose=_PURPOSE,
            kept="until its posts are deleted",
            exported=True,
            erased="with its last post that is not context",
        )


def _cases(network: str, origin: str, native_id: str) -> QuerySet[Case]:
    return Case.objects.filter(pk__in=_places(network, origin, native_id).values("case"))


def _places(network: str, origin: str, native_id: str) -> QuerySet[CasePost]:
    return CasePost.objects.filter(post__in=posts_by(network, origin, native_id))


def _events(network: str, origin: str, native_id: str) -> QuerySet[CaseEvent]:
    return CaseEvent.objects.filter(case__in=_cases(network, origin, native_id))


def _notes(network: str, origin: str, native_id: str) -> QuerySet[CaseNote]:
    """In a case of several people nobody can tell whom a note is about, so export gives none of its notes to any."""
    said = posts_by(network, origin, native_id)
    return notes_about(said).exclude(case__in=_of_others(said).values("case"))


def _answers(network: str, origin: str, native_id: str) -> QuerySet[Outgoing]:
    """A draft may hold words to somebody else in the case, as a note."""
    said = posts_by(network, origin, native_id)
    return Outgoing.objects.filter(in_reply_to__in=said).exclude(
        state=OutgoingState.DRAFT, case__in=_of_others(said).values("case")
    )


def _of_others(said: QuerySet[Post]) -> QuerySet[CasePost]:
    return CasePost.objects.filter(post__speaker="OUTSIDER").exclude(post__in=said)
