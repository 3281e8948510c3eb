from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from resonanz.accounts.models import User
from resonanz.listening.models import Topic

# Each language by its own rules; the title is told in both, because it is written once.
KNOWLEDGE = SearchVector("title", "german", config="german") + SearchVector("title", "english", config="english")


class Snippet(models.Model):
    """Something the company knows and says the same way each time: a price, an opening hour, how a form is filled in.

    After `valid_until` it is suggested no longer, and `told_at` is when its owner was told so. `source` is where it was
    taken from.
    """

    title = models.CharField(max_length=120)
    german = models.TextField(blank=True, default="")
    english = models.TextField(blank=True, default="")
    topics = models.ManyToManyField(Topic, blank=True, related_name="+")
    valid_until = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    source = models.CharField(max_length=2000, blank=True, default="")
    changed_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("title"), name="service_snippet_title_once"),
            models.CheckConstraint(condition=~Q(german="", english=""), name="service_snippet_says_something"),
        ]
        indexes = [GinIndex(KNOWLEDGE, name="service_snippet_words")]

    def __str__(self) -> str:
        return self.title
