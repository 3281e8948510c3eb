from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Func, Value

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
