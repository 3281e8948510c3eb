"""How often somebody tried to sign in counts for all web processes, and goes when it counts no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from resonanz.accounts.models import RecentAttempt
from resonanz.accounts.retention import delete_old_attempts
from resonanz.core import clock

pytestmark = pytest.mark.django_db
WRONG = {"login": "miriam@nordhain.example", "password": "not the right one"}


def test_who_tries_passwords_without_end_is_stopped_in_every_process(client: Client) -> None:
    told = [client.post("/accounts/login/", WRONG).status_code for _ in range(12)]

    assert told[0] == 200
    assert told[-1] == 429 or b"Too many" in client.post("/accounts/login/", WRONG).content
    kept = list(RecentAttempt.objects.values_list("cache_key", "value"))
    assert kept
    assert not [row for row in kept if "miriam" in str(row)]


def test_what_counts_no_more_goes() -> None:
    cache.set("new", [1.0], 60)
    cache.set("old", [1.0], 60)
    RecentAttempt.objects.filter(cache_key__contains="old").update(expires=clock.now() - timedelta(seconds=1))

    assert delete_old_attempts(clock.now().date(), 10) == 1
    assert [key.rpartition(":")[2] for key in RecentAttempt.objects.values_list("cache_key", flat=True)] == ["new"]
