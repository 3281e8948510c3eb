"""The acts at the one door out: the states of an answer, but repeated where an answer is read back.

    QUEUED ──► FAILED                  the guideline in force now stands against it, or a signature is missing
       └─────► SENDING ──► DONE        the network's word
                  ├──────► QUEUED      try later: nothing took effect there
                  ├──────► FAILED      refused, in the network's words
                  └──────► UNKNOWN     no answer, or our process died: it may have taken effect
    UNKNOWN ─────────────► SENDING     done twice is done once, so it is done again
                  └──────► FAILED      a report, which would be told twice: a person looks first

SENDING is committed, with attempt and lease, before the call. UNKNOWN waits as long as the network may still let the
last call take effect, so that nothing overtakes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.guidelines.ruling import LEADS, Approvers, Outcome, Ruling
from resonanz.networks import registry
from resonanz.networks.connections import applications
from resonanz.networks.connections.channels import account_of, has_newer_token
from resonanz.networks.contract import Account, Capability, Correction, Report, able
from resonanz.networks.errors import (
    ApplicationRefused,
    NetworkError,
    NoAnswer,
    NotAuthorised,
    Refused,
    TryLater,
    Unsupported,
)
from resonanz.privacy import audit
from resonanz.service.answers.guarding import AUTHOR_GONE, AUTHOR_MAY_NOT, CASE_GONE, FORBIDDEN, NEEDS_APPROVAL
from resonanz.service.answers.outbox import RESTORED
from resonanz.service.answers.signing import may_sign
from resonanz.service.models import Case, Moderation, ModerationAct, ModerationState, Outgoing
from resonanz.service.moderation.acts import TAKES_BACK, ruling_on, ruling_on_answer
from resonanz.service.notices import notify

PERHAPS = "moderation.perhaps"
"""It may have taken effect, and nobody may do it again unseen."""
MOST_ATTEMPTS = 50
MOVING = (ModerationState.QUEUED, ModerationState.SENDING, ModerationState.UNKNOWN)


def send_due(*, moderation_id: int) -> None:
    """Bring one act a step further if its time has come; does nothing when somebody else has it."""
    claimed = _claim(moderation_id)
    if claimed is None:
        return
    row, account = claimed
    try:
        _call(row, account)
    except TryLater as error:
        _move(row, ModerationState.QUEUED, due_at=clock.now() + timedelta(seconds=max(error.seconds, 1)))
    except Refused as error:
        _move(row, ModerationState.FAILED, code=error.code, words=error.words)
    except NotAuthorised as error:
        if isinstance(error, ApplicationRefused):
            applications.note_refused(network=row.channel.network)
        if has_newer_token(channel=row.channel):
            _move(row, ModerationState.QUEUED, due_at=clock.now() + timedelta(seconds=1))
        else:
            _move(row, ModerationState.FAILED, code=error.code)
    except Unsupported as error:
        _move(row, ModerationState.FAILED, code=error.code)
    except (NoAnswer, NetworkError):
        _move(row, ModerationState.UNKNOWN, due_at=_settled_at(row))
    else:
        _done(row)


def waiting() -> Iterator[int]:
    """Ids of everything whose time has come, in the order it should go."""
    due = Moderation.objects.filter(state__in=MOVING, due_at__lte=clock.now())
    yield from due.order_by("due_at", "id").values_list("id", flat=True)


def distrust() -> int:
    """After a restore: what the backup holds as waiting may have been done or taken back since; a person decides."""
    moving = [*MOVING, ModerationState.AWAITING]
    return Moderation.objects.filter(state__in=moving).update(
        state=ModerationState.FAILED, due_at=None, lease_until=None, failure_code=RESTORED
    )


def _claim(moderation_id: int) -> tuple[Moderation, Account] | None:
    """Commit SENDING with attempt and lease before anything leaves; None when it is not (or no longer) to be done."""
    now = clock.now()
    with transaction.atomic():
        row = locked_with_case(moderation_id=moderation_id)
        if row is None or row.state not in MOVING or (row.due_at and row.due_at > now):
            return None
        if row.state == ModerationState.SENDING:  # whoever had it died: wait until the network has settled
            row.state, row.lease_until, row.due_at = ModerationState.UNKNOWN, None, _settled_at(row)
            row.save(update_fields=["state", "lease_until", "due_at"])
            if row.due_at > now:
                return None
        stopped = _obstacle(row)
        if stopped:
            _stop(row, stopped)
            return None
        row.state, row.attempt, row.attempted_at = ModerationState.SENDING, row.attempt + 1, now
        row.lease_until = row.due_at = now + _lease()
        row.save(update_fields=["state", "attempt", "attempted_at", "lease_until", "due_at"])
        _moved("moderation.sending", row)
    return row, account_of(row.channel)


def _obstacle(row: Moderation) -> str:
    """Why it does not leave now; "" where nothing stands against it. What may have taken effect says that first."""
    unsure = row.state == ModerationState.UNKNOWN
    if unsure and (row.act == ModerationAct.REPORT or row.attempt >= MOST_ATTEMPTS):
        return PERHAPS
    stopped = _guarded(row)
    return PERHAPS if stopped and unsure else stopped


def _guarded(row: Moderation) -> str:
    actor = User.objects.filter(pk=row.actor_id or 0, is_active=True).first()
    if row.case is None:
        return CASE_GONE
    if actor is None:
        return AUTHOR_GONE
    if not may(actor, Act.ANSWER):
        return AUTHOR_MAY_NOT
    ruling = ruling_now(row, row.case, actor)
    if ruling.outcome is Outcome.FORBIDDEN:
        return FORBIDDEN
    if ruling.outcome is Outcome.NEEDS_APPROVAL and not _is_signed(row, ruling.approvers or LEADS):
        return NEEDS_APPROVAL
    return ""


def ruling_now(row: Moderation, case: Case, actor: User) -> Ruling:
    """What the guideline in force says to it at this moment."""
    act = ModerationAct(row.act)
    if row.outgoing is not None:
        return ruling_on_answer(case=case, act=act, actor=actor, outgoing=row.outgoing, text=row.text, at_send=True)
    return ruling_on(case=case, act=act, actor=actor, post=row.post, at_send=True)


def _is_signed(row: Moderation, approvers: Approvers) -> bool:
    """Whether who signed may still give this signature."""
    signer = User.objects.filter(pk=row.signed_by_id or 0, is_active=True).first()
    return signer is not None and may_sign(user=signer, approvers=approvers, author_id=row.actor_id, since=None)


def _call(row: Moderation, account: Account) -> None:
    connector: Any = registry.connector(row.channel.network)
    act = ModerationAct(row.act)
    if not able(connector, Capability(TAKES_BACK.get(act, act).lower())):
        raise Unsupported(network=connector.name)
    _CALLS[act](connector, account, row)


def _like(connector: Any, account: Account, row: Moderation) -> None:
    connector.like(account, row.target_native_id, on=row.act == ModerationAct.LIKE)


def _hide(connector: Any, account: Account, row: Moderation) -> None:
    connector.hide(account, row.target_native_id, on=row.act == ModerationAct.HIDE)


def _delete(connector: Any, account: Account, row: Moderation) -> None:
    connector.delete(account, row.target_native_id)


def _block(connector: Any, account: Account, row: Moderation) -> None:
    connector.block(account, row.target_native_id, on=row.act == ModerationAct.BLOCK)


def _report(connector: Any, account: Account, row: Moderation) -> None:
    report = Report(native_id=row.target_native_id, author_id=row.author_native_id, words=row.words)
    connector.report(account, report)


def _correct(connector: Any, account: Account, row: Moderation) -> None:
    parent = row.outgoing.parent_native_id if row.outgoing else ""
    connector.correct(account, Correction(native_id=row.target_native_id, parent_id=parent, text=row.text))


def _withdraw(connector: Any, account: Account, row: Moderation) -> None:
    connector.withdraw(account, row.target_native_id)


_CALLS: Mapping[ModerationAct, Callable[[Any, Account, Moderation], None]] = {
    ModerationAct.LIKE: _like,
    ModerationAct.UNLIKE: _like,
    ModerationAct.HIDE: _hide,
    ModerationAct.UNHIDE: _hide,
    ModerationAct.DELETE: _delete,
    ModerationAct.BLOCK: _block,
    ModerationAct.UNBLOCK: _block,
    ModerationAct.REPORT: _report,
    ModerationAct.CORRECT: _correct,
    ModerationAct.WITHDRAW: _withdraw,
}


def _done(row: Moderation) -> None:
    """The network said so; the ledger and, where it was one, our answer say so too."""
    now = clock.now()
    with transaction.atomic():
        fresh = locked_with_case(moderation_id=row.pk)
        if fresh is None or fresh.attempt != row.attempt or fresh.state != ModerationState.SENDING:
            return
        fresh.state, fresh.done_at, fresh.due_at, fresh.lease_until = ModerationState.DONE, now, None, None
        fresh.failure_code = fresh.failure_words = ""
        if fresh.outgoing is not None:
            _put_right(fresh, fresh.outgoing, now)
        fresh.save()
        _moved("moderation.done", fresh)


def _put_right(row: Moderation, outgoing: Outgoing, now: datetime) -> None:
    if row.act == ModerationAct.CORRECT:
        row.text_before, outgoing.text = outgoing.text, row.text
    else:
        outgoing.withdrawn_at = now
    outgoing.save(update_fields=["text", "withdrawn_at"])


def _stop(row: Moderation, code: str) -> None:
    row.state, row.due_at, row.lease_until, row.failure_code = ModerationState.FAILED, None, None, code
    row.save(update_fields=["state", "due_at", "lease_until", "failure_code"])
    _moved("moderation.failed", row)


def _move(
    row: Moderation, state: ModerationState, *, due_at: datetime | None = None, code: str = "", words: str = ""
) -> None:
    """Step from SENDING; nothing happens when somebody else has moved it on meanwhile."""
    with transaction.atomic():
        fresh = locked_with_case(moderation_id=row.pk)
        if fresh is None or fresh.attempt != row.attempt or fresh.state != ModerationState.SENDING:
            return
        fresh.state, fresh.due_at, fresh.lease_until = state, due_at, None
        fresh.failure_code, fresh.failure_words = code, words[:500]
        fresh.save(update_fields=["state", "due_at", "lease_until", "failure_code", "failure_words"])
        _moved(f"moderation.{state.lower()}", fresh)


def locked_with_case(*, moderation_id: int) -> Moderation | None:
    """The row, for one act at a time, and before it its case, as with answers."""
    rows = Moderation.objects.filter(pk=moderation_id)
    held: set[int | None] = {None}
    while (case_id := rows.values_list("case_id", flat=True).first()) not in held:
        list(Case.objects.select_for_update().filter(pk=case_id or 0).values_list("pk"))
        held.add(case_id)
    related = ("case", "case__channel", "channel", "post", "outgoing", "actor")
    return rows.select_for_update(of=("self",)).select_related(*related).first()


def _lease() -> timedelta:
    """Longer than any single call may take (core.http bounds it), so that an ended lease means a dead sender."""
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def _settled_at(row: Moderation) -> datetime:
    """From when on the last attempt either took effect or never will."""
    settle_seconds = registry.connector(row.channel.network).limits.settle_seconds
    return (row.attempted_at or row.created_at) + _lease() + timedelta(seconds=settle_seconds)


def _moved(act: str, row: Moderation) -> None:
    audit.record(
        act=act, actor=audit.SYSTEM, thing="moderation", thing_id=row.pk, kind=row.act, attempt=row.attempt,
        code=row.failure_code,
    )  # fmt: skip
    if row.case_id is not None:
        notify(case_ids=[row.case_id])
