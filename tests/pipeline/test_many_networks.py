"""A channel may bring what was said on many networks: their threads, and their people, stay apart in it."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from resonanz.networks.channels import connect
from resonanz.networks.models import Channel
from resonanz.pipeline.take_in import take_in
from resonanz.service.models import Case, CasePost
from tests.pipeline.events import posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Channel:
    """A provider who listens on many networks."""
    return connect(network="service_provider", name="Provider", is_live=True, actor=None)


def say(channel: Channel, native_id: str, network: str, **more: Any) -> None:
    said = replace(posted(native_id, "Wann ist die Filiale offen?"), network=network, origin="", addressed=True)
    take_in(channel=channel, events=[replace(said, **more)])


def standing() -> dict[str, list[str]]:
    """What stands in the case of each network."""
    rows = CasePost.objects.order_by("case_id", "post_id").values_list("case__network", "case_id", "post__native_id")
    cases: dict[tuple[str, int], list[str]] = {}
    for network, case_id, native_id in rows:
        cases.setdefault((network, case_id), []).append(native_id)
    assert len({network for network, _ in cases}) == len(cases)
    return {network: ids for (network, _), ids in cases.items()}


def test_threads_of_two_networks_with_the_same_number_are_two_cases(told: Channel) -> None:
    for network in ("x", "youtube"):
        say(told, "1", network)
        say(told, "2", network, parent_id="1", root_id="1")

    assert standing() == {"x": ["1", "2"], "youtube": ["1", "2"]}


def test_what_nobody_awaits_joins_no_case_of_another_network(told: Channel) -> None:
    say(told, "1", "x")
    said = replace(posted("2", "Danke."), network="youtube", origin="", parent_id="1", root_id="1", addressed=False)
    take_in(channel=told, events=[said])

    assert standing() == {"x": ["1"]}


def test_cases_from_before_are_where_their_posts_were_said(told: Channel) -> None:
    migration = import_module("resonanz.service.migrations.0025_network_of_cases")
    for network in ("x", "youtube"):
        say(told, "1", network)
    empty = Case.objects.get(network="x")
    empty.pk, empty.root_native_id = None, "9"
    empty.save()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE service_case SET network = 'unknown', root_native_id = id::text")
        cursor.execute(migration.NAME)

    assert list(Case.objects.order_by("pk").values_list("network", flat=True)) == ["x", "youtube", "service_provider"]
