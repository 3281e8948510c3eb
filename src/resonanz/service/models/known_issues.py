"""Known issues: one cause behind many cases, with one owner, released wordings, and one message once it is solved."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from resonanz.accounts.models import Brand, User
from resonanz.listening.models import Topic
from resonanz.service.models.cases import Case
from resonanz.service.models.outgoing import Outgoing


class IssueState(models.TextChoices):
    """Whether the cause still stands."""

    OPEN = "OPEN"
    SOLVED = "SOLVED"


class Telling(models.TextChoices):
    """How far it is told to everybody that the issue is solved."""

    NOT_BEGUN = "NOT_BEGUN"
    RUNNING = "RUNNING"
    DONE = "DONE"
    STOPPED = "STOPPED"


class KnownIssue(models.Model):
    """A cause that many people write about. `words`: what posts about it say, to suggest cases (`listening.query`'s
    plain words, between commas). `teller` begins the message to all and stands for it; `moved_at`: it went on then."""

    title = models.CharField(max_length=120)
    brand = models.ForeignKey(Brand, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="known_issues")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    words = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=8, choices=IssueState, default=IssueState.OPEN)
    opened_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True, blank=True)
    telling = models.CharField(max_length=9, choices=Telling, default=Telling.NOT_BEGUN)
    teller = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    moved_at = models.DateTimeField(null=True, blank=True)
    delete_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="OPEN", solved_at__isnull=True, telling="NOT_BEGUN")
                | Q(state="SOLVED", solved_at__isnull=False),
                name="service_known_issue_solved_when",
            )
        ]

    def __str__(self) -> str:
        return f"known issue {self.pk} {self.state}"


class Occasion(models.TextChoices):
    """When a wording is said: while people wait, or once to all at the end."""

    OPEN = "OPEN"
    SOLVED = "SOLVED"


class WordingState(models.TextChoices):
    """Whether a wording may be said."""

    DRAFT = "DRAFT"
    AWAITING = "AWAITING"
    RELEASED = "RELEASED"


class IssueWording(models.Model):
    """What is said about an issue in one language. Changed, it is a DRAFT again.

    `approvers` is the record of guidelines.ruling.Approvers while a signature is AWAITED, and stays where one was
    given: `signed_by` then signed these very words, `text_hash`.
    """

    issue = models.ForeignKey(KnownIssue, on_delete=models.CASCADE, related_name="wordings")
    occasion = models.CharField(max_length=6, choices=Occasion)
    language = models.CharField(max_length=8)
    text = models.TextField()
    state = models.CharField(max_length=8, choices=WordingState, default=WordingState.DRAFT)
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    clause = models.CharField(max_length=120, blank=True, default="")
    approvers = models.JSONField(default=dict, blank=True)
    text_hash = models.CharField(max_length=64, blank=True, default="")
    changed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "occasion", "language"], name="service_issue_wording_once"),
            models.CheckConstraint(
                condition=Q(state="RELEASED", released_at__isnull=False)
                | (~Q(state="RELEASED") & Q(released_at__isnull=True)),
                name="service_issue_wording_released_when",
            ),
        ]

    def __str__(self) -> str:
        return f"wording {self.pk} of known issue {self.issue_id}"


class BoundState(models.TextChoices):
    """What became of a bound case once the issue was solved."""

    BOUND = "BOUND"
    TOLD = "TOLD"
    LEFT_OUT = "LEFT_OUT"


class LeftOut(models.TextChoices):
    """Why somebody is not told."""

    STOP = "STOP"
    SUPPRESSED = "SUPPRESSED"
    ANSWERED_BY_HAND = "ANSWERED_BY_HAND"
    TOLD_ELSEWHERE = "TOLD_ELSEWHERE"
    NO_WORDING = "NO_WORDING"
    NOBODY_TO_ANSWER = "NOBODY_TO_ANSWER"
    NOT_ALLOWED = "NOT_ALLOWED"
    BY_HAND_ONLY = "BY_HAND_ONLY"
    TAKEN_BACK = "TAKEN_BACK"


class IssueCase(models.Model):
    """That a case is about a known issue; `outgoing` is the one message that told its person that it is solved."""

    issue = models.ForeignKey(KnownIssue, on_delete=models.CASCADE, related_name="bound")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="known_issues")
    bound_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    bound_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=BoundState, default=BoundState.BOUND)
    why = models.CharField(max_length=16, choices=LeftOut, blank=True, default="")
    outgoing = models.OneToOneField(
        Outgoing, null=True, blank=True, on_delete=models.SET_NULL, related_name="told_of_issue"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "case"], name="service_issue_case_once"),
            models.CheckConstraint(
                condition=Q(state="LEFT_OUT") & ~Q(why="") | ~Q(state="LEFT_OUT") & Q(why=""),
                name="service_issue_case_left_out_because",
            ),
        ]
        indexes = [models.Index(fields=["issue", "id"], condition=Q(state="BOUND"), name="service_issue_case_to_tell")]

    def __str__(self) -> str:
        return f"case {self.case_id} of known issue {self.issue_id}"
