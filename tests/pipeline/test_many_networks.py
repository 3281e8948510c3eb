"""A channel may bring what was said on many networks: their threads, and their people, stay apart in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.networks.connections.channels import connect
from resonanz.networks.contract import Author
from resonanz.networks.models import Channel
from resonanz.pipeline.models import PutAside
from resonanz.pipeline.take_in import take_in
from resonanz.privacy import audit, erasure
from resonanz.service.models import Case, CaseNote, CasePost, Outgoing
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


@pytest.mark.parametrize("brought_by", ["mail", "files", "service_provider", "capture"])
def test_person_who_is_erased_is_named_nowhere_in_what_was_brought_of_their_network(brought_by: str) -> None:
    channel = connect(network=brought_by, name="Brought", is_live=True, actor=None)
    for network in ("x", "youtube"):
        for native_id, who in (("1", "jonas"), ("2", "mia")):
            author = Author(native_id=who, handle=who)
            say(channel, native_id, network, author=author, text="Wann kommt mein Rad, @jonas?")
    for case in Case.objects.filter(root_native_id="2"):
        _write_of(case, "Auch @jonas hat angerufen.")

    erasure.erase_account(network="x", origin="", native_id="jonas", actor=audit.SYSTEM, suppress=True)

    about_x = [*_told(CaseNote, "x"), *_told(Outgoing, "x"), *Post.objects.filter(network="x").values_list("text")]
    assert len(about_x) == 3
    assert "jonas" not in str(about_x)
    elsewhere = [*_told(CaseNote, "youtube"), *_told(Outgoing, "youtube")]
    assert [text for (text,) in elsewhere] == ["Auch @jonas hat angerufen."] * 2
    assert PutAside.objects.count() == 0


def _told(model: type[CaseNote] | type[Outgoing], network: str) -> list[tuple[str]]:
    return list(model._default_manager.filter(case__network=network).values_list("text"))


def _write_of(case: Case, text: str) -> None:
    now = clock.now()
    due = (now + timedelta(days=9)).date()
    CaseNote.objects.create(case=case, created_at=now, delete_on=due, text=text)
    Outgoing.objects.create(
        channel=case.channel, case=case, key=uuid4(), text=text, visibility="PUBLIC", state="FAILED",
        created_at=now, delete_on=due,
    )  # fmt: skip
    PutAside.objects.create(channel=case.channel, raw='{"author": "jonas"}', reason="x", at=now, delete_on=due)
