"""Whoever is erased is not looked at again by the connectors that keep by whom it was what they look at."""

from __future__ import annotations

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.networks.connections import channels
from resonanz.networks.reddit.cursor import Cursor as RedditCursor
from resonanz.networks.reddit.posts import State
from resonanz.networks.x.cursor import Cursor as XCursor
from resonanz.networks.x.stood import Stood
from resonanz.pipeline.erasure import erase_account
from resonanz.privacy.erasure import Subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> User:
    return User.objects.create_user("miriam@nordhain.example", name="Miriam", created_at=clock.now())


def reddit_cursor() -> str:
    cursor = RedditCursor(places={"inbox": 5})
    cursor.watch("t1_a", State(5, 1, 1, 0, True, "ada_l"))
    cursor.watch("t1_b", State(6, 1, 1, 0, True, "bob"))
    return cursor.write()


def x_cursor() -> str:
    cursor = XCursor()
    cursor.place("mentions")
    cursor.watch("1980000000000000001", "4242")
    cursor.watch("1980000000000000002", "77")
    return cursor.write()


@pytest.mark.parametrize(
    ("network", "cursor", "author", "others"),
    [("reddit", reddit_cursor(), "ada_l", ("bob", "t1_b")), ("x", x_cursor(), "4242", ("77", "1980000000000000002"))],
)
def test_erased_author_is_in_no_cursor_and_the_others_stay(
    actor: User, network: str, cursor: str, author: str, others: tuple[str, ...]
) -> None:
    channel = channels.connect(network=network, name="Nordhain", native_id="1", secret="t", actor=actor)
    channels.move_cursor(channel_id=channel.pk, cursor=cursor)

    erase_account(Subject(network=network, origin="", native_id=author))

    channel.refresh_from_db()
    assert author not in channel.cursor
    assert all(other in channel.cursor for other in others)


def test_erased_author_is_not_in_the_place_of_a_stream_either(actor: User) -> None:
    channel = channels.connect(network="x", name="Nordhain", native_id="1", secret="t", actor=actor)
    stood = Stood().opens()
    stood.tells("1980000000000000001", "4242")
    stood.tells("1980000000000000002", "77")
    channels.move_place(channel_id=channel.pk, place=stood.write())

    erase_account(Subject(network="x", origin="", native_id="4242"))

    channel.refresh_from_db()
    assert Stood.read(channel.stream_place).seen == {"1980000000000000001": "", "1980000000000000002": "77"}
    assert channel.cursor == ""


def test_same_name_on_another_network_stays(actor: User) -> None:
    channel = channels.connect(network="reddit", name="Nordhain", native_id="1", secret="t", actor=actor)
    channels.move_cursor(channel_id=channel.pk, cursor=reddit_cursor())

    erase_account(Subject(network="x", origin="", native_id="ada_l"))

    channel.refresh_from_db()
    assert channel.cursor == reddit_cursor()
