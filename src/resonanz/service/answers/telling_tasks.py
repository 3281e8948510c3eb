"""The job that tells everybody of a solved issue. It stands apart, because what it calls puts answers on the queue."""

from __future__ import annotations

from resonanz.accounts.models import User
from resonanz.core.jobs import job
from resonanz.service.answers import telling_solved
from resonanz.service.models import KnownIssue


@job(name="service.tell_solved")
def tell_solved(*, issue_id: int, **_: object) -> None:
    """Some of those whose case is about an issue that was solved, and the others after them."""
    if telling_solved.go_on(issue_id=issue_id):
        tell_solved.later(issue_id=issue_id)


def tell_everybody(*, issue_id: int, actor: User) -> KnownIssue:
    """Begin, and put it on the queue; raises as `telling_solved.begin`."""
    issue = telling_solved.begin(issue_id=issue_id, actor=actor)
    tell_solved.later(issue_id=issue_id)
    return issue


def revive_tellings() -> None:
    """Put those on the queue again whose job was lost."""
    for issue_id in telling_solved.stalled():
        tell_solved.later(issue_id=issue_id)
