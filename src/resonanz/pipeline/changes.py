"""What happens to posts after they were said: edited, deleted, counted, their author gone, our answers undelivered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from resonanz.listening import posts, quotes
from resonanz.listening.models import Post
from resonanz.listening.posts import PostKey, Reworded
from resonanz.listening.topics import compiled
from resonanz.networks import registry
from resonanz.networks.contract import AccountGone, Counted, Deleted, Edited, Event, Undelivered
from resonanz.networks.models import Channel
from resonanz.people.models import Identity
from resonanz.pipeline import hearsay, quoting
from resonanz.pipeline.cleaning import shortened
from resonanz.privacy import audit, erasure
from resonanz.service import cases, intake
from resonanz.service.answers import undelivered
from resonanz.service.models import Case, CaseState
from resonanz.service.tasks import look_for_declarations, weigh
from resonanz.service.times import weighing
from resonanz.triage import evaluations, likeness, near_duplicates, our_names


def apply(channel: Channel, events: Sequence[Event]) -> set[int]:
    """Apply changes within the transaction of the batch; the ids of the open cases they touch.

    Hearsay changes what it told itself, and nothing that anybody else told.
    """
    teller = hearsay.teller_of(channel)
    told_gone = [event for event in events if isinstance(event, AccountGone)] if teller else []
    events = hearsay.permitted(channel, events) if teller else events
    reworded = _edit(channel, [event for event in events if isinstance(event, Edited)])
    edited = _open_cases(reworded)
    if reworded and intake.in_cases(post_ids=reworded):
        look_for_declarations.later(post_ids=_joined(reworded))
    _count([event for event in events if isinstance(event, Counted)])
    gone = [event for event in events if isinstance(event, Deleted)]
    left = [event for event in events if isinstance(event, AccountGone) and _is_known(event)]
    touched = _open_cases(_ids_of(gone)) | _open_cases(_ids_by_authors(left))
    told = [(event.network, event.origin, event.native_id) for event in gone]
    if keys := sorted(posts.known(keys=told).keys() | quotes.known(keys=told)):
        erasure.erase_posts(keys, told_by=teller)
    for account in told_gone:
        hearsay.forget(channel, account)
    for account in left:
        erasure.erase_account(
            network=account.network, origin=account.origin, native_id=account.native_id, actor=audit.SYSTEM,
            suppress=True,
        )  # fmt: skip
    failed = [event for event in events if isinstance(event, Undelivered)]
    return _settle(touched) | edited | (undelivered.come_back(channel=channel, told=failed) if failed else set())


def _count(counted: Sequence[Counted]) -> None:
    """Take the numbers over. Cases are weighed by a job: whoever locks a case and its posts locks the case first."""
    posts.count(counted=counted)
    ids = posts.known(keys=[(event.network, event.origin, event.native_id) for event in counted]).values()
    if waiting := weighing.waiting_among(post_ids=ids):
        weigh.later(post_ids=_joined(waiting))


def _joined(ids: Iterable[int]) -> str:
    return ",".join(map(str, ids))


def _edit(channel: Channel, edits: Sequence[Edited]) -> list[int]:
    """The ids of the posts that read otherwise now."""
    if not edits:
        return []
    keys = {(edit.network, edit.origin, edit.native_id) for edit in edits}
    quotes.reword(edits=[replace(edit, text=shortened(edit.text)) for edit in edits])
    quotes.change(edits=quoting.allowed(channel, [edit for edit in edits if edit.quoted]))
    changed = posts.reword(edits=edits, keep_earlier=_keep_earlier(channel, keys))
    outsiders = [post for post in changed if post.speaker == "OUTSIDER"]
    found = evaluations.evaluate(
        texts=[post.text for post in outsiders], language_hints=[post.language for post in outsiders]
    )
    matcher = compiled().matcher
    for post in outsiders:
        touched = matcher.match(post.text, author_handle=post.author_handle, language=post.language)
        posts.retouch(post_id=post.post_id, topic_ids=touched)
    known = our_names.stored(post_ids=[post.post_id for post in outsiders])
    found = our_names.judged(found=found, asked=[known[post.post_id] for post in outsiders])
    evaluations.keep(evaluated={post.post_id: one for post, one in zip(outsiders, found, strict=True)})
    likeness.bind(fresh=_signed(outsiders))
    return [post.post_id for post in changed]


def _signed(reworded: Sequence[Reworded]) -> list[likeness.Fresh]:
    signatures = near_duplicates.signatures([post.text for post in reworded])
    return [
        likeness.Fresh(post_id=post.post_id, at=post.posted_at, text=post.text, signature=signature)
        for post, signature in zip(reworded, signatures, strict=True)
    ]


def _keep_earlier(channel: Channel, keys: Iterable[PostKey]) -> set[PostKey]:
    """An earlier wording is kept only while a case on the post is open, and only where the network allows it."""
    if not registry.connector(channel.network).limits.keeps_wordings:
        return set()
    ids = posts.known(keys=keys)
    open_now = intake.in_open_case(post_ids=ids.values())
    return {key for key, post_id in ids.items() if post_id in open_now}


def _is_known(gone: AccountGone) -> bool:
    """Whether we hold anything of the account; streams tell of thousands that we never heard of."""
    where = {"network": gone.network, "origin": gone.origin}
    said = Post.objects.filter(author_native_id=gone.native_id, **where)
    is_person = Identity.objects.filter(native_id=gone.native_id, **where).exists
    return said.exists() or is_person() or quotes.by(**where, native_id=gone.native_id).exists()


def _ids_of(gone: Sequence[Deleted]) -> list[int]:
    return list(posts.known(keys=[(event.network, event.origin, event.native_id) for event in gone]).values())


def _ids_by_authors(left: Sequence[AccountGone]) -> list[int]:
    found: list[int] = []
    for account in left:
        said = Post.objects.filter(network=account.network, origin=account.origin, author_native_id=account.native_id)
        found += said.values_list("id", flat=True)
    return found


def _open_cases(post_ids: Iterable[int]) -> set[int]:
    rows = Case.objects.filter(case_posts__post_id__in=list(post_ids), state=CaseState.OPEN)
    return set(rows.values_list("id", flat=True))


def _settle(case_ids: set[int]) -> set[int]:
    for case in Case.objects.select_for_update().filter(pk__in=case_ids).order_by("id"):
        cases.note(case=case, act="case.post_removed", actor=None)
        cases.settle(case=case)
    return case_ids
