from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings

from resonanz.accounts import company
from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.duties import calendars
from resonanz.listening.models import Post
from resonanz.networks.connections import channels
from resonanz.networks.connections.channels import PRACTICE, connect
from resonanz.networks.models import Channel
from resonanz.people.models import Identity, Person
from resonanz.pipeline import practising
from resonanz.pipeline.polling import poll_once
from resonanz.pipeline.practice_posts import POSTS
from resonanz.privacy.models import AuditRecord
from resonanz.service.models import Case, Outgoing
from tests.networks.memory_process import MemoryProcess
from tests.privacy import holdings

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Iterator[MemoryProcess]:
    process = MemoryProcess(tmp_path / "network.sqlite3")
    process.start()
    monkeypatch.setenv(ALLOWED_VARIABLE, process.host)
    settings.PRACTICE_URL = process.url
    yield process
    process.stop()


@pytest.fixture
def nora() -> User:
    calendars.ensure_defaults()
    made = User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.ADMIN, created_at=clock.now())
    company.choose_areas(areas=[], name="Müller & Söhne {0} <b>", actor=made)
    return made


def begin(nora: User, language: str = "de") -> Channel:
    channel = practising.begin(actor=nora, channel_name="Übung", language=language)
    poll_once(channel.pk)
    return channel


@pytest.mark.parametrize("language", ["de", "en", "fr"])
def test_strangers_come_in_by_the_real_way(network: MemoryProcess, nora: User, language: str) -> None:
    channel = begin(nora, language)

    addressed = sum("{us}" in stranger.text for stranger in POSTS["de"])
    state = practising.state()
    assert (state.channel, state.posts, state.answered) == (channel, addressed, 0)
    assert state.open_cases >= 6
    assert set(Case.objects.values_list("assignee__name", flat=True)) == {"Nora"}


def test_handle_spells_out_what_handles_cannot_hold(network: MemoryProcess, nora: User) -> None:
    company.choose_areas(name="Müller & Söhne", areas=["SERVICE"], actor=nora)

    assert begin(nora).handle == "mueller_soehne"


def test_practice_begun_twice_is_begun_once(network: MemoryProcess, nora: User) -> None:
    assert begin(nora) == begin(nora)
    assert Channel.objects.count() == 1


def test_practice_that_fails_at_its_beginning_leaves_no_channel(
    network: MemoryProcess, nora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise ConnectionError

    # Until the cursor stands, a listener that saw the channel would take in what others practised before.
    with monkeypatch.context() as broken:
        broken.setattr(channels, "move_cursor", fail)
        with pytest.raises(ConnectionError):
            begin(nora)

    assert not Channel.objects.exists()
    assert begin(nora).settings == {PRACTICE: "yes"}


def test_nothing_of_practice_remains_and_the_next_one_begins_afresh(network: MemoryProcess, nora: User) -> None:
    other = connect(network="feeds", name="News", address="https://news.example/feed", actor=nora)
    first = begin(nora)
    case = Case.objects.order_by("id")[0]
    holdings.answer(case.case_posts.all()[0].post, case, "Danke!", channel=first, key=uuid4())
    Channel.objects.filter(name="Memory").delete()

    practising.end(actor=nora)

    assert list(Channel.objects.all()) == [other]
    for model in (Post, Case, Outgoing, Identity, Person):
        assert not model.objects.exists(), model
    acts = AuditRecord.objects.filter(act__startswith="practice.").order_by("id").values_list("act", flat=True)
    assert list(acts) == ["practice.begun", "practice.ended"]
    second = begin(nora)
    assert second.handle != first.handle
    assert Post.objects.count() == sum("{us}" in stranger.text for stranger in POSTS["de"])


def test_end_without_a_beginning_changes_nothing(nora: User) -> None:
    practising.end(actor=nora)

    assert not AuditRecord.objects.filter(act__startswith="practice.").exists()


def test_practice_needs_its_network(nora: User, settings: LazySettings) -> None:
    settings.PRACTICE_URL = ""

    with pytest.raises(practising.NoPracticeNetwork):
        practising.begin(actor=nora, channel_name="Übung", language="de")
    assert not practising.state().available


@pytest.mark.parametrize("language", sorted(POSTS))
def test_made_up_posts_fit_the_network(language: str) -> None:
    longest = max(len(stranger.text.format(us="x" * 30, name="N" * 120)) for stranger in POSTS[language])

    assert longest <= 500
    assert len({stranger.handle for stranger in POSTS[language]}) == len(POSTS[language]) == 8
