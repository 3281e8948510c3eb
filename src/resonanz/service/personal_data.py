"""What the tables of service hold of people, and which rows concern an account."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from resonanz.listening.erasure import posts_by
from resonanz.listening.models import Post
from resonanz.privacy import export
from resonanz.privacy.register import declare_impersonal, declare_personal
from resonanz.service import personal_data_of_declarations, personal_data_of_issues
from resonanz.service.erasure import enquiries_about, notes_about, told_of
from resonanz.service.models import (
    Aftermath,
    Approval,
    Attachment,
    Case,
    CaseEvent,
    CaseLink,
    CaseNote,
    CasePost,
    CaseTag,
    Enquiry,
    IssueCase,
    MachineDraft,
    Moderation,
    Outgoing,
    OutgoingState,
)

_PURPOSE = "answering whoever addressed us (Art. 6(1)(b), (f) GDPR)"


def declare() -> None:
    """Enter them in the register."""
    _declare_cases()
    _declare_answers()
    _declare_attachments()
    _declare_moderation()
    _declare_among_colleagues()
    _declare_times()
    _declare_workplace()
    personal_data_of_issues.declare()
    personal_data_of_declarations.declare()
    _declare_help_with_words()
    declare_impersonal("service_macro", because="texts the company prepared")
    export.register(table="service_case", rows=_cases)
    export.register(table="service_approval", rows=_approvals)
    export.register(table="service_attachment", rows=_attachments)
    export.register(table="service_enquiry", rows=_enquiries)
    export.register(table="service_casepost", rows=_places)
    export.register(table="service_caseevent", rows=_events)
    export.register(table="service_aftermath", rows=_aftermaths)
    export.register(table="service_casetag", rows=_tags)
    export.register(table="service_caselink", rows=_links)
    export.register(table="service_issuecase", rows=_issues)
    export.register(table="service_casenote", rows=_notes)
    export.register(table="service_outgoing", rows=_answers)
    export.register(table="service_machinedraft", rows=_machine_drafts)
    export.register(table="service_moderation", rows=_moderations)


def _declare_answers() -> None:
    declare_personal(
        "service_outgoing",
        fields={
            "text": "what we answered, or began to where nobody else spoke",
            "visibility": "who could read it",
            "state": "whether it was sent",
            "created_at": "when it was written",
            "planned_for": "when it was to be sent",
            "sent_at": "when it was sent",
            "machine_percent": "how much of it a machine had drafted",
            "withdrawn_at": "when we took it away again",
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
        "service_approval",
        fields={
            "wording_before": "what a colleague wanted to answer before another one changed it",
            "comment": "what a colleague said of our answer, or why it was not approved",
            "requested_at": "when a signature was asked for",
            "decided_at": "when it was given or refused",
        },
        # Who asked and who signed are colleagues: that is kept with it, and not given out to whom the answer is about.
        purpose=f"{_PURPOSE}; proof of which colleague let the company say what (Art. 6(1)(f), 88 GDPR)",
        kept="as long as the answer it is about",
        exported=True,
        erased="with its answer; names and handles of an erased account are masked at once",
    )


def _declare_moderation() -> None:
    declare_personal(
        "service_moderation",
        fields={
            "act": "what we did on the network: like, hide, delete, block, report, correct or withdraw",
            "state": "whether it was done",
            "rule": "clause of our netiquette that was broken",
            "words": "what else a colleague gave as the reason",
            "excerpt": "how the post began to which it was done",
            "url": "its address",
            "author_native_id": "whose post it was",
            "target_native_id": "which post, or which answer of ours",
            "text": "what we answered instead",
            "text_before": "what we had answered",
            "created_at": "when it was asked for",
            "done_at": "when it was done",
            "delete_on": "when it will be deleted",
        },
        purpose="proof of why something was hidden, deleted or reported, and by whom (Art. 6(1)(f), 17(3)(e) GDPR)",
        kept="two years (privacy.retention); the excerpt as long as the post, or as the row where we deleted the post",
        exported=True,
        erased="by the daily job; the excerpt and the ids of an erased account at once",
    )


def _declare_attachments() -> None:
    declare_personal(
        "service_attachment",
        fields={"alt": "what a picture in our answer shows", "added_at": "when it was put beside it"},
        purpose=_PURPOSE,
        kept="as long as the answer it belongs to; drawn anew when it comes in, without what a camera adds",
        exported=True,
        erased="with its answer; names and handles of an erased account are masked in its description at once",
    )


def _declare_among_colleagues() -> None:
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
        "service_enquiry",
        fields={
            "question": "what a colleague asked somebody in the company, in cases in which nobody else spoke",
            "excerpt": "what was shown of the conversation, while the question is open",
            "created_at": "when it was asked",
            "answered_at": "when it was answered",
            "delete_on": "when it will be deleted",
        },
        purpose=_PURPOSE,
        kept="half a year, at most as long as its case; the name and address of the colleague asked as long",
        exported=True,
        erased="with its case; names and handles of an erased account are masked at once",
    )


def _declare_help_with_words() -> None:
    declare_personal(
        "service_machinedraft",
        fields={
            "text": "what a machine proposed to answer, in cases in which nobody else spoke",
            "asked_at": "when a colleague asked for it",
        },
        purpose=f"{_PURPOSE}; knowing what a machine wrote (Art. 50 AI Act)",
        kept="its words for a day, hashes of them for 30 days, at most as long as its case",
        exported=True,
        erased="with its case; its words at once when an account in the case is erased",
    )
    declare_personal(
        "service_snippet",
        fields={"owner": "colleague who keeps it right"},
        purpose="knowledge that is up to date (Art. 6(1)(f), 88 GDPR)",
        kept="until it is removed; its owner until somebody else is, or they leave",
        exported=False,
        erased="what the company knows is about nobody",
    )
    for table, because in {
        "service_snippet_topics": "for which topics a snippet is suggested",
        "service_assistant": "the language model that the operator named, and its contract",
        "service_assistantmonth": "numbers of a month, without people",
        "service_assistantcall": "what a question under way may cost",
    }.items():
        declare_impersonal(table, because=because)


def _declare_times() -> None:
    declare_personal(
        "service_casewarning",
        fields={"user": "colleague who was warned", "made_at": "when"},
        purpose="telling who is on duty of work that is due (Art. 6(1)(f), 88 GDPR)",
        kept="30 days",
        exported=False,
        erased="by the daily job; with its case",
    )
    declare_personal(
        "service_recomputation",
        fields={"actor": "colleague who changed hours or targets", "begun_at": "when"},
        purpose="due times that hold",
        kept="90 days",
        exported=False,
        erased="by the daily job",
    )


def _declare_workplace() -> None:
    declare_personal(
        "service_savedview",
        fields={"name": "what a colleague called a list", "asked": "what they typed to get it", "owner": "colleague"},
        purpose="working on cases",
        kept="until its owner removes it",
        exported=False,
        erased="names and handles of an erased account are masked at once",
    )
    declare_personal(
        "service_notemention",
        fields={"user": "colleague whom a note calls"},
        purpose="telling a colleague that they were asked (Art. 6(1)(f), 88 GDPR)",
        kept="as long as the note",
        exported=False,
        erased="with the note, with the colleague",
    )
    declare_impersonal("service_tag", because="words under which colleagues file cases, without people")


def _declare_cases() -> None:
    for table, fields in {
        "service_case": {
            "state": "open or resolved",
            "intent": "what it seems to be about",
            "urgency": "urgency",
            "opened_at": "when it was opened",
            "first_reply_at": "first answer",
            "resolved_at": "when it was resolved",
            "closed_because": "how it ended",
            "private_with": "account with which it was private",
            "snoozed_until": "until when it was put aside",
            "merged_into": "case in which it goes on",
            "split_from": "case of which it was a part",
            "names_employees": "whether it names a colleague",
            "crisis_at": "since when somebody has to look at it at once",
        },
        "service_casepost": {
            "state": "what became of the post",
            "reason": "why it needs no answer",
            "due_at": "by when an answer was due",
            "due_because": "how that moment came about",
        },
        "service_caseevent": {"at": "when", "act": "what happened"},
        "service_aftermath": {"outcome": "how it ended, by what was said after our answer", "at": "when it was said"},
        "service_casetag": {"tag": "number of the word under which colleagues filed it"},
        "service_caselink": {"one": "case that belongs to another one", "other": "the other one"},
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


def _aftermaths(network: str, origin: str, native_id: str) -> QuerySet[Aftermath]:
    return Aftermath.objects.filter(post__in=posts_by(network, origin, native_id))


def _tags(network: str, origin: str, native_id: str) -> QuerySet[CaseTag]:
    return CaseTag.objects.filter(case__in=_cases(network, origin, native_id))


def _links(network: str, origin: str, native_id: str) -> QuerySet[CaseLink]:
    its = _cases(network, origin, native_id)
    return CaseLink.objects.filter(Q(one__in=its) | Q(other__in=its))


def _issues(network: str, origin: str, native_id: str) -> QuerySet[IssueCase]:
    return IssueCase.objects.filter(case__in=_cases(network, origin, native_id))


def _notes(network: str, origin: str, native_id: str) -> QuerySet[CaseNote]:
    """In a case of several people nobody can tell whom a note is about, so export gives none of its notes to any."""
    said = posts_by(network, origin, native_id)
    return notes_about(said).exclude(case__in=_of_others(said).values("case"))


def _enquiries(network: str, origin: str, native_id: str) -> QuerySet[Enquiry]:
    """As with notes: in a case of several people none is given to any."""
    said = posts_by(network, origin, native_id)
    return enquiries_about(said).exclude(case__in=_of_others(said).values("case"))


def _machine_drafts(network: str, origin: str, native_id: str) -> QuerySet[MachineDraft]:
    """As with notes: in a case of several people none is given to any."""
    said = posts_by(network, origin, native_id)
    ours = MachineDraft.objects.filter(case__in=CasePost.objects.filter(post__in=said).values("case"))
    return ours.exclude(case__in=_of_others(said).values("case"))


def _answers(network: str, origin: str, native_id: str) -> QuerySet[Outgoing]:
    """A draft may hold words to somebody else in the case, as a note."""
    said = posts_by(network, origin, native_id)
    return Outgoing.objects.filter(in_reply_to__in=said).exclude(
        state=OutgoingState.DRAFT, case__in=_of_others(said).values("case")
    )


def _moderations(network: str, origin: str, native_id: str) -> QuerySet[Moderation]:
    """What was done to their posts and account, and to what we answered them."""
    return Moderation.objects.filter(told_of(network), origin=origin, author_native_id=native_id)


def _approvals(network: str, origin: str, native_id: str) -> QuerySet[Approval]:
    return Approval.objects.filter(outgoing__in=_answers(network, origin, native_id))


def _attachments(network: str, origin: str, native_id: str) -> QuerySet[Attachment]:
    return Attachment.objects.filter(outgoing__in=_answers(network, origin, native_id))


def _of_others(said: QuerySet[Post]) -> QuerySet[CasePost]:
    return CasePost.objects.filter(post__speaker="OUTSIDER").exclude(post__in=said)
