from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Func, Q, Value

from resonanz.accounts.models import User
from resonanz.privacy.models import KeptRecord


def _words_of(field: str) -> Func:
    """A name or handle with spaces for what stands between its words; else an address would be one long word."""
    return Func(F(field), Value("@._-"), Value("    "), function="translate", output_field=models.TextField())


# What somebody may be looked for by; the index and `queries.identities_called` must say it in the same words.
CALLED = SearchVector(_words_of("name"), _words_of("handle"), config="simple")


class Person(KeptRecord):
    """A human being who addressed us, behind one or more identities."""

    name = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta(KeptRecord.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"person {self.pk}"


class Identity(KeptRecord):
    """An account on a network that addressed us. `native_id` is what the network never changes."""

    network = models.CharField(max_length=32)
    origin = models.CharField(max_length=255, blank=True, default="")
    native_id = models.CharField(max_length=512)
    handle = models.CharField(max_length=255, blank=True, default="")
    name = models.CharField(max_length=200, blank=True, default="")
    url = models.CharField(max_length=2000, blank=True, default="")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta(KeptRecord.Meta):
        abstract = False
        constraints = [
            *KeptRecord.Meta.constraints,
            models.UniqueConstraint(fields=["network", "origin", "native_id"], name="people_identity_once"),
        ]
        indexes = [
            *KeptRecord.Meta.indexes,
            GinIndex(CALLED, name="people_identity_words"),
        ]

    def __str__(self) -> str:
        return f"identity {self.pk} on {self.network}"


class StaffAccount(models.Model):
    """A private account that a colleague names as their own, of their own will; nobody else sees that they did.

    Until `confirmed_at` it is only a code: the account that says it to one of our channels is meant, so that nobody can
    name another's. Then its posts are no customer's (`people.staff`).
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=16, unique=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    network = models.CharField(max_length=32, blank=True, default="")
    origin = models.CharField(max_length=255, blank=True, default="")
    native_id = models.CharField(max_length=512, blank=True, default="")
    handle = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "origin", "native_id"],
                condition=Q(confirmed_at__isnull=False),
                name="people_staff_account_once",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, native_id="")
                | (Q(confirmed_at__isnull=False) & ~Q(native_id="")),
                name="people_staff_account_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"staff account {self.pk}"


class TargetGroup(models.Model):
    """People who get other treatment: existing customers, press, partners. `rule` is a GroupRule (people.group_rules).

    A rule describes many accounts and names none; single ones are members by hand.
    """

    name = models.CharField(max_length=120, unique=True)
    rule = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class TargetGroupMember(models.Model):
    """That a colleague said by hand that a person belongs to a group or does not, whatever its rule says."""

    group = models.ForeignKey(TargetGroup, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="groups")
    belongs = models.BooleanField()
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "person"], name="people_group_member_once")]

    def __str__(self) -> str:
        return f"person {self.person_id} in group {self.group_id}: {self.belongs}"
