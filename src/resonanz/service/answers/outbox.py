"""The one door out. Nothing is said twice, nothing is lost, and nothing leaves that may not be said at that moment.

    QUEUED ──► FAILED                  the guideline in force now stands against it, or a signature is missing
       └─────► SENDING ──► SENT        the network's receipt
                  ├──────► ASSISTED    the network takes no answer here: a person posts it there
                  ├──────► QUEUED      try later: nothing took effect there
                  ├──────► FAILED      refused, in the network's words
                  └──────► UNKNOWN     no answer, or our process died: it may stand there
    UNKNOWN ─────────────► SENT        read back: it stands there
                  └──────► QUEUED      read back: it does not, and no longer can

Its pictures are brought there before, while it is QUEUED: until the answer names them nobody reads them.

Before each attempt the answer is judged anew, in the transaction that begins it. SENDING is committed, with attempt
and lease, before the call. Whoever finds a SENDING whose lease has ended makes it UNKNOWN; it is read back after the
time in which the network could still let it take effect.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.connections import applications
from resonanz.networks.connections.channels import account_of, has_newer_token
from resonanz.networks.contract import Account, Capability, ReadsBack, Receipt, Replies, ReplyOrder, Visibility, able
from resonanz.networks.errors import (
    ApplicationRefused,
    NetworkError,
    NoAnswer,
    NotAuthorised,
    Refused,
    TryLater,
    Unsupported,
)
from resonanz.networks.models import Channel
from resonanz.privacy import audit
from resonanz.service.answers import addressing, guarding, uploading
from resonanz.service.cases import end_requests, locked_with_case, note, resolve, settle
from resonanz.service.models import (
    Approval,
    ApprovalState,
    Case,
    CasePost,
    CasePostState,
    Outgoing,
    OutgoingState,
    Proof,
)
from resonanz.service.notices import notify
from resonanz.service.work import declarations
from resonanz.service.work.giving_back import keep_words

READ_BACK_AGAIN = timedelta(seconds=60)
PICTURE_AGAIN = timedelta(seconds=60)
WORKED_ON = timedelta(seconds=3)
"""How soon to ask again whether the network is done with a picture."""
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
    """After a restore: what the backup holds as waiting may have been signed and sent since, so it is looked for."""
    with transaction.atomic():
        waiting = [OutgoingState.AWAITING, OutgoingState.QUEUED, OutgoingState.SENDING]
        moving = Outgoing.objects.filter(state__in=waiting)
        Approval.objects.filter(outgoing__in=moving, state=ApprovalState.WAITING).update(
            state=ApprovalState.SUPERSEDED, decided_at=clock.now()
        )
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
    while (claimed := _claim(outgoing_id)) is not None:
        outgoing, account = claimed
        if outgoing.state == OutgoingState.SENDING:
            return _say(outgoing, account)
        if not _bring_picture(outgoing, account):
            return None
    return None


def _bring_picture(outgoing: Outgoing, account: Account) -> bool:
    """Bring the next picture of what is QUEUED and kept from others by its due time; whether it may go on at once."""
    picture = uploading.next_to_bring(outgoing=outgoing)
    try:
        ready = picture is None or uploading.bring(picture=picture, network=outgoing.channel.network, account=account)
    except TryLater as error:
        _later(outgoing, error.seconds)
    except NoAnswer:
        _later(outgoing, PICTURE_AGAIN.total_seconds())
    except NetworkError as error:
        _fail(outgoing, error.code, error.words if isinstance(error, Refused) else "")
    else:
        due_at = clock.now() if ready else clock.now() + WORKED_ON
        Outgoing.objects.filter(pk=outgoing.pk, state=OutgoingState.QUEUED).update(due_at=due_at)
        return ready
    return False


def _say(outgoing: Outgoing, account: Account) -> None:
    connector = registry.connector(outgoing.channel.network)
    try:
        if not able(connector, Capability.REPLY):
            raise Unsupported(network=connector.name)
        receipt = _as_replies(connector).reply(account, _order(outgoing))
    except TryLater as error:
        _later(outgoing, error.seconds)
    except Refused as error:
        _fail(outgoing, error.code, error.words)
    except Unsupported as error:
        _move(outgoing, OutgoingState.ASSISTED, due_at=clock.now(), failure_code=error.code)
    except NotAuthorised as error:
        if isinstance(error, ApplicationRefused):
            applications.note_refused(network=outgoing.channel.network)
        if has_newer_token(channel=outgoing.channel):
            _later(outgoing, 1)
        else:
            _fail(outgoing, error.code, "")
    except (NoAnswer, NetworkError):
        _unknown(outgoing)
    else:
        arrived(outgoing_id=outgoing.pk, receipt=receipt)


def _claim(outgoing_id: int) -> tuple[Outgoing, Account] | None:
    """Commit SENDING with attempt and lease before it leaves; None when it is not (or no longer) to be sent.

    Where a picture is to be brought first it stays QUEUED, and is due only when that can no longer be going on.
    """
    now = clock.now()
    with transaction.atomic():
        outgoing = locked_with_case(outgoing_id=outgoing_id)
        if outgoing is None or outgoing.state != OutgoingState.QUEUED or (outgoing.due_at and outgoing.due_at > now):
            return None
        stopped = guarding.obstacle(outgoing=outgoing)
        if stopped is not None:
            stop(outgoing=outgoing, stopped=stopped)
            return None
        if uploading.next_to_bring(outgoing=outgoing) is not None:
            outgoing.due_at = now + _lease()
            outgoing.save(update_fields=["due_at"])
            return outgoing, account_of(outgoing.channel)
        outgoing.state = OutgoingState.SENDING
        outgoing.attempt += 1
        outgoing.attempted_at = now
        outgoing.first_attempt_at = outgoing.first_attempt_at or now
        outgoing.lease_until = outgoing.due_at = now + _lease()
        outgoing.save(update_fields=["state", "attempt", "attempted_at", "first_attempt_at", "lease_until", "due_at"])
        _moved("outgoing.sending", outgoing)
    return outgoing, account_of(outgoing.channel)


def stop(*, outgoing: Outgoing, stopped: guarding.Obstacle) -> None:
    """It does not leave, and says why; its words are its author's draft, too. Call with it locked."""
    outgoing.state, outgoing.due_at, outgoing.failure_code = OutgoingState.FAILED, None, stopped.code
    if stopped.ruling is not None:
        outgoing.ruling = stopped.ruling.as_record()
    outgoing.save(update_fields=["state", "due_at", "failure_code", "ruling"])
    _moved("outgoing.failed", outgoing)
    clause = stopped.ruling.clause if stopped.ruling else ""
    if outgoing.case is not None:
        note(case=outgoing.case, act="reply.failed", actor=None, outgoing=outgoing.pk, code=stopped.code, clause=clause)
    if outgoing.author is not None and outgoing.author.is_active:
        keep_words(outgoing=outgoing, owner=outgoing.author)


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
        found = find_there(outgoing)
    except Refused as error:
        _fail(outgoing, RECEIPT_UNREADABLE, error.words)
    except NetworkError as error:
        pause = error.seconds if isinstance(error, TryLater) else READ_BACK_AGAIN.total_seconds()
        _move(outgoing, OutgoingState.UNKNOWN, due_at=clock.now() + timedelta(seconds=pause))
    else:
        if found is not None:
            arrived(outgoing_id=outgoing.pk, receipt=found)
        elif outgoing.failure_code == RESTORED:  # it may have been taken back since the backup: a person decides
            _fail(outgoing, RESTORED, "")
        else:
            _move(outgoing, OutgoingState.QUEUED, due_at=clock.now())


def find_there(outgoing: Outgoing) -> Receipt | None:
    """The answer as it stands on a network that can READ_BACK; raises a NetworkError."""
    connector = registry.connector(outgoing.channel.network)
    return _as_reads_back(connector).find_sent(
        account_of(outgoing.channel),
        _order(outgoing),
        since=_earliest(outgoing),
        known=_receipts_in_thread(outgoing),
    )


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
    """Receipts of other replies: what stands there for them does not stand there for this one.

    Networks look for an answer in a whole conversation, too, where each message may have had one with the same words.
    """
    thread = Q(parent_native_id=outgoing.parent_native_id)
    if outgoing.root_native_id:
        thread |= Q(root_native_id=outgoing.root_native_id)
    others = Outgoing.objects.filter(thread, channel=outgoing.channel)
    return frozenset(others.exclude(pk=outgoing.pk).exclude(native_id="").values_list("native_id", flat=True))


def arrived(
    *, outgoing_id: int, receipt: Receipt, at: datetime | None = None, proof: Proof | None = None, no_address: str = ""
) -> Outgoing | None:
    """It stands on its network: by the network's word, or, posted by hand, by this `proof`; None when it was settled.

    `at`: when it was said there, where that is known.
    """
    now = clock.now()
    expected = (OutgoingState.SENDING, OutgoingState.UNKNOWN) if proof is None else (OutgoingState.ASSISTED,)
    with transaction.atomic():
        fresh = locked_with_case(outgoing_id=outgoing_id)
        if fresh is None or fresh.state not in expected:
            return None
        fresh.state, fresh.native_id, fresh.url = OutgoingState.SENT, receipt.native_id, receipt.url
        fresh.sent_at, fresh.proof, fresh.no_address = at or now, proof or "", no_address
        fresh.due_at = fresh.lease_until = None
        fresh.failure_code = fresh.failure_words = ""
        fresh.save()
        _moved("outgoing.sent", fresh)
        if fresh.case is not None:
            _answered(fresh, fresh.case, at or now)
    return fresh


def _answered(outgoing: Outgoing, case: Case, now: datetime) -> None:
    answered = CasePost.objects.filter(case=case, post=outgoing.in_reply_to)
    answered.update(state=CasePostState.ANSWERED, reason="")
    if case.first_reply_at is None:
        case.first_reply_at = now
        case.save(update_fields=["first_reply_at"])
    note(case=case, act="reply.sent", actor=outgoing.author, outgoing=outgoing.pk)
    if outgoing.in_reply_to_id is not None:
        end_requests(case=case, post_id=outgoing.in_reply_to_id)
    settle(case=case)
    if outgoing.then_resolve and outgoing.author is not None and not _anything_open(case):
        resolve(case_id=case.pk, actor=outgoing.author)


def _anything_open(case: Case) -> bool:
    """Posts that want an answer, answers that have not arrived, declarations that nobody has dealt with."""
    unsettled = [
        OutgoingState.AWAITING, OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.UNKNOWN,
        OutgoingState.FAILED, OutgoingState.ASSISTED,
    ]  # fmt: skip
    return (
        CasePost.objects.filter(case=case, state=CasePostState.OPEN).exists()
        or Outgoing.objects.filter(case=case, state__in=unsettled).exists()
        or bool(declarations.waiting(case_ids=[case.pk]))
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
    """Step from SENDING or UNKNOWN, or from QUEUED before it was said; nothing happens when somebody moved it on."""
    with transaction.atomic():
        fresh = locked_with_case(outgoing_id=outgoing.pk)
        if (
            fresh is None
            or fresh.attempt != outgoing.attempt
            or fresh.state not in {"SENDING", "UNKNOWN", outgoing.state}
        ):
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
        picture_ids=uploading.ids_there(outgoing=outgoing),
        is_addressed=addressing.is_answerable(channel=outgoing.channel, post=outgoing.in_reply_to),
        until=addressing.ends_at(channel=outgoing.channel, post=outgoing.in_reply_to, visibility=outgoing.visibility),
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
        notify(case_ids=[outgoing.case_id], stays=True)


def _as_replies(connector: object) -> Replies:
    return connector  # type: ignore[return-value] # declared by its capabilities; a test in tests/house compares


def _as_reads_back(connector: object) -> ReadsBack:
    return connector  # type: ignore[return-value] # as above
