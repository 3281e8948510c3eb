"""What is known of the language model that drafts answers: where it is, by which contract, and what it has cost."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from resonanz.accounts.models import User
from resonanz.listening.models import Post
from resonanz.privacy.encrypted import EncryptedField
from resonanz.service.models.cases import Case


class Place(models.TextChoices):
    """Where the processor works, and what a transfer to there rests on (Art. 44 to 46 GDPR)."""

    HOUSE = "HOUSE"
    EEA = "EEA"
    ADEQUATE = "ADEQUATE"
    CLAUSES = "CLAUSES"


class Assistant(models.Model):
    """The one language model that the operator named; there is one row, or none.

    `key` is encrypted. Prices are in hundredths of a cent for a million tokens; budgets hold for a calendar month.
    """

    is_on = models.BooleanField(default=False)
    endpoint = models.CharField(max_length=500)
    model = models.CharField(max_length=200)
    key = EncryptedField(null=True, blank=True)
    processor = models.CharField(max_length=200, blank=True, default="")
    place = models.CharField(max_length=8, choices=Place, blank=True, default="")
    address = models.CharField(max_length=300, blank=True, default="")
    contract_on = models.DateField(null=True, blank=True)
    with_private = models.BooleanField(default=False)
    with_sensitive = models.BooleanField(default=False)
    tokens_a_month = models.PositiveIntegerField(default=2_000_000)
    cents_a_month = models.PositiveIntegerField(default=2_000)
    price_in = models.PositiveIntegerField(default=0)
    price_out = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="service_assistant_once"),
            models.CheckConstraint(
                condition=Q(is_on=False)
                | (
                    ~Q(endpoint="")
                    & ~Q(model="")
                    & ~Q(processor="")
                    & ~Q(place="")
                    & ~Q(address="")
                    & Q(contract_on__isnull=False)
                ),
                name="service_assistant_on_with_contract",
            ),
        ]

    def __str__(self) -> str:
        return f"assistant {self.model}"


class AssistantMonth(models.Model):
    """What the assistant was asked in one calendar month: numbers, no words and nobody's name."""

    month = models.DateField(primary_key=True)
    asked = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    tokens_in = models.PositiveBigIntegerField(default=0)
    tokens_out = models.PositiveBigIntegerField(default=0)
    milliseconds = models.PositiveBigIntegerField(default=0)
    cost = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.month}: {self.asked}"


class AssistantCall(models.Model):
    """A question that is under way, with what it may cost at most; whoever dies while asking has spent it."""

    month = models.DateField()
    ends_at = models.DateTimeField()
    tokens = models.PositiveIntegerField()
    cost = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"call until {self.ends_at}"


class MachineDraftState(models.TextChoices):
    """How far it is."""

    ASKED = "ASKED"
    READY = "READY"
    FAILED = "FAILED"


class MachineDraft(models.Model):
    """An answer that somebody asked a machine to draft in this case.

    The words stand here for as long as the panel shows them. What stays longer is `prints`: no words, only keyed hashes
    of every three that stand together. By them an answer is known that is still the machine's, whoever pastes it and
    wherever (`service.answers.machine_share`). `sources`: ids of the snippets it says it rests on.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="machine_drafts")
    post = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=MachineDraftState, default=MachineDraftState.ASKED)
    failure_code = models.CharField(max_length=80, blank=True, default="")
    text = models.TextField(blank=True, default="")
    sources = ArrayField(models.BigIntegerField(), default=list, blank=True)
    left_out = models.PositiveSmallIntegerField(default=0)
    prints = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], name="service_machine_draft_asked")]

    def __str__(self) -> str:
        return f"machine draft {self.pk} in case {self.case_id}"
