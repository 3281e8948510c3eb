from __future__ import annotations

from django.db import models
from django.db.models import Q

from resonanz.accounts.models import Team, User
from resonanz.listening.models import Post, Topic, Visible
from resonanz.networks.models import Channel
from resonanz.people.models import Identity


class Intent(models.TextChoices):
    """What somebody wants, as far as triage can tell."""

    COMPLAINT = "COMPLAINT"
    QUESTION = "QUESTION"
    PRAISE = "PRAISE"
    OTHER = "OTHER"


class BusinessCalendar(models.Model):
    """When people work. `periods` is {"0": [["09:00", "17:00"]], …}, Monday is 0; `land` is a German Land or ""."""

    name = models.CharField(max_length=120, unique=True)
    time_zone = models.CharField(max_length=64)
    land = models.CharField(max_length=2, blank=True, default="")
    periods = models.JSONField()

    def __str__(self) -> str:
        return self.name


class ResponseTarget(models.Model):
    """Within how many business minutes an answer is due on a network; "" is every network without its own."""

    network = models.CharField(max_length=32, blank=True, default="", unique=True)
    business_minutes = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.network or '*'}: {self.business_minutes} min"


class Responsibility(models.Model):
    """Who answers what: the more fields are set, the nearer it is; with none but the channel it is the catch-all."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="responsibilities")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.CASCADE)
    intent = models.CharField(max_length=10, choices=Intent, blank=True, default="")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "topic", "intent"], nulls_distinct=False, name="service_responsibility_once"
            )
        ]

    def __str__(self) -> str:
        return f"responsibility {self.pk}"


class CaseState(models.TextChoices):
    """Whether anything is left to do."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"


class Case(models.Model):
    """One matter of one or more people in one thread."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="cases")
    origin = models.CharField(max_length=255, blank=True, default="")
    root_native_id = models.CharField(max_length=512)
    visibility = models.CharField(max_length=8, choices=Visible)
    state = models.CharField(max_length=8, choices=CaseState, default=CaseState.OPEN)
    intent = models.CharField(max_length=10, choices=Intent)
    urgency = models.FloatField(default=0.0)
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.SET_NULL)
    identity = models.ForeignKey(Identity, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    assignee = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases")
    opened_at = models.DateTimeField()
    last_post_at = models.DateTimeField()
    answer_due_at = models.DateTimeField(null=True, blank=True)
    first_reply_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "origin", "root_native_id", "visibility"],
                condition=Q(state="OPEN"),
                name="service_case_open_once",
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN", resolved_at__isnull=True) | Q(state="RESOLVED", resolved_at__isnull=False),
                name="service_case_resolved_when",
            ),
        ]
        indexes = [
            models.Index(fields=["answer_due_at", "id"], condition=Q(state="OPEN"), name="service_case_due"),
            models.Index(
                fields=["assignee", "answer_due_at", "id"], condition=Q(state="OPEN"), name="service_case_mine"
            ),
            models.Index(fields=["team", "answer_due_at", "id"], condition=Q(state="OPEN"), name="service_case_team"),
            models.Index(
                fields=["answer_due_at", "id"],
                condition=Q(state="OPEN", team__isnull=True, assignee__isnull=True),
                name="service_case_nobodys",
            ),
            models.Index(fields=["-resolved_at", "-id"], condition=Q(state="RESOLVED"), name="service_case_resolved"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


class CasePostState(models.TextChoices):
    """What became of one post in a case."""

    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    NONE_NEEDED = "NONE_NEEDED"


class NoneNeeded(models.TextChoices):
    """Why a post needs no answer."""

    CONTEXT = "CONTEXT"
    PRAISE = "PRAISE"
    SPAM = "SPAM"
    TROLL = "TROLL"
    NOT_OURS = "NOT_OURS"
    ANSWERED_ELSEWHERE = "ANSWERED_ELSEWHERE"
    REMOVED = "REMOVED"


class CasePost(models.Model):
    """A post's place in a case, and what became of it there.

    `due_at`: by when an answer was due, by calendar and targets as they were when the post began to wait.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="case_posts")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="case_posts")
    state = models.CharField(max_length=12, choices=CasePostState, default=CasePostState.OPEN)
    reason = models.CharField(max_length=20, choices=NoneNeeded, blank=True, default="")
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "post"], name="service_case_post_once"),
            models.CheckConstraint(
                condition=(Q(state="NONE_NEEDED") & ~Q(reason="")) | (~Q(state="NONE_NEEDED") & Q(reason="")),
                name="service_case_post_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"post {self.post_id} in case {self.case_id}"


class CaseEvent(models.Model):
    """What happened to a case. `act` is a dotted name; `details` holds codes and ids, never words of people.

    `undone_at`: its actor took it back within the time to undo, so it is history no more.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    act = models.CharField(max_length=40)
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    details = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "at"], name="service_case_event_when"),
            models.Index(fields=["actor", "at"], name="service_case_event_by"),
        ]

    def __str__(self) -> str:
        return f"{self.act} on {self.case_id}"


class CaseNote(models.Model):
    """What colleagues tell each other about a case; it never leaves the house. It may name whoever wrote to us."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField()
    delete_on = models.DateField()

    def __str__(self) -> str:
        return f"note {self.pk} on {self.case_id}"


class OutgoingKind(models.TextChoices):
    """What leaves through the one door."""

    REPLY = "REPLY"


class OutgoingState(models.TextChoices):
    """Where it is on its way; `service.outbox` draws the ways between them."""

    DRAFT = "DRAFT"
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    ASSISTED = "ASSISTED"
    CANCELLED = "CANCELLED"


class Outgoing(models.Model):
    """Something we say in public or private. `key` is the same for every attempt at it.

    `then_resolve`: its author wants the case resolved once it is sent and nothing else is open in it.
    """

    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=8, choices=OutgoingKind, default=OutgoingKind.REPLY)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="outgoings")
    in_reply_to = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL, related_name="answers")
    parent_native_id = models.CharField(max_length=512)
    root_native_id = models.CharField(max_length=512)
    visibility = models.CharField(max_length=8, choices=Visible)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    ruling = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=OutgoingState)
    then_resolve = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True, blank=True)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    native_id = models.CharField(max_length=512, blank=True, default="")
    url = models.CharField(max_length=2000, blank=True, default="")
    failure_code = models.CharField(max_length=80, blank=True, default="")
    failure_words = models.CharField(max_length=500, blank=True, default="")
    delete_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="SENDING") | Q(lease_until__isnull=False), name="service_outgoing_sending_leased"
            ),
            models.CheckConstraint(
                condition=~Q(state="SENT") | (Q(sent_at__isnull=False) & ~Q(native_id="")),
                name="service_outgoing_sent_has_receipt",
            ),
            models.UniqueConstraint(
                fields=["channel", "native_id"], condition=~Q(native_id=""), name="service_outgoing_receipt_once"
            ),
            models.UniqueConstraint(
                fields=["case", "author"], condition=Q(state="DRAFT"), name="service_outgoing_draft_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="DRAFT") | Q(due_at__isnull=True, attempt=0), name="service_outgoing_draft_stays"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["QUEUED", "SENDING", "UNKNOWN"]), name="service_outgoing_due"
            ),
            models.Index(fields=["sent_at"], condition=Q(state="SENT"), name="service_outgoing_sent"),
        ]

    def __str__(self) -> str:
        return f"outgoing {self.pk} {self.state}"
