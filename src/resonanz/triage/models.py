from __future__ import annotations

from django.db import models

from resonanz.accounts.models import User
from resonanz.listening.models import Post


class Evaluation(models.Model):
    """What the judges believe of a post. `labels` is {label: {value, probability, unsure, because, version}}."""

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="evaluation")
    language = models.CharField(max_length=8, blank=True, default="")
    sentiment = models.CharField(max_length=8, blank=True, default="")
    is_question = models.BooleanField(default=False)
    is_complaint = models.BooleanField(default=False)
    is_offence = models.BooleanField(default=False)
    urgency = models.FloatField(default=0.0)
    labels = models.JSONField(default=dict)
    evaluated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"evaluation of {self.post_id}"


class Feedback(models.Model):
    """A person's word on a label: a correction or a confirmation, with what the judge had said, and which one."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="feedback")
    label = models.CharField(max_length=32)
    value = models.CharField(max_length=16)
    judged_value = models.CharField(max_length=16)
    judged_probability = models.FloatField()
    version = models.CharField(max_length=64)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "label"], name="triage_feedback_once")]

    def __str__(self) -> str:
        return f"feedback on {self.label} of {self.post_id}"
