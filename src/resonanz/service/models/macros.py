from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from resonanz.listening.models import Intent, Topic


class Macro(models.Model):
    """A prepared text with fields (`service.answers.filling`).

    Topic, intent and network say for which cases it is offered.
    """

    name = models.CharField(max_length=80)
    german = models.TextField(blank=True, default="")
    english = models.TextField(blank=True, default="")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    intent = models.CharField(max_length=10, choices=Intent, blank=True, default="")
    network = models.CharField(max_length=32, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="service_macro_name_once"),
            models.CheckConstraint(condition=~Q(german="", english=""), name="service_macro_says_something"),
        ]

    def __str__(self) -> str:
        return self.name
