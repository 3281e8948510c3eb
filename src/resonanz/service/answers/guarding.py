"""At the door: whether an answer may leave at this moment, whatever was said of it when it was put on its way.

Who wrote it is still here and may say it, by the version of the guideline in force now; a signature that is needed
stands under exactly these words, and who gave it may still give it.
"""

from __future__ import annotations

from dataclasses import dataclass

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.guidelines.ruling import LEADS, Outcome, Ruling
from resonanz.service.answers.judging import judge
from resonanz.service.answers.signing import signature_of
from resonanz.service.answers.stopping import says_stop
from resonanz.service.models import Case, CasePost, IssueCase, Outgoing, Telling

FORBIDDEN = "outgoing.forbidden"
NEEDS_APPROVAL = "outgoing.needs_approval"
AUTHOR_GONE = "outgoing.author_gone"
AUTHOR_MAY_NOT = "outgoing.author_may_not"
CASE_GONE = "outgoing.case_gone"
MOVED_ON = "outgoing.moved_on"
TELLING_STOPPED = "outgoing.telling_stopped"
ASKED_TO_STOP = "outgoing.asked_to_stop"
STOPPED = frozenset(
    {FORBIDDEN, NEEDS_APPROVAL, AUTHOR_GONE, AUTHOR_MAY_NOT, CASE_GONE, MOVED_ON, TELLING_STOPPED, ASKED_TO_STOP}
)
"""What an answer fails by before it ever left."""


_MOST_READ = 5


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why it does not leave, and the ruling that says so."""

    code: str
    ruling: Ruling | None = None


def newest_place(*, case_id: int) -> int:
    """The last that somebody outside said in a case, by its place there; 0 for nothing."""
    said = CasePost.objects.filter(case_id=case_id, post__speaker="OUTSIDER").order_by("-pk")
    return said.values_list("pk", flat=True).first() or 0


def has_moved_on(*, outgoing: Outgoing) -> bool:
    """Whether somebody wrote since an answer was planned."""
    if outgoing.planned_for is None or outgoing.case_id is None:
        return False
    return newest_place(case_id=outgoing.case_id) > outgoing.newest_place


def said_stop(*, case: Case, author_native_id: str) -> bool:
    """Whether this person asked not to be written to any more, in what they said last in the case."""
    said = CasePost.objects.filter(case=case, post__author_native_id=author_native_id)
    texts = said.order_by("-post__posted_at", "-post_id").values_list("post__text", flat=True)[:_MOST_READ]
    return any(says_stop(text) for text in texts)


def obstacle(*, outgoing: Outgoing) -> Obstacle | None:
    """What stands in its way; None where nothing does. Call with case and answer locked, in the act's transaction."""
    if outgoing.case is None:
        return Obstacle(CASE_GONE)
    author = User.objects.filter(pk=outgoing.author_id or 0, is_active=True).first()
    if author is None:
        return Obstacle(AUTHOR_GONE)
    if has_moved_on(outgoing=outgoing):
        return Obstacle(MOVED_ON)
    if unwanted := _no_more_to_tell(outgoing, outgoing.case):
        return Obstacle(unwanted)
    judged = judge(case=outgoing.case, text=outgoing.text, author=author, at_send=True, post_id=outgoing.in_reply_to_id)
    ruling = judged.ruling
    if ruling.outcome is Outcome.FORBIDDEN:
        return Obstacle(FORBIDDEN, ruling)
    if not may(author, Act.ANSWER):  # a rule of the guideline need not speak of roles
        return Obstacle(AUTHOR_MAY_NOT)
    if ruling.outcome is Outcome.NEEDS_APPROVAL:
        signed = signature_of(outgoing=outgoing, approvers=ruling.approvers or LEADS)
        return None if signed else Obstacle(NEEDS_APPROVAL, ruling)
    return None


def _no_more_to_tell(outgoing: Outgoing, case: Case) -> str:
    """Why a message to all, which may have waited for long, is not for this person any more; "" where it is."""
    telling = IssueCase.objects.filter(outgoing=outgoing).values_list("issue__telling", flat=True).first()
    if telling is None:
        return ""
    if telling == Telling.STOPPED:
        return TELLING_STOPPED
    author = outgoing.in_reply_to.author_native_id if outgoing.in_reply_to else ""
    return ASKED_TO_STOP if said_stop(case=case, author_native_id=author) else ""
