"""The right to sign: who may, under which words, and whether a signature still holds.

Roles, teams and who is still here are always read as they are now; a signature is for exactly one wording.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from resonanz.accounts.access import ACTS_BY_ROLE, Act, may
from resonanz.accounts.models import Membership, User
from resonanz.core import clock
from resonanz.guidelines.ruling import Approvers
from resonanz.service.models import Approval, ApprovalState, Case, CasePost, CaseState, Outgoing, OutgoingState

_SIGNING_ROLES = [role for role, acts in ACTS_BY_ROLE.items() if Act.ANSWER in acts]


def hash_of(text: str) -> str:
    """What a signature under mere words is for."""
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(*, outgoing: Outgoing, text: str) -> str:
    """What a signature under an answer in these words is for: with its pictures, and with what is said of them."""
    shown = list(outgoing.attachments.order_by("place").values_list("digest", "alt"))
    return hash_of(text if not shown else repr((text, shown)))


def thread_mark(*, case: Case) -> str:
    """Changes when somebody says something in the case, changes or removes it, or an answer of ours arrives."""
    said = CasePost.objects.filter(case=case).order_by("pk").values_list("pk", "post__edited_at")
    ours = Outgoing.objects.filter(case=case, state=OutgoingState.SENT).order_by("pk").values_list("pk", flat=True)
    return hashlib.sha256(repr((list(said), list(ours))).encode()).hexdigest()


def may_sign(*, user: User, approvers: Approvers, author_id: int | None, since: datetime | None) -> bool:
    """Whether `user` may sign what the author wrote. From `since` on deputies may; None: no time was set.

    Nobody signs their own words, unless the guideline names them, as a person; and nobody signs who may not answer.
    """
    if not may(user, Act.ANSWER):
        return False
    if user.pk in approvers.people:
        return True
    if user.pk == author_id:
        return False
    if user.role in approvers.roles or _in_one_of(user, approvers.teams):
        return True
    return is_deputy(user=user, approvers=approvers, since=since)


def is_deputy(*, user: User, approvers: Approvers, since: datetime | None) -> bool:
    """Whether `user` stands in for those who may sign: once their time is over, or at once where none was set."""
    return user.pk in approvers.deputies and time_is_over(since=since)


def time_is_over(*, since: datetime | None) -> bool:
    """Whether deputies may sign by now."""
    return since is None or since <= clock.now()


def signature_of(*, outgoing: Outgoing, approvers: Approvers) -> Approval | None:
    """The signature under exactly these words and pictures by somebody who may still give it; call with it locked."""
    latest = outgoing.approvals.order_by("-pk").first()
    if latest is None or latest.state != ApprovalState.APPROVED:
        return None
    if latest.text_hash != fingerprint(outgoing=outgoing, text=outgoing.text):
        return None
    signer = User.objects.filter(pk=latest.decided_by_id or 0).first()
    since = None if latest.as_deputy else latest.due_at
    if signer is None:
        return None
    holds = may_sign(user=signer, approvers=approvers, author_id=outgoing.author_id, since=since)
    return latest if holds else None


def signers(*, approvers: Approvers, author_id: int | None, with_deputies: bool = False) -> QuerySet[User]:
    """Who may sign now, by name."""
    found = Q(role__in=approvers.roles) | Q(teams__in=approvers.teams)
    if with_deputies:
        found |= Q(pk__in=approvers.deputies)
    others = found & ~Q(pk=author_id) if author_id is not None else found
    named = Q(pk__in=approvers.people)
    here = User.objects.filter(is_active=True, role__in=_SIGNING_ROLES)
    return here.filter(others | named).distinct().order_by("name", "pk")


COUNT_SIGNABLE = """
SELECT count(*) FROM (
    SELECT 1 FROM service_approval asked
    JOIN service_outgoing answer ON answer.id = asked.outgoing_id AND answer.state = 'AWAITING'
    JOIN service_case ON service_case.id = answer.case_id AND service_case.state = 'OPEN'
    WHERE asked.state = 'WAITING' AND (
        asked.approvers->'people' @> to_jsonb(%(user)s::bigint)
        OR asked.requested_by_id IS DISTINCT FROM %(user)s AND (
            asked.approvers->'roles' ? %(role)s
            OR EXISTS (
                SELECT FROM accounts_membership
                WHERE user_id = %(user)s AND asked.approvers->'teams' @> to_jsonb(team_id))
            OR (asked.due_at IS NULL OR asked.due_at <= %(now)s)
                AND asked.approvers->'deputies' @> to_jsonb(%(user)s::bigint)))
    UNION ALL
    SELECT 1 FROM service_moderation asked
    WHERE asked.state = 'AWAITING' AND asked.case_id IS NOT NULL AND (
        asked.ruling->'approvers'->'people' @> to_jsonb(%(user)s::bigint)
        OR asked.actor_id IS DISTINCT FROM %(user)s AND (
            asked.ruling->'approvers'->'roles' ? %(role)s
            OR EXISTS (
                SELECT FROM accounts_membership
                WHERE user_id = %(user)s AND asked.ruling->'approvers'->'teams' @> to_jsonb(team_id))))
    LIMIT %(most)s) signable
"""
"""How many `signable_by` finds, and acts of moderation that wait, as a part of the one query that every page asks."""


def signable_by(*, user: User) -> QuerySet[Approval]:
    """The requests this colleague may sign now; the same rule as `may_sign`, as a query."""
    if not may(user, Act.ANSWER):
        return Approval.objects.none()
    named = Q(approvers__people__contains=[user.pk])
    shared = Q(approvers__roles__contains=[user.role])
    for team_id in Membership.objects.filter(user=user).values_list("team_id", flat=True):
        shared |= Q(approvers__teams__contains=[team_id])
    over = Q(due_at__isnull=True) | Q(due_at__lte=clock.now())
    shared |= over & Q(approvers__deputies__contains=[user.pk])
    others = shared & (~Q(requested_by=user) | Q(requested_by__isnull=True))
    return Approval.objects.filter(
        named | others,
        state=ApprovalState.WAITING,
        outgoing__state=OutgoingState.AWAITING,
        outgoing__case__state=CaseState.OPEN,
    )


@dataclass(frozen=True, slots=True)
class Overdue:
    """A request whose time is over, and who may sign it by now, deputies among them."""

    approval_id: int
    outgoing_id: int
    case_id: int
    due_at: datetime
    signer_ids: tuple[int, ...]
    deputy_ids: tuple[int, ...]


def overdue(*, within: timedelta = timedelta()) -> list[Overdue]:
    """Requests whose time is over, or will be `within`, soonest first, for whoever reminds people."""
    late = Approval.objects.filter(
        state=ApprovalState.WAITING, due_at__lte=clock.now() + within, outgoing__case__isnull=False
    )
    return [_overdue(asked) for asked in late.select_related("outgoing").order_by("due_at", "pk")]


def _overdue(asked: Approval) -> Overdue:
    approvers = Approvers.from_record(asked.approvers)
    author_id = asked.outgoing.author_id
    first = set(signers(approvers=approvers, author_id=author_id).values_list("pk", flat=True))
    everybody = signers(approvers=approvers, author_id=author_id, with_deputies=True)
    deputies = set(everybody.values_list("pk", flat=True)) - first
    due_at = asked.due_at or asked.requested_at
    return Overdue(
        asked.pk, asked.outgoing_id, asked.outgoing.case_id or 0, due_at, tuple(sorted(first)), tuple(sorted(deputies))
    )


def _in_one_of(user: User, team_ids: tuple[int, ...]) -> bool:
    return bool(team_ids) and Membership.objects.filter(user=user, team_id__in=team_ids).exists()
