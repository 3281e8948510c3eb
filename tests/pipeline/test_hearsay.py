"""Hearsay: what others than the network tell changes nothing that the network told, and speaks for nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post, Speaker
from resonanz.networks import registry
from resonanz.networks.connections import webhook_keys
from resonanz.networks.connections.channels import connect
from resonanz.networks.contract import AccountGone, Author, Counted, Deleted, Edited, Event
from resonanz.networks.models import Channel
from resonanz.people.models import Identity
from resonanz.pipeline import arrivals, erasure
from resonanz.pipeline.models import PutAside
from resonanz.pipeline.receiving import receive
from resonanz.pipeline.take_in import take_in
from resonanz.privacy import audit
from resonanz.privacy import erasure as privacy_erasure
from resonanz.privacy.erasure import Subject
from resonanz.service.models import Case, CaseNote
from tests.pipeline.events import NETWORK, ORIGIN, posted
from tests.pipeline.webhook_network import NAME, BroughtNetwork, body, headers

pytestmark = pytest.mark.django_db


@pytest.fixture
def own() -> Channel:
    """The network itself."""
    return connect(
        network=NETWORK, name="Practice", origin=ORIGIN, handle="nordhain", native_id="us", is_live=True, actor=None
    )


@pytest.fixture
def told() -> Channel:
    """People who tell of it."""
    return connect(network="capture", name="Captured", is_live=True, actor=None)


@pytest.fixture
def others() -> Channel:
    return connect(network="capture", name="Captured elsewhere", is_live=True, actor=None)


def say(channel: Channel, *events: Event) -> None:
    take_in(channel=channel, events=events)


def edited(native_id: str, text: str = "gefälscht") -> Edited:
    return Edited(network=NETWORK, origin=ORIGIN, native_id=native_id, text=text, edited_at=clock.now())


def deleted(native_id: str) -> Deleted:
    return Deleted(network=NETWORK, origin=ORIGIN, native_id=native_id, deleted_at=clock.now())


def gone(native_id: str = "a-1") -> AccountGone:
    return AccountGone(network=NETWORK, origin=ORIGIN, native_id=native_id, gone_at=clock.now())


def counted(native_id: str) -> Counted:
    return Counted(network=NETWORK, origin=ORIGIN, native_id=native_id, counted_at=clock.now(), likes=9)


def texts() -> list[str]:
    return list(Post.objects.order_by("id").values_list("text", flat=True))


@pytest.mark.parametrize(
    "change", [edited("1"), deleted("1"), gone(), counted("1")], ids=lambda one: type(one).__name__
)
@pytest.mark.parametrize("heard_there_too", [False, True])
def test_hearsay_changes_nothing_that_the_network_told(
    own: Channel, told: Channel, change: Event, heard_there_too: bool
) -> None:
    post = posted("1", "echt", addressed=True)
    say(own, post)
    if heard_there_too:
        say(told, post)

    say(told, change)

    assert texts() == ["echt"]
    assert Post.objects.get().likes is None
    assert Identity.objects.count() == 1


@pytest.mark.parametrize("change", [edited("1"), deleted("1"), gone()])
def test_hearsay_changes_nothing_that_others_told(told: Channel, others: Channel, change: Event) -> None:
    say(told, posted("1", "echt", addressed=True))

    say(others, change)

    assert texts() == ["echt"]


def test_hearsay_changes_what_it_told_itself(told: Channel) -> None:
    say(told, posted("1", "eins", addressed=True), posted("2", "zwei", addressed=True))

    say(told, edited("1", "eins, anders"), counted("1"), deleted("2"))

    assert texts() == ["eins, anders"]
    assert Post.objects.get().likes == 9


def test_account_that_is_gone_by_hearsay_takes_along_what_it_said_there(told: Channel) -> None:
    other = Author(native_id="a-2", handle="mia")
    say(told, posted("1", "eins", addressed=True), posted("2", "zwei", addressed=True, author=other))

    say(told, gone())

    assert texts() == ["zwei"]
    assert list(Identity.objects.values_list("native_id", flat=True)) == ["a-2"]


def test_account_that_is_gone_by_hearsay_is_still_heard_by_the_network(own: Channel, told: Channel) -> None:
    say(told, posted("1", "eins", addressed=True), gone())
    say(own, posted("2", "zwei", addressed=True))

    assert texts() == ["zwei"]


def test_what_hearsay_deleted_stays_away_from_there_and_the_network_may_tell_it(own: Channel, told: Channel) -> None:
    post = posted("1", "eins", addressed=True)
    say(told, post)
    say(told, deleted("1"))
    say(told, post)
    assert texts() == []

    say(own, replace(post, text="echt"))
    assert texts() == ["echt"]


def test_what_hearsay_deleted_does_not_return_with_a_backup(told: Channel, others: Channel) -> None:
    post = posted("1", "eins", addressed=True)
    say(told, post)
    say(told, deleted("1"))
    restored = connect(network=NETWORK, name="Restored", is_live=True, actor=None)
    say(restored, post)
    Post.objects.get().channels.set([told])

    assert privacy_erasure.erase_what_tombstones_name() == 1
    assert texts() == []

    say(others, post)  # whom nobody told that it is gone
    assert privacy_erasure.erase_what_tombstones_name() == 0
    assert texts() == ["eins"]


def test_hearsay_says_nothing_in_our_name_and_has_nobody_answer_us(own: Channel, told: Channel) -> None:
    ours = Author(native_id="us", handle="nordhain")
    say(own, posted("1", "Wann kommt mein Rad?", addressed=True))

    say(
        told,
        posted("2", "Gar nicht.", author=ours, parent_id="1", root_id="1"),
        posted("3", "Aber wir?", author=ours),
        posted("4", "Danke für nichts", parent_id="3", root_id="3"),
    )

    assert texts() == ["Wann kommt mein Rad?"]
    assert not Post.objects.filter(speaker=Speaker.OWN).exists()


class ToldNetwork(BroughtNetwork):
    """The same network, told by others."""

    limits = replace(BroughtNetwork.limits, is_hearsay=True)


def test_deletion_by_hearsay_that_overtakes_its_post_keeps_it_away_from_there_alone(
    monkeypatch: pytest.MonkeyPatch, own: Channel
) -> None:
    monkeypatch.setitem(registry._BY_NAME, NAME, ToldNetwork())
    actor = User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())
    webhook = webhook_keys.make(
        channel_id=connect(network=NAME, name="Agency", is_live=True, actor=None).pk, actor=actor
    )
    secret = webhook_keys.keys_of(webhook).secret
    for event, sent in (("gone", body(gone=[("1", "")])), ("said", body(said=[("1", "zu spät")]))):
        receive(key=webhook.key, headers=headers(secret, sent, event), body=sent)
        arrivals.take_waiting()
    assert texts() == []

    say(own, posted("1", "echt", network=NAME, origin="", addressed=True))
    assert texts() == ["echt"]


def test_person_who_is_erased_leaves_what_others_told_and_could_not_be_read(told: Channel) -> None:
    PutAside.objects.create(
        channel=told, raw='{"author": {"handle": "jonas"}}', reason="x", at=clock.now(),
        delete_on=(clock.now() + timedelta(days=3)).date(),
    )  # fmt: skip

    erasure.erase_account(Subject(network=NETWORK, origin=ORIGIN, native_id="a-1", handles=frozenset({"jonas"})))

    assert not PutAside.objects.exists()


def test_person_who_is_erased_leaves_no_trace_in_cases_of_what_others_told(told: Channel) -> None:
    mia = Author(native_id="a-2", handle="mia")
    say(told, posted("https://practice.example/@jonas/1", addressed=True), posted("2", addressed=True, author=mia))
    below = posted("3", "Und?", addressed=True, author=mia, parent_id="https://practice.example/@jonas/1")
    say(told, below)
    case = Case.objects.get(root_native_id="2")
    due = (clock.now() + timedelta(days=9)).date()
    CaseNote.objects.create(
        case=case, created_at=clock.now(), delete_on=due, text="Auch Jonas B. (@jonas) hat angerufen."
    )

    privacy_erasure.erase_account(network=NETWORK, origin=ORIGIN, native_id="a-1", actor=audit.SYSTEM, suppress=True)

    assert "onas" not in CaseNote.objects.get().text
    assert not Case.objects.filter(root_native_id__contains="jonas").exists()
    assert Case.objects.filter(root_native_id__startswith="erased:").count() == 1
