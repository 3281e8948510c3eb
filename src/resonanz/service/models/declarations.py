"""Statements that take legal effect when they reach us, as posts and messages do."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from resonanz.accounts.models import User
from resonanz.listening.models import Post
from resonanz.service.models.cases import Case


class DeclarationState(models.TextChoices):
    """How far somebody is with it."""

    FOUND = "FOUND"
    RUNNING = "RUNNING"
    DONE = "DONE"
    NONE = "NONE"


class DeclarationKind(models.TextChoices):
    """What was declared; by it goes the time there is (`service.times.legal_terms`)."""

    WITHDRAWAL = "WITHDRAWAL"
    TERMINATION = "TERMINATION"
    DEADLINE = "DEADLINE"
    DATA_REQUEST = "DATA_REQUEST"
    OBJECTION = "OBJECTION"
    ACCIDENT = "ACCIDENT"


class Declaration(models.Model):
    """A post that looks like a declaration, and what a person decided: its kind and what was done, or that it is none.

    FOUND: nobody has looked. RUNNING: it is one, and `kind` says which. DONE: `done` says what was done. NONE: it is
    none. Until DONE or NONE its case cannot be resolved. `received_at` begins its clock; `by_network`: that moment is
    the network's, else it is when we took the post in. `due_at`: by when it is to be looked at, or to be done.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="declarations")
    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="declaration")
    state = models.CharField(max_length=8, choices=DeclarationState, default=DeclarationState.FOUND)
    kind = models.CharField(max_length=16, choices=DeclarationKind, blank=True, default="")
    probability = models.FloatField()
    received_at = models.DateTimeField()
    by_network = models.BooleanField()
    found_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done = models.TextField(blank=True, default="")
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["FOUND", "NONE"], kind="") | (Q(state__in=["RUNNING", "DONE"]) & ~Q(kind="")),
                name="service_declaration_kind",
            ),
            models.CheckConstraint(
                condition=(Q(state="DONE") & ~Q(done="")) | (~Q(state="DONE") & Q(done="")),
                name="service_declaration_done",
            ),
            models.CheckConstraint(
                condition=Q(state="FOUND") | Q(decided_at__isnull=False), name="service_declaration_decided"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["FOUND", "RUNNING"]), name="service_declaration_waits"
            )
        ]

    def __str__(self) -> str:
        return f"declaration {self.pk} in case {self.case_id}"
