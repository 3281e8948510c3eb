"""The one door out. Nothing is said twice, and nothing is lost.

    QUEUED ──► SENDING ──► SENT        the network's receipt
                  ├──────► QUEUED      try later: nothing took effect there
                  ├──────► FAILED      refused, in the network's words
                  └──────► UNKNOWN     no answer, or our process died: it may stand there
    UNKNOWN ─────────────► SENT        read back: it stands there
                  └──────► QUEUED      read back: it does not, and no longer can

SENDING is committed, with attempt and lease, before the call. Whoever finds a SENDING whose lease has ended makes it
UNKNOWN; it is read back after the time in which the network could still let it take effect.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.channels import account_of
from resonanz.networks.contract import Account, Capability, ReadsBack, Receipt, Replies, ReplyOrder, Visibility, able
from resonanz.networks.errors import NetworkError, NoAnswer, NotAuthorised, Refused, TryLater, Unsupported
from resonanz.networks.models import Channel
from resonanz.privacy import audit
from resonanz.service.cases import locked_with_case, note, resolve, settle
from resonanz.service.models import Case, CasePost, CasePostState, Outgoing, OutgoingState
from resonanz.service.notices import notify

READ_BACK_AGAIN = timedelta(seconds=60)
CLOCK_SKEW = timedelta(minutes=5)
"""How far a network's clock may be behind ours when a reply is looked for by its time."""
RESTORED = "outgoing.restored"
RECEIPT_UNREADABLE = "outgoing.cannot_read_back"


def send_due(*, outgoing_id: int) -> None:
    """Bring one outgoing a step further if its time has come; does nothing when somebody else has it."""
    state = Outgoing.objects.filter(pk=outgoing_id).values_list("state", flat=True).first()
    if state == OutgoingState.QUEUED:
        _send(outgoing_id)
    elif state in (OutgoingState.SENDING, OutgoingState.UNKNOWN):
        _settle_unknown(outgoing_id)


def distrust() -> int:
    """After a restore: what the backup holds as waiting may have been sent since, so it is looked for."""
    with transaction.atomic():
        moving = Outgoing.objects.filter(state__in=[OutgoingState.QUEUED, OutgoingState.SENDING])
        return moving.update(
            state=OutgoingState.UNKNOWN,
            due_at=clock.now(),
            lease_until=None,
            failure_code=RESTORED,
            attempted_at=F("created_at"),
            first_attempt_at=F("created_at"),
        )


def receipts(*, channel: Channel, native_ids: Collection[str]) -> set[str]:
    """Those of the ids under which answers of ours stand on the channel's network."""
    if not native_ids:
        return set()
    sent = Outgoing.objects.filter(channel=channel, native_id__in=sorted(set(native_ids)))
    return set(sent.values_list("native_id", flat=True))


def waiting() -> Iterator[int]:
    """Ids of everything whose time has come, in the order it should go."""
    now = clock.now()
    due = Outgoing.objects.filter(
        state__in=[OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.UNKNOWN], due_at__lte=now
    )
    yield from due.order_by("due_at", "id").values_list("id", flat=True)


def _send(outgoing_id: int) -> None:
    claimed = _claim(outgoing_id)
    if claimed is None:
        return
    outgoing, account = claimed
    connector = registry.connector(outgoing.channel.network)
    try:
        if not able(connector, Capability.REPLY):
            raise Unsupported(network=connector.name)
        receipt = _as_replies(connector).reply(account, _order(outgoing))
    except TryLater as error:
        _later(outgoing, error.seconds)
    except Refused as error:
        _fail(outgoing, error.code, error.words)
    except (NotAuthorised, Unsupported) as error:
        _fail(outgoing, error.code, "")
    except (NoAnswer, NetworkError):
        _unknown(outgoing)
    else:
        _sent(outgoing, receipt)


def _claim(outgoing_id: int) -> tuple[Outgoing, Account] | None:
    """Commit SENDING with attempt and lease before anything leaves; None when it is not (or no longer) to be sent."""
    now = clock.now()
    with transaction.atomic():
        outgoing = locked_with_case(outgoing_id=outgoing_id)
        if outgoing is None or outgoing.state != OutgoingState.QUEUED or (outgoing.due_at and outgoing.due_at > now):
            return None
        outgoing.state = OutgoingState.SENDING
        outgoing.attempt += 1
        outgoing.attempted_at = now
        outgoing.first_attempt_at = outgoing.first_attempt_at or now
        outgoing.lease_until = outgoing.due_at = now + _lease()
        outgoing.save(update_fields=["state", "attempt", "attempted_at", "first_attempt_at", "lease_until", "due_at"])
        _moved("outgoing.sending", outgoing)
    return outgoing, account_of(outgoing.channel)


def _settle_unknown(outgoing_id: int) -> None:
    """Find out whether a reply without a receipt stands on the network, before anyone sends it again."""
    outgoing = _take_unknown(outgoing_id)
    if outgoing is None:
        return
    connector = registry.connector(outgoing.channel.network)
    if not able(connector, Capability.READ_BACK):
        _fail(outgoing, RECEIPT_UNREADABLE, "")
        return
    try:
        found = _as_reads_back(connector).find_sent(
            account_of(outgoing.channel),
            _order(outgoing),
            since=_earliest(outgoing),
            known=_receipts_in_thread(outgoing),
        )
    except Refused as error:
        _fail(outgoing, RECEIPT_UNREADABLE, error.words)
    except NetworkError as error:
        pause = error.seconds if isinstance(error, TryLater) else READ_BACK_AGAIN.total_seconds()
        _move(outgoing, OutgoingState.UNKNOWN, due_at=clock.now() + timedelta(seconds=pause))
    else:
        if found is not None:
            _sent(outgoing, found)
        elif outgoing.failure_code == RESTORED:  # it may have been taken back since the backup: a person decides
            _fail(outgoing, RESTORED, "")
        else:
            _move(outgoing, OutgoingState.QUEUED, due_at=clock.now())


def _take_unknown(outgoing_id: int) -> Outgoing | None:
    """The outgoing, UNKNOWN and leased for reading back; None while its lease or the network's time to settle runs."""
    now = clock.now()
    with transaction.atomic():
        outgoing = locked_with_case(outgoing_id=outgoing_id)
        if outgoing is None or outgoing.state not in (OutgoingState.SENDING, OutgoingState.UNKNOWN):
            return None
        if outgoing.lease_until and outgoing.lease_until > now:
            return None
        settled_at = _settled_at(outgoing)
        outgoing.state = OutgoingState.UNKNOWN
        outgoing.due_at = max(settled_at, now + _lease()) if settled_at <= now else settled_at
        outgoing.lease_until = now + _lease() if settled_at <= now else None
        outgoing.save(update_fields=["state", "due_at", "lease_until"])
        _tell(outgoing)
        return outgoing if settled_at <= now else None


def _lease() -> timedelta:
    """Longer than any single call may take (core.http bounds it), so that an ended lease means a dead sender."""
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def _settled_at(outgoing: Outgoing) -> datetime:
    """From when on the last attempt either stands there or never will."""
    settle_seconds = registry.connector(outgoing.channel.network).limits.settle_seconds
    return (outgoing.attempted_at or outgoing.created_at) + _lease() + timedelta(seconds=settle_seconds)


def _earliest(outgoing: Outgoing) -> datetime:
    """No answer is older than what it answers, and that moment is the network's own clock's."""
    ours = (outgoing.first_attempt_at or outgoing.created_at) - CLOCK_SKEW
    return min(ours, outgoing.in_reply_to.posted_at) if outgoing.in_reply_to else ours


def _receipts_in_thread(outgoing: Outgoing) -> frozenset[str]:
    """Receipts of other replies: what stands there for them does not stand there for this one."""
    others = Outgoing.objects.filter(channel=outgoing.channel, parent_native_id=outgoing.parent_native_id)
    return frozenset(others.exclude(pk=outgoing.pk).exclude(native_id="").values_list("native_id", flat=True))


def _sent(outgoing: Outgoing, receipt: Receipt) -> None:
    now = clock.now()
    with transaction.atomic():
        fresh = locked_with_case(outgoing_id=outgoing.pk)
        if fresh is None or fresh.state not in (OutgoingState.SENDING, OutgoingState.UNKNOWN):
            return
        fresh.state, fresh.sent_at, fresh.native_id, fresh.url = OutgoingState.SENT, now, receipt.native_id, receipt.url
        fresh.due_at = fresh.lease_until = None
        fresh.failure_code = fresh.failure_words = ""
        fresh.save()
        _moved("outgoing.sent", fresh)
        if fresh.case is not None:
            _answered(fresh, fresh.case, now)


def _answered(outgoing: Outgoing, case: Case, now: datetime) -> None:
    answered = CasePost.objects.filter(case=case, post=outgoing.in_reply_to)
    answered.update(state=CasePostState.ANSWERED, reason="")
    if case.first_reply_at is None:
        case.first_reply_at = now
        case.save(update_fields=["first_reply_at"])
    note(case=case, act="reply.sent", actor=outgoing.author, outgoing=outgoing.pk)
    settle(case=case)
    if outgoing.then_resolve and not _anything_open(case):
        resolve(case_id=case.pk, actor=outgoing.author)


def _anything_open(case: Case) -> bool:
    """Posts that want an answer, and answers that have not arrived."""
    unsettled = [OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.UNKNOWN, OutgoingState.FAILED]
    return (
        CasePost.objects.filter(case=case, state=CasePostState.OPEN).exists()
        or Outgoing.objects.filter(case=case, state__in=unsettled).exists()
    )


def _later(outgoing: Outgoing, seconds: float) -> None:
    _move(outgoing, OutgoingState.QUEUED, due_at=clock.now() + timedelta(seconds=max(seconds, 1)))


def _unknown(outgoing: Outgoing) -> None:
    _move(outgoing, OutgoingState.UNKNOWN, due_at=_settled_at(outgoing))


def _fail(outgoing: Outgoing, code: str, words: str) -> None:
    _move(outgoing, OutgoingState.FAILED, due_at=None, failure_code=code, failure_words=words[:500])


def _move(
    outgoing: Outgoing,
    state: OutgoingState,
    *,
    due_at: datetime | None,
    failure_code: str = "",
    failure_words: str = "",
) -> None:
    """Step from SENDING or UNKNOWN; nothing happens when somebody else has moved it on meanwhile."""
    with transaction.atomic():
        fresh = locked_with_case(outgoing_id=outgoing.pk)
        if fresh is None or fresh.attempt != outgoing.attempt or fresh.state not in ("SENDING", "UNKNOWN"):
            return
        fresh.state, fresh.due_at, fresh.lease_until = state, due_at, None
        fresh.failure_code, fresh.failure_words = failure_code, failure_words
        fresh.save(update_fields=["state", "due_at", "lease_until", "failure_code", "failure_words"])
        _moved(f"outgoing.{state.lower()}", fresh)
        if state == OutgoingState.FAILED and fresh.case is not None:
            note(case=fresh.case, act="reply.failed", actor=None, outgoing=fresh.pk, code=failure_code)


def _order(outgoing: Outgoing) -> ReplyOrder:
    return ReplyOrder(
        key=str(outgoing.key),
        text=outgoing.text,
        parent_id=outgoing.parent_native_id,
        root_id=outgoing.root_native_id,
        visibility=Visibility(outgoing.visibility),
    )


def _moved(act: str, outgoing: Outgoing) -> None:
    """Record the step, and tell open browsers."""
    audit.record(
        act=act, actor=audit.SYSTEM, thing="outgoing", thing_id=outgoing.pk,
        attempt=outgoing.attempt, code=outgoing.failure_code,
    )  # fmt: skip
    _tell(outgoing)


def _tell(outgoing: Outgoing) -> None:
    if outgoing.case_id is not None:
        notify(case_ids=[outgoing.case_id])


def _as_replies(connector: object) -> Replies:
    return connector  # type: ignore[return-value] # declared by its capabilities; a test in tests/house compares


def _as_reads_back(connector: object) -> ReadsBack:
    return connector  # type: ignore[return-value] # as above
