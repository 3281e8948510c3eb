from __future__ import annotations

from django.db import models
from django.db.models import Q

from resonanz.accounts.models import User
from resonanz.listening.models import Topic
from resonanz.service.models.cases import Case, CaseNote


class Enquiry(models.Model):
    """A question to somebody in the company who has no seat here; their answer lands in the case as a note.

    `excerpt` is all they see of what was said, and leaves once it is no longer needed. Token and code are kept as keyed
    hashes. `topic` is that of the case when it was asked: it says who knew about what.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="enquiries")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    question = models.TextField()
    excerpt = models.TextField(blank=True, default="")
    language = models.CharField(max_length=5, blank=True, default="")
    token_hash = models.BinaryField(max_length=32, unique=True)
    code_hash = models.BinaryField(max_length=32, blank=True, default=b"")
    code_until = models.DateTimeField(null=True, blank=True)
    codes = models.PositiveIntegerField(default=0)
    wrong_tries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    note = models.OneToOneField(CaseNote, null=True, blank=True, on_delete=models.SET_NULL, related_name="enquiry")
    delete_on = models.DateField()

    class Meta:
        verbose_name_plural = "enquiries"
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(excerpt=""), name="service_enquiry_answered_shows_nothing"
            ),
        ]
        indexes = [
            models.Index(fields=["topic", "-answered_at"], condition=Q(answered_at__isnull=False),
                         name="service_enquiry_knew"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"enquiry {self.pk} on {self.case_id}"
