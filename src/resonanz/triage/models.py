from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from resonanz.accounts.models import User
from resonanz.listening.models import Post


class Evaluation(models.Model):
    """What the judges believe of a post. `labels` is {label: {value, probability, unsure, because, version}}.

    `chances` is {label: probability of a yes} of every label, of the sentiment that of the decision: few labels hold,
    so `labels` has not all of them, and where the judges hesitate, and how that moves over weeks, is asked for each.
    """

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="evaluation")
    language = models.CharField(max_length=8, blank=True, default="")
    sentiment = models.CharField(max_length=8, blank=True, default="")
    is_question = models.BooleanField(default=False)
    is_complaint = models.BooleanField(default=False)
    is_offence = models.BooleanField(default=False)
    urgency = models.FloatField(default=0.0)
    labels = models.JSONField(default=dict)
    chances = models.JSONField(default=dict, db_default={})
    evaluated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"evaluation of {self.post_id}"


class Likeness(models.Model):
    """How a post's text is found again (`triage.near_duplicates`), and with which others it says nearly the same.

    `alike` is the same number for all of them, the id of the first; None where a post stands alone. Only the first
    holds `bands`: what is like a follower is like the first, and of a thousand copies one is compared.
    """

    post = models.OneToOneField(Post, on_delete=models.CASCADE, primary_key=True, related_name="likeness")
    digest = models.BigIntegerField()
    bands = ArrayField(models.BigIntegerField(), default=list)
    alike = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["digest", "post"], name="triage_likeness_same"),
            GinIndex(fields=["bands"], name="triage_likeness_near"),
            models.Index(fields=["alike", "post"], condition=Q(alike__isnull=False), name="triage_likeness_alike"),
        ]

    def __str__(self) -> str:
        return f"likeness of {self.post_id}"


class How(models.TextChoices):
    """Why somebody looked: found by oneself, shown as doubtful, drawn, shown for a second word, or an example."""

    OWN = "OWN"
    UNSURE = "UNSURE"
    RANDOM = "RANDOM"
    AGAIN = "AGAIN"
    EXAMPLE = "EXAMPLE"


class Feedback(models.Model):
    """A person's word on a label: a correction or a confirmation, with what the judge had said, and which one.

    `in_clean_sample`: it belongs to the sample that heads are measured on and never learn from. `agreed`: whether a
    second person said the same of a post of that sample. Who they were is forgotten after the day.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="feedback")
    label = models.CharField(max_length=32)
    value = models.CharField(max_length=16)
    judged_value = models.CharField(max_length=16)
    judged_probability = models.FloatField(null=True)
    version = models.CharField(max_length=64)
    how = models.CharField(max_length=7, choices=How, default=How.OWN)
    in_clean_sample = models.BooleanField(default=False)
    agreed = models.BooleanField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    second_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "label"], name="triage_feedback_once")]
        indexes = [
            models.Index(fields=["label", "at"], name="triage_feedback_of_label"),
            models.Index(
                fields=["at"], condition=Q(by__isnull=False) | Q(second_by__isnull=False), name="triage_feedback_signed"
            ),
        ]

    def __str__(self) -> str:
        return f"feedback on {self.label} of {self.post_id}"


class CompanyLabel(models.Model):
    """A yes-or-no label that the company defines itself by examples."""

    name = models.CharField(max_length=60)
    description = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="triage_company_label_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """What evaluations and feedback call it, whatever its name."""
        return f"own-{self.pk}"


class LabelExample(models.Model):
    """A text that somebody typed to show what a label of the company means, or does not mean."""

    label = models.ForeignKey(CompanyLabel, on_delete=models.CASCADE, related_name="examples")
    text = models.TextField()
    value = models.BooleanField()
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"example {self.pk} of {self.label_id}"


class Place(models.TextChoices):
    """What a head is to its label: it judges, it is offered, or it judged before and can be gone back to."""

    CHAMPION = "CHAMPION"
    CHALLENGER = "CHALLENGER"
    EARLIER = "EARLIER"


class LearntHead(models.Model):
    """What was learnt of a label from the company's own feedback.

    `weights` is packed by `learning.weights`; `code` names the features they stand on. `learnt_from` is [[kind, id,
    keyed hash of the text]], so that a text that is gone, masked or changed is noticed. `figures` are those on the
    clean sample, `base` how it judged recent posts when it was made.
    """

    label = models.CharField(max_length=32)
    place = models.CharField(max_length=10, choices=Place)
    version = models.CharField(max_length=64)
    code = models.CharField(max_length=32)
    weights = models.BinaryField()
    learnt_from = models.JSONField(default=list)
    texts = models.PositiveIntegerField()
    figures = models.JSONField(default=dict)
    base = models.JSONField(default=dict)
    trained_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["label", "place"],
                condition=Q(place__in=["CHAMPION", "CHALLENGER"]),
                name="triage_head_one_of_each",
            )
        ]

    def __str__(self) -> str:
        return f"{self.place.lower()} of {self.label}"


class RunKind(models.TextChoices):
    """What is done in the background."""

    REFIT = "REFIT"
    REEVALUATE = "REEVALUATE"


class RunState(models.TextChoices):
    """How far it is."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


UNDER_WAY = [RunState.WAITING.value, RunState.RUNNING.value]


class LearningRun(models.Model):
    """A refit of a label, or the evaluation of the last `days` anew: its progress. `failure` is a code."""

    kind = models.CharField(max_length=10, choices=RunKind)
    label = models.CharField(max_length=32, blank=True, default="")
    days = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=9, choices=RunState, default=RunState.WAITING)
    step = models.CharField(max_length=10, blank=True, default="")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    last_post_id = models.BigIntegerField(null=True)
    forgets = models.BooleanField(default=False)
    failure = models.CharField(max_length=64, blank=True, default="")
    begun_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "label"], condition=Q(state__in=UNDER_WAY), name="triage_run_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind.lower()} {self.pk} {self.state.lower()}"


class LabelWeek(models.Model):
    """How a label was judged in the week that began on `monday`: counts and means, of nobody in particular.

    `people`: how many different colleagues' words on the clean sample could be compared on the day with most of them.
    """

    label = models.CharField(max_length=32)
    monday = models.DateField()
    posts = models.PositiveIntegerField(default=0)
    yes = models.PositiveIntegerField(default=0)
    unsure = models.PositiveIntegerField(default=0)
    mean = models.FloatField(default=0.0)
    checked = models.PositiveIntegerField(default=0)
    corrected = models.PositiveIntegerField(default=0)
    people = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["label", "monday"], name="triage_label_week_once")]

    def __str__(self) -> str:
        return f"{self.label} in the week of {self.monday}"


class LearningChoices(models.Model):
    """What the company decided about learning: one row, made by the first decision."""

    learns_from_private = models.BooleanField(default=False)
    takes_by_itself = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="triage_learning_choices_once")]

    def __str__(self) -> str:
        return "choices of learning"
