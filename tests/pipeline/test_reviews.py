"""Reviews on their whole way in: from a network of reviews to the case, with stars and with our one answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.duties import calendars
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening.models import Post
from resonanz.networks.connections.channels import account_of, connect
from resonanz.networks.google_play import GooglePlayNetwork
from resonanz.networks.models import Channel
from resonanz.pipeline.take_in import take_in
from resonanz.service.models import Case, CaseState
from tests.networks.google_play_server import PACKAGE, GooglePlayServer, key_file
from tests.networks.review_asking import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[GooglePlayServer]:
    """Google Play, which the client may reach, at noon."""
    with clock.moved_to(NOON), GooglePlayServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


@pytest.fixture
def channel(play: GooglePlayServer) -> Channel:
    calendars.ensure_defaults()
    nora = User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.ADMIN, created_at=clock.now())
    made = connect(
        network="google_play", name="Nordhain", address=play.url, origin=PACKAGE, native_id=PACKAGE, handle=PACKAGE,
        secret=key_file(), actor=nora,
    )  # fmt: skip
    set_responsibility(
        channel_id=made.pk, topic_id=None, intent="", owner_id=nora.pk, deputy_id=None, team_id=None, actor=nora
    )
    return made


def listen(channel: Channel) -> None:
    """One poll, taken in."""
    channel.refresh_from_db()
    for batch in GooglePlayNetwork().poll(account_of(channel), channel.cursor):
        take_in(channel=channel, events=batch.events, bad=batch.bad, cursor=batch.cursor)


def test_review_becomes_a_case_and_an_answer_in_the_console_ends_its_waiting(
    play: GooglePlayServer, channel: Channel
) -> None:
    review_id = play.say("Stürzt ab.", 1)
    listen(channel)
    case = Case.objects.get()
    opened = (case.state, Post.objects.get(native_id=review_id).rating)

    with clock.moved_to(NOON + timedelta(hours=7)):
        play.answer_by_hand(review_id, "Das tut uns leid.")
        listen(channel)

    assert opened == (CaseState.OPEN, 1)
    assert Post.objects.get(native_id=f"{review_id}/reply").speaker == "OWN"
    assert not Case.objects.filter(case_posts__state="OPEN").exists()


def test_changed_stars_are_kept_and_a_review_that_is_gone_goes_here(play: GooglePlayServer, channel: Channel) -> None:
    review_id = play.say("Na ja.", 2)
    listen(channel)
    with clock.moved_to(NOON + timedelta(hours=1)):
        play.change(review_id, "Na ja.", 4)
        listen(channel)
    changed = Post.objects.get().rating

    del play.reviews[review_id]
    with clock.moved_to(NOON + timedelta(hours=8)):
        listen(channel)

    assert changed == 4
    assert not Post.objects.exists()
