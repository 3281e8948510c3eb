"""Service's part in erasure: cases that lose their posts, our answers and notes about somebody who is erased."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat, Right

from resonanz.listening import erasure as posts
from resonanz.listening.models import Post
from resonanz.networks import registry
from resonanz.privacy import erasure, masking
from resonanz.privacy.erasure import Key, Removed, Subject
from resonanz.service.cases import settle
from resonanz.service.models import (
    Approval,
    Attachment,
    Case,
    CaseNote,
    CasePost,
    Declaration,
    Enquiry,
    IssueWording,
    KnownIssue,
    MachineDraft,
    MachineDraftState,
    Moderation,
    ModerationAct,
    ModerationState,
    Outgoing,
    OutgoingState,
    SavedView,
)
from resonanz.service.work.splitting import MOST_OF_ROOT

_NOT_LEFT = [OutgoingState.DRAFT, OutgoingState.AWAITING, OutgoingState.QUEUED, OutgoingState.ASSISTED]
_ON_ITS_WAY = [OutgoingState.SENDING, OutgoingState.UNKNOWN]
_TEXTS = ["text", "failure_words"]
_SAID_OF_THEM = ["wording_before", "comment"]
_ASKED = ["question", "excerpt"]
_PUT_RIGHT = ["text", "text_before", "words", "comment", "failure_words"]
_NOT_DONE = [ModerationState.AWAITING, ModerationState.QUEUED]
_BEING_DONE = [ModerationState.SENDING, ModerationState.UNKNOWN]

# The outbox compares such an answer with what stands on the network, so neither it nor its post may change until then.
BEING_ANSWERED = Q(answers__state__in=_ON_ITS_WAY)


def take_from_cases(post_ids: Collection[int]) -> Removed:
    """Take posts out of their cases, and delete the cases in which only context is left, with that context.

    Answers to them that have not left are cancelled, and neither answers nor notes nor drafts in their cases name their
    authors any more. The posts themselves are the caller's affair. Context that another case needs stays.
    """
    case_ids = _lock_cases(post_ids)
    _forget_drafted(case_ids)
    masked = _settle_answers(post_ids) + _mask_names_of_authors(post_ids)
    masked += _settle_moderations(post_ids)
    CasePost.objects.filter(post_id__in=post_ids).delete()
    removed = _delete_empty(case_ids)
    for case in Case.objects.filter(pk__in=case_ids).order_by("pk"):
        settle(case=case)
    return Removed(rows=removed.rows, held=removed.held, masked=masked)


def erase_account(subject: Subject) -> Removed:
    """Close what the account's cases become, and mask it in our answers."""
    said = posts.posts_by(subject.network, subject.origin, subject.native_id)
    _lock_answers(list(said.values_list("pk", flat=True)))
    going = list(posts.free(said).values_list("pk", flat=True))
    references = posts.telling_ids(subject)
    words = _spoken_to(subject.handles, subject.names)
    masked = _mask_answers(answers_to(going), words)
    masked += masking.mask_columns(notes_about(said), ["text"], words)
    masked += masking.mask_columns(enquiries_about(said), _ASKED, words)
    masked += masking.mask_columns(Declaration.objects.filter(post__in=said), ["done"], words)
    removed = take_from_cases(going)
    moderated = _forget_moderated(subject, words)
    masked += _mask_mentions(subject) + removed.masked + moderated.masked
    _hide_references(subject, references)
    return Removed(rows=removed.rows, held=removed.held + moderated.held, masked=masked)


def erase_posts(keys: Sequence[Key]) -> Removed:
    """Take the posts out of their cases."""
    found = posts.posts_with(keys)
    _lock_answers(list(found.values_list("pk", flat=True)))
    return take_from_cases(list(posts.free(found).values_list("pk", flat=True)))


def answers_to(post_ids: Collection[int]) -> QuerySet[Outgoing]:
    """What we said to these posts and in their cases, as far as it has arrived or will never leave."""
    in_their_cases = Q(in_reply_to__isnull=True, case__case_posts__post__in=post_ids)
    found = Outgoing.objects.filter(Q(in_reply_to__in=post_ids) | in_their_cases)
    return found.exclude(state__in=_ON_ITS_WAY).distinct()


def notes_about(said: QuerySet[Post]) -> QuerySet[CaseNote]:
    """What colleagues noted in the cases of these posts."""
    return CaseNote.objects.filter(case__in=CasePost.objects.filter(post__in=said).values("case"))


def enquiries_about(said: QuerySet[Post]) -> QuerySet[Enquiry]:
    """What colleagues asked others in the cases of these posts."""
    return Enquiry.objects.filter(case__in=CasePost.objects.filter(post__in=said).values("case"))


def _lock_cases(post_ids: Collection[int]) -> list[int]:
    """The ids of the cases of these posts; locked before their answers, as acts do."""
    case_ids = sorted(set(CasePost.objects.filter(post_id__in=post_ids).values_list("case_id", flat=True)))
    list(Case.objects.select_for_update(of=("self",)).filter(pk__in=case_ids).order_by("pk"))
    return case_ids


def _lock_answers(post_ids: Collection[int]) -> None:
    """While we look, the outbox neither begins to send them nor changes their state."""
    _lock_cases(post_ids)
    list(Outgoing.objects.select_for_update(of=("self",)).filter(in_reply_to__in=post_ids).order_by("pk"))


def _settle_answers(post_ids: Collection[int]) -> int:
    answers = Outgoing.objects.filter(in_reply_to__in=post_ids)
    answers.filter(state__in=_NOT_LEFT).update(state=OutgoingState.CANCELLED, due_at=None)
    masked = 0
    for answer in answers.select_related("in_reply_to").order_by("pk"):
        if answer.in_reply_to and answer.state not in _ON_ITS_WAY:
            author = answer.in_reply_to
            words = _spoken_to({author.author_handle} - {""}, {author.author_name} - {""})
            masked += _mask_answers(Outgoing.objects.filter(pk=answer.pk), words)
    return masked


def _forget_drafted(case_ids: Collection[int]) -> None:
    """Words that a machine made of the conversation; what it is still making is not taken any more (`drafting`)."""
    drafts = MachineDraft.objects.filter(case_id__in=case_ids)
    drafts.filter(state=MachineDraftState.ASKED).update(state=MachineDraftState.FAILED, failure_code="assistant.lost")
    drafts.exclude(text="").update(text="")


def _settle_moderations(post_ids: Collection[int]) -> int:
    """Nothing is done to a post that is gone, and its words go with it. What we deleted ourselves stays in evidence."""
    about = Moderation.objects.filter(post__in=post_ids)
    about.filter(state__in=_NOT_DONE).update(state=ModerationState.CANCELLED, due_at=None)
    deleted = Q(act=ModerationAct.DELETE, state__in=[ModerationState.DONE, *_BEING_DONE])
    return about.exclude(deleted).exclude(excerpt="").update(excerpt="")


def _forget_moderated(subject: Subject, words: Collection[str]) -> Removed:
    """That something was done and by which rule stays; whose words it was done to, and which, does not.

    What is being done needs to know to whom: that is held, and erased the next time.
    """
    theirs = Moderation.objects.filter(
        told_of(subject.network), origin=subject.origin, author_native_id=subject.native_id
    )
    masked = masking.mask_columns(theirs, _PUT_RIGHT, words)
    theirs.filter(state__in=_NOT_DONE).update(state=ModerationState.CANCELLED, due_at=None)
    theirs.update(excerpt="", url="")
    held = theirs.filter(state__in=_BEING_DONE).count()
    settled = theirs.exclude(state__in=_BEING_DONE)
    masked += settled.filter(outgoing__isnull=True).update(author_native_id="", target_native_id="")
    settled.filter(outgoing__isnull=False).update(author_native_id="")
    return Removed(held=held, masked=masked)


def _mask_names_of_authors(post_ids: Collection[int]) -> int:
    """Notes, drafts and enquiries name whoever has other posts in the case, but nobody who leaves it."""
    told = Q(case__notes__isnull=False) | Q(case__enquiries__isnull=False)
    written = told | Q(case__outgoings__state=OutgoingState.DRAFT)
    leaving = CasePost.objects.filter(written, post_id__in=post_ids).exclude(post__speaker="OWN")
    masked = 0
    for place in leaving.select_related("post").distinct().order_by("pk"):
        author = place.post
        staying = CasePost.objects.filter(case=place.case_id).exclude(post_id__in=post_ids)
        if not staying.filter(post__in=posts.posts_by(author.network, author.origin, author.author_native_id)).exists():
            words = _spoken_to({author.author_handle} - {""}, {author.author_name} - {""})
            drafts = Outgoing.objects.filter(case=place.case_id, state=OutgoingState.DRAFT)
            masked += masking.mask_columns(CaseNote.objects.filter(case=place.case_id), ["text"], words)
            masked += masking.mask_columns(Enquiry.objects.filter(case=place.case_id), _ASKED, words)
            masked += _mask_answers(drafts, words)
    return masked


def _mask_answers(answers: QuerySet[Outgoing], words: Collection[str]) -> int:
    """In the answers, and in what colleagues said of them before they signed or refused."""
    said_of_them = Approval.objects.filter(outgoing__in=answers.values("pk"))
    shown = Attachment.objects.defer("data").filter(outgoing__in=answers.values("pk"))
    masked = masking.mask_columns(shown, ["alt"], words) + masking.mask_columns(answers, _TEXTS, words)
    return masked + masking.mask_columns(said_of_them, _SAID_OF_THEM, words)


def _delete_empty(case_ids: Collection[int]) -> Removed:
    matter = CasePost.objects.filter(case_id__in=case_ids, post__is_context=False)
    empty = sorted(set(case_ids) - set(matter.values_list("case_id", flat=True)))
    context = list(Post.objects.filter(is_context=True, case_posts__case__in=empty).values_list("pk", flat=True))
    unsent = Outgoing.objects.filter(case__in=empty, state__in=_NOT_LEFT)
    unsent.update(state=OutgoingState.CANCELLED, due_at=None)
    Case.objects.filter(pk__in=empty).delete()
    unneeded = Post.objects.filter(pk__in=context, case_posts__isnull=True).values_list("pk", flat=True)
    removed = posts.delete_posts(list(unneeded))
    # Context is not erased for its author's sake: it gets no tombstone and may come again.
    return Removed(rows=len(empty) + removed.rows, held=removed.held)


def _mask_mentions(subject: Subject) -> int:
    about = masking.spoken_about(handles=subject.handles, names=subject.names)
    held = posts.posts_by(subject.network, subject.origin, subject.native_id)
    settled = Outgoing.objects.filter(told_of(subject.network)).exclude(state__in=_ON_ITS_WAY)
    masked = _mask_answers(settled.exclude(in_reply_to__in=held), about)
    notes = CaseNote.objects.filter(case__network=subject.network)
    words = _spoken_to(subject.handles, subject.names)
    masked += masking.mask_columns(SavedView.objects.all(), ["name", "asked"], words)
    masked += masking.mask_columns(KnownIssue.objects.all(), ["title", "words"], words)
    masked += masking.mask_columns(IssueWording.objects.all(), ["text"], words)
    enquiries = Enquiry.objects.filter(case__network=subject.network)
    masked += masking.mask_columns(enquiries, _ASKED, about)
    done = Declaration.objects.filter(case__network=subject.network)
    masked += masking.mask_columns(done, ["done"], about)
    drafted = MachineDraft.objects.filter(case__network=subject.network)
    masked += masking.mask_columns(drafted, ["text"], about)
    return masked + masking.mask_columns(notes, ["text"], about)


def _hide_references(subject: Subject, references: dict[str, str]) -> None:
    cases = Case.objects.filter(network=subject.network, origin=subject.origin)
    answers = Outgoing.objects.filter(told_of(subject.network)).exclude(state__in=_ON_ITS_WAY)
    for native_id, instead in references.items():
        cases.filter(root_native_id=native_id).update(root_native_id=instead)
        parts = cases.filter(root_native_id__startswith=f"{native_id[:MOST_OF_ROOT]}#", split_from__isnull=False)
        parts.update(root_native_id=Concat(Value(f"{instead}#"), Right("root_native_id", 32)))
        answers.filter(root_native_id=native_id).update(root_native_id=instead)
        answers.filter(parent_native_id=native_id).update(parent_native_id=instead)


def told_of(network: str) -> Q:
    """Answers and acts that concern what was said on a network; where the case is gone, as far as the channel tells."""
    return Q(case__network=network) | Q(case__isnull=True, channel__network__in=registry.tells_of(network))


def _spoken_to(handles: Collection[str], names: Collection[str]) -> set[str]:
    return masking.spoken_to(handles=handles, names=names)


def _held_accounts() -> Iterator[Key]:
    """Those to whom something was done; their posts may be long gone."""
    rows = Moderation.objects.exclude(author_native_id="").exclude(state__in=_BEING_DONE)
    said = rows.annotate(said_on=Coalesce("case__network", "channel__network"))
    yield from said.values_list("said_on", "origin", "author_native_id").distinct().iterator(chunk_size=2000)


PART = erasure.Part(room="service", erase_account=erase_account, erase_posts=erase_posts, held_accounts=_held_accounts)
