"""How channels are, in words and colour, on their list and on their page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.networks.connections import channels
from resonanz.networks.models import Channel, ChannelState, Gap
from resonanz.service.models import Outgoing, OutgoingState
from resonanz.web import channel_health
from resonanz.web.channel_health import Health, Sign

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def radwerk(miriam: User) -> Channel:
    """Live, connected at noon with a token for sixty days."""
    with clock.moved_to(NOON):
        return channels.connect(
            network="memory", name="Radwerk", native_id="7", secret="t", expires_at=NOON + 60 * DAY, actor=miriam,
            is_live=True,
        )  # fmt: skip


def health(channel: Channel, at: datetime = NOON) -> Health:
    """As it is at a moment."""
    channel.refresh_from_db()
    with clock.moved_to(at), translation.override("en"):
        (found,) = channel_health.of([channel])
    return found


def test_heard_lately_is_good_and_a_while_of_silence_is_not(radwerk: Channel) -> None:
    assert health(radwerk).heard == Sign("not yet")

    Channel.objects.update(read_at=NOON)
    assert health(radwerk, NOON + timedelta(minutes=9)).heard == Sign("heard", "good", NOON)
    assert health(radwerk, NOON + timedelta(minutes=11)).heard == Sign("silent", "soon", NOON)

    Channel.objects.update(stream_at=NOON + timedelta(minutes=5))
    assert health(radwerk, NOON + timedelta(minutes=11)).heard == Sign("heard", "good", NOON + timedelta(minutes=5))
    Channel.objects.update(state=ChannelState.PAUSED)
    assert health(radwerk, NOON + DAY).heard == Sign("", "", NOON + timedelta(minutes=5))


def test_page_says_why_nothing_is_told_at_once(radwerk: Channel, client: Client, miriam: User) -> None:
    client.force_login(miriam)
    page = f"/channels/{radwerk.pk}/"
    assert "Not told at once" not in client.get(page).content.decode()

    Channel.objects.update(stream_failure="x.no_bearer")
    assert "For that X asks for the bearer token" in client.get(page).content.decode()
    assert "Until then it is asked for" in client.get(page).content.decode()
    Channel.objects.update(stream_failure="network.budget_used_up")
    assert "Until then it is asked for" not in client.get(page).content.decode()
    Channel.objects.update(stream_failure="<b>no</b>")
    assert "&lt;b&gt;no&lt;/b&gt;" in client.get(page).content.decode()
    Channel.objects.update(state=ChannelState.PAUSED)
    assert "Not told at once" not in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [(0, "until", "good"), (45, "until", "good"), (47, "ends on", "soon"), (60, "ended on", "late")],
)
def test_connection_tells_until_when_it_is_good(radwerk: Channel, days: int, words: str, tone: str) -> None:
    found = health(radwerk, NOON + days * DAY).connection

    assert found is not None
    assert found.words.startswith(words)
    assert (found.tone, found.moment, found.what) == (tone, NOON, "stored")


def test_connection_that_is_lost_or_hangs_on_somebody_who_left_says_so(radwerk: Channel, miriam: User) -> None:
    Channel.objects.update(expires_at=None)
    assert health(radwerk).connection == Sign("without end", "good", NOON, "stored")

    User.objects.filter(pk=miriam.pk).update(is_active=False)
    assert health(radwerk).connection == Sign("of somebody who left", "soon", NOON, "stored")

    channels.note_failure(channel_id=radwerk.pk, code="network.not_authorised", words="", stop=True)
    assert health(radwerk).connection == Sign("no longer accepted", "late", NOON, "stored")


def test_gaps_of_thirty_days_are_counted_and_open_ones_stand_out(radwerk: Channel) -> None:
    assert health(radwerk).gaps == Sign("no gaps", "good")
    for days, is_filled in ((1, True), (2, True), (40, False)):
        ended_at = NOON - days * DAY
        Gap.objects.create(channel=radwerk, began_at=ended_at - DAY, ended_at=ended_at, is_filled=is_filled)
    assert health(radwerk).gaps == Sign("2, all filled", "good")

    Gap.objects.update(is_filled=False)
    assert health(radwerk).gaps == Sign("2 open", "soon")


def test_last_answer_that_left_is_told_where_the_network_takes_any(radwerk: Channel) -> None:
    feed = channels.connect(network="feeds", name="Feed", actor=None)
    assert health(radwerk).said == Sign("nothing in 90 days")
    assert (health(feed).said, health(feed).connection) == (None, None)
    by_hand = health(channels.connect(network="files", name="Import", actor=None))
    assert (by_hand.heard, by_hand.gaps) == (None, None)

    Outgoing.objects.create(
        key=uuid4(), channel=radwerk, visibility="PUBLIC", text="Gern.", state=OutgoingState.SENT, native_id="n",
        sent_at=NOON - DAY, created_at=NOON - DAY, delete_on=NOON.date(),
    )  # fmt: skip
    assert health(radwerk).said == Sign("", "", NOON - DAY)


def test_what_was_typed_is_called_what_it_is() -> None:
    mailbox = channels.connect(network="mail", name="info@", secret="pw", actor=None)
    account = channels.connect(network="memory", name="Radwerk", secret="t", actor=None)
    for one in (mailbox, account):
        channels.note_failure(channel_id=one.pk, code="network.not_authorised", words="", stop=True)
        one.refresh_from_db()

    with translation.override("en"):
        assert channel_health.failure(mailbox).startswith("What was stored as “Password” is no longer accepted")
        assert "token" in channel_health.failure(account)


@pytest.mark.parametrize("count", [1, 3])
def test_list_tells_of_all_with_as_many_queries(
    signed_in: Client, miriam: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        channels.connect(network="memory", name=f"Kanal {number}", secret="t", actor=miriam)

    assert signed_in.get("/channels/").content.decode().count("without end") == count
    with django_assert_num_queries(4):
        channel_health.of(Channel.objects.select_related("connected_by"))


def test_page_of_a_channel_tells_the_same(signed_in: Client, radwerk: Channel) -> None:
    page = signed_in.get(f"/channels/{radwerk.pk}/").content.decode()

    assert "How it is" in page
    assert "nothing in 90 days" in page
    assert "no gaps" in page


@pytest.mark.parametrize(
    ("left", "sign"),
    [
        (None, None),
        (100, Sign("100 % left", "good")),
        (20, Sign("20 % left", "soon")),
        (0, Sign("0 % left", "late")),
    ],
)
def test_what_the_network_says_is_left_of_its_limits(radwerk: Channel, left: int | None, sign: Sign | None) -> None:
    channels.note_read(channel_id=radwerk.pk, limit_left=left)

    assert health(radwerk).limits == sign


def test_provider_tells_when_it_came_last_and_what_is_missing(miriam: User) -> None:
    agency = channels.connect(network="service_provider", name="Agency", is_live=True, actor=miriam)
    assert health(agency).heard == Sign("not yet")

    Channel.objects.update(read_at=NOON)
    Gap.objects.create(channel=agency, began_at=NOON - DAY, ended_at=NOON, is_filled=False)

    found = health(agency, NOON + DAY)
    assert found.heard == Sign("", "", NOON)
    assert found.gaps == Sign("1 open", "soon")


def test_page_shows_the_newest_gaps_alone_and_days_as_they_are_said(signed_in: Client, radwerk: Channel) -> None:
    for ago in range(30):
        ended = NOON - ago * DAY
        Gap.objects.create(channel=radwerk, began_at=ended - timedelta(minutes=40), ended_at=ended, is_filled=True)

    shown = signed_in.get(f"/channels/{radwerk.pk}/").content.decode()

    assert '<dt title="16 November 2026, 12:20 – 16 November 2026, 13:00">16 Nov 12:20–13:00</dt>' in shown
    assert shown.count("–13:00</dt>") == 20
    assert "p.m." not in shown


def test_connecting_again_is_next_where_the_token_is_lost(signed_in: Client, miriam: User) -> None:
    lost = channels.connect(network="mastodon", name="Wir", secret="t", is_live=True, actor=miriam)
    for code, listens, connects in (("network.not_authorised", "", " primary"), ("network.refused", " primary", "")):
        channels.note_failure(channel_id=lost.pk, code=code, words="", stop=True)

        shown = signed_in.get(f"/channels/{lost.pk}/").content.decode()

        assert f'<button class="button{listens}">Listen again</button>' in shown
        assert f'<a class="button{connects}" href="/channels/connect/mastodon/?server=">' in shown
