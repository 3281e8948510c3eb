from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from resonanz.accounts.models import Team, User
from resonanz.core import clock
from resonanz.listening.models import Intent, Post, Topic, Visible
from resonanz.networks.models import Channel
from resonanz.people.models import Identity
from resonanz.service.models.words import WORDS


class CaseState(models.TextChoices):
    """Whether anything is left to do."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"


class ClosedBecause(models.TextChoices):
    """How a case ended: with an answer, or why without one."""

    ANSWERED = "ANSWERED"
    PRAISE = "PRAISE"
    SPAM = "SPAM"
    TROLL = "TROLL"
    NOT_OURS = "NOT_OURS"
    ANSWERED_ELSEWHERE = "ANSWERED_ELSEWHERE"
    REMOVED = "REMOVED"
    IN_PRIVATE = "IN_PRIVATE"
    MERGED = "MERGED"


_LATELY = timedelta(hours=1)
_AWAKE = Q(state="OPEN", is_snoozed=False)
_RANK = Func(
    # Moments are turned to UTC and back because only so PostgreSQL knows that the result never changes.
    Func(F("answer_due_at"), template="(%(expressions)s AT TIME ZONE 'UTC')"),
    Func(F("urgency"), template="make_interval(secs => %(expressions)s * 14400)"),
    Func(F("crisis_at"), template="make_interval(days => CASE WHEN %(expressions)s IS NULL THEN 0 ELSE 30 END)"),
    arg_joiner=" - ",
    template="((%(expressions)s) AT TIME ZONE 'UTC')",
    output_field=models.DateTimeField(),
)
"""Where a case stands in lists of work: when its answer is due, up to four hours sooner the more urgent it is, and a
month sooner while it is a crisis. As time passes for all alike, the order stays, and an index holds it."""


class Case(models.Model):
    """One matter of one or more people in one thread; a private one is of one person, `private_with` in the network's
    own words. `network` is where it is said, which a channel that brings from many networks does not tell.

    `claimed_by` works on it until `claimed_until`, unless the lease is renewed; `assignee` is who is responsible.
    `is_snoozed` without `snoozed_until`: until the person writes again. `returned_at`: it came back, and nobody looked.
    `resolution_since` is when our present turn began, and null while it is the person's: then the time for a resolution
    stands still. `resolution_used_seconds` are the business seconds that earlier turns of ours took.
    `merged_into`: what stood in it stands in that one now, and what comes in its thread goes there; never more than one
    step (`service.work.merging`). `split_from`: it was part of that one, and its `root_native_id` is where the part of
    the thread begins (`service.work.splitting`).
    `names_employees`: somebody in it named one of our colleagues, as far as they were known then (`service.naming`).
    `urgency` is that of its posts with how far they spread (`service.times.weighing`), and `rank_at` its place in lists
    of work. `crisis_at`: since when it holds a post that somebody has to look at at once (`service.work.crises`).
    """

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="cases")
    network = models.CharField(max_length=32)
    origin = models.CharField(max_length=255, blank=True, default="")
    root_native_id = models.CharField(max_length=512)
    visibility = models.CharField(max_length=8, choices=Visible)
    private_with = models.CharField(max_length=512, blank=True, default="")
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
    resolution_due_at = models.DateTimeField(null=True, blank=True)
    resolution_since = models.DateTimeField(null=True, blank=True)
    resolution_used_seconds = models.PositiveIntegerField(default=0)
    breached_clause = models.CharField(max_length=40, blank=True, default="")
    closed_because = models.CharField(max_length=20, choices=ClosedBecause, blank=True, default="")
    claimed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="claimed_cases", db_index=False
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    is_snoozed = models.BooleanField(default=False)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="absorbed", db_index=False
    )
    split_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="parts", db_index=False
    )
    names_employees = models.BooleanField(default=False)
    crisis_at = models.DateTimeField(null=True, blank=True)
    rank_at = models.GeneratedField(expression=_RANK, output_field=models.DateTimeField(), db_persist=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "network", "origin", "root_native_id", "visibility", "private_with"],
                condition=Q(state="OPEN"),
                name="service_case_open_once",
            ),
            models.CheckConstraint(condition=~Q(network=""), name="service_case_somewhere"),
            models.CheckConstraint(
                condition=Q(state="OPEN", resolved_at__isnull=True) | Q(state="RESOLVED", resolved_at__isnull=False),
                name="service_case_resolved_when",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | Q(claimed_until__isnull=False), name="service_case_claim_ends"
            ),
            models.CheckConstraint(
                condition=Q(is_snoozed=True, state="OPEN") | Q(is_snoozed=False, snoozed_until__isnull=True),
                name="service_case_snoozed_open",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state="RESOLVED", closed_because="MERGED"),
                name="service_case_merged_is_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["answer_due_at", "id"], condition=Q(state="OPEN"), name="service_case_due"),
            models.Index(fields=["rank_at", "id"], condition=Q(state="OPEN"), name="service_case_ranked"),
            models.Index(fields=["assignee", "rank_at", "id"], condition=_AWAKE, name="service_case_mine_ranked"),
            models.Index(fields=["team", "rank_at", "id"], condition=_AWAKE, name="service_case_team_ranked"),
            models.Index(
                fields=["rank_at", "id"],
                condition=_AWAKE & Q(team__isnull=True, assignee__isnull=True),
                name="service_case_nobody_ranked",
            ),
            models.Index(
                fields=["claimed_by", "rank_at", "id"],
                condition=Q(claimed_by__isnull=False),
                name="service_case_claimed_ranked",
            ),
            models.Index(
                fields=["crisis_at"], condition=Q(state="OPEN", crisis_at__isnull=False), name="service_case_crisis"
            ),
            models.Index(fields=["snoozed_until"], condition=Q(is_snoozed=True), name="service_case_snoozed"),
            models.Index(fields=["-returned_at"], condition=Q(returned_at__isnull=False), name="service_case_returned"),
            models.Index(fields=["-resolved_at", "-id"], condition=Q(state="RESOLVED"), name="service_case_resolved"),
            models.Index(
                fields=["resolved_at"],
                condition=Q(state="RESOLVED", names_employees=True),
                name="service_case_naming",
            ),
            models.Index(
                fields=["resolution_due_at"],
                condition=Q(state="OPEN", resolution_due_at__isnull=False),
                name="service_case_resolution_due",
            ),
            models.Index(
                fields=["channel", "root_native_id"],
                condition=Q(merged_into__isnull=False),
                name="service_case_merged",
            ),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="service_case_absorbed"),
            models.Index(fields=["split_from"], condition=Q(split_from__isnull=False), name="service_case_parts"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    @property
    def is_held(self) -> bool:
        """Whether somebody works on it right now."""
        return self.claimed_by_id is not None and self.claimed_until is not None and self.claimed_until > clock.now()

    @property
    def is_free_again(self) -> bool:
        """Whether somebody did until lately."""
        lately = clock.now() - _LATELY
        return self.state == CaseState.OPEN and not self.is_held and (self.claimed_until or lately) > lately


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
    IN_PRIVATE = "IN_PRIVATE"


class CasePost(models.Model):
    """A post's place in a case, and what became of it there.

    `due_at`: by when an answer was due, by calendar and targets as they were when the post began to wait, and
    `due_because` how that came about (`service.times.deadlines`). `alarm_at`: when the hard alarm on the wall clock
    rings.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="case_posts")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="case_posts")
    state = models.CharField(max_length=12, choices=CasePostState, default=CasePostState.OPEN)
    reason = models.CharField(max_length=20, choices=NoneNeeded, blank=True, default="")
    due_at = models.DateTimeField(null=True, blank=True)
    due_because = models.JSONField(default=dict, blank=True)
    alarm_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["alarm_at"], condition=Q(state="OPEN", alarm_at__isnull=False), name="service_case_post_alarm"
            )
        ]
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

    class Meta:
        indexes = [GinIndex(WORDS, name="service_case_note_words")]

    def __str__(self) -> str:
        return f"note {self.pk} on {self.case_id}"


class NoteMention(models.Model):
    """That a note calls a colleague by @: they are told, and find the case by it."""

    note = models.ForeignKey(CaseNote, on_delete=models.CASCADE, related_name="mentions", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "user"], name="service_note_mention_once")]

    def __str__(self) -> str:
        return f"colleague {self.user_id} in note {self.note_id}"
