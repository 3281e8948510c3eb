from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.networks.page_server import PageServer
from tests.networks.page_server import page as served

from resonanz.accounts import company
from resonanz.accounts.models import Company, Role, User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.duties.models import Responsibility
from resonanz.listening.models import Post, Topic
from resonanz.networks.models import Channel
from resonanz.pipeline import tasks
from resonanz.service.models import Case
from resonanz.web.forms.start import FeedForm
from resonanz.web.views import channel_removal

from .conftest import BACKEND

pytestmark = pytest.mark.django_db
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><guid>1</guid><title>Nordhain builds bicycles</title></item></channel></rss>"""
STEPS = ("area", "channel", "who", "sample", "practise", "live")


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def rooms(client: Client, address: str = "/settings/") -> set[str]:
    return set(re.findall(r'<a class="room(?: rare)?" href="(/\w*/?)"', page(client, address)))


def name_somebody(channel: Channel, who: User, deputy: User | None = None) -> None:
    Responsibility.objects.create(channel=channel, owner=who, deputy=deputy)


def test_start_page_leads_the_first_administrator_to_the_first_start(signed_in: Client) -> None:
    assert signed_in.get("/").headers["Location"] == "/start/"
    assert signed_in.get("/start/").headers["Location"] == "/start/area/"


def test_start_page_leads_nobody_there_who_had_channels_before(signed_in: Client, channel: Channel) -> None:
    assert signed_in.get("/").status_code == 200
    assert "/start/" not in rooms(signed_in)


def test_skipped_start_leads_there_no_more(signed_in: Client) -> None:
    assert signed_in.post("/start/skip/").headers["Location"] == "/"

    assert signed_in.get("/").status_code == 200
    assert "/start/" not in rooms(signed_in)
    assert signed_in.get("/start/").headers["Location"] == "/start/area/"


def test_begun_start_is_resumed_where_it_was_left(signed_in: Client, channel: Channel, miriam: User) -> None:
    form = {"name": "Nordhain", "areas": ["SERVICE"]}
    assert signed_in.post("/start/area/", form).headers["Location"] == "/start/channel/"

    assert signed_in.get("/").headers["Location"] == "/start/"
    assert signed_in.get("/start/").headers["Location"] == "/start/who/"
    name_somebody(channel, miriam)
    assert signed_in.get("/start/").headers["Location"] == "/start/sample/"
    page(signed_in, "/start/sample/")
    assert signed_in.get("/start/").headers["Location"] == "/start/practise/"
    assert "/start/" in rooms(signed_in)
    assert signed_in.post("/start/live/").headers["Location"] == "/"
    assert signed_in.get("/").status_code == 200


@pytest.mark.parametrize("role", [Role.LEAD, Role.AGENT, Role.ANALYST])
def test_first_start_is_for_administrators(client: Client, role: str) -> None:
    someone = User.objects.create_user("s@nordhain.example", name="S", role=role, created_at=clock.now())
    client.force_login(someone, backend=BACKEND)

    assert client.get("/").status_code == 200
    for step in STEPS:
        assert client.get(f"/start/{step}/").status_code == 403
    for address in ("/start/skip/", "/start/live/", "/start/area/", "/start/practise/", "/start/practise/end/"):
        assert client.post(address, {"name": "X", "areas": ["SERVICE"]}).status_code == 403
    assert client.get("/company/").status_code == 403
    assert not Company.objects.exists()


def test_sales_cannot_be_chosen_yet(signed_in: Client) -> None:
    answer = signed_in.post("/start/area/", {"name": "Nordhain", "areas": ["SALES"]})

    assert answer.status_code == 200
    assert company.company().areas == []


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServer]:
    """A web server with a feed and a page that is none."""
    with PageServer() as running:
        monkeypatch.setenv(ALLOWED_VARIABLE, running.host)
        running.pages["/feed"] = served(FEED, headers={"Content-Type": "application/rss+xml"})
        running.pages["/"] = served(b"<!doctype html><title>News</title>", headers={"Content-Type": "text/html"})
        yield running


def test_feed_is_connected_under_the_name_of_its_server(signed_in: Client, server: PageServer) -> None:
    answer = signed_in.post("/start/channel/", {"address": server.url("/feed"), "name": ""})

    made = Channel.objects.get()
    assert answer.headers["Location"] == "/start/who/"
    assert (made.network, made.name, made.address) == ("feeds", "127.0.0.1", server.url("/feed"))
    again = signed_in.post("/start/channel/", {"address": server.url("/feed"), "name": ""})
    assert "There is already a channel called 127.0.0.1." in again.content.decode()
    assert Channel.objects.count() == 1


@pytest.mark.parametrize("path", ["/", "/nothing-here"])
def test_address_without_a_feed_is_told_before_anything_is_connected(
    signed_in: Client, server: PageServer, path: str
) -> None:
    answer = signed_in.post("/start/channel/", {"address": server.url(path), "name": ""})

    assert "There is no feed at this address." in answer.content.decode()
    assert not Channel.objects.exists()


def test_private_address_is_refused_beside_the_field(signed_in: Client) -> None:
    answer = signed_in.post("/start/channel/", {"address": "http://127.0.0.1:9/feed", "name": ""})

    assert "This address is not on the open internet and is not asked." in answer.content.decode()
    assert not Channel.objects.exists()


@pytest.mark.parametrize("address", ["", "nonsense", "javascript:alert(1)", "ftp://x.example/"])
def test_address_that_is_none_is_told_beside_the_field(signed_in: Client, address: str) -> None:
    answer = signed_in.post("/start/channel/", {"address": address})

    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.content.decode()
    assert not Channel.objects.exists()


def test_colleague_is_invited_as_deputy_and_the_link_shown(signed_in: Client, channel: Channel, miriam: User) -> None:
    form = {
        "owner": miriam.pk,
        "deputy": "",
        "new_name": "Deniz",
        "new_email": "d@nordhain.example",
        "new_as": "deputy",
    }

    shown = signed_in.post(f"/start/who/?channel={channel.pk}", form).content.decode()

    row = Responsibility.objects.get()
    assert (row.owner, str(row.deputy), row.deputy and row.deputy.role) == (miriam, "Deniz", Role.AGENT)
    assert "/sign-in/" in shown
    assert "/sign-in/" not in page(signed_in, "/start/who/")


def test_half_a_colleague_and_an_own_deputy_are_refused(signed_in: Client, channel: Channel, miriam: User) -> None:
    half = signed_in.post("/start/who/", {"owner": miriam.pk, "new_name": "Deniz"})
    own = signed_in.post("/start/who/", {"owner": miriam.pk, "deputy": miriam.pk})

    assert "This is needed to add somebody." in half.content.decode()
    assert "A deputy has to be somebody else." in own.content.decode()
    assert not Responsibility.objects.exists()
    assert User.objects.count() == 1


def test_pasted_posts_show_person_time_and_first_hole(signed_in: Client, channel: Channel, miriam: User) -> None:
    name_somebody(channel, miriam)
    texts = "Wann kommt mein <b>Rad</b>?\n\nDer Akku ist kaputt, das ist eine Frechheit!\n"

    shown = signed_in.post("/start/sample/", {"texts": texts, "channel": channel.pk, "when": "now"}).content.decode()

    assert "Nobody is deputy for Miriam Kessler." in shown
    assert "2 posts fall into it." in shown
    assert "Miriam Kessler gets it, answer due" in shown
    assert "&lt;b&gt;" in shown
    assert "<b>Rad" not in shown
    assert not Post.objects.exists()
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("texts", "lines"),
    [("", 0), (" \n\n", 0), ("a\n" * 10_000, 200), ("x" * 100_000, 1), ("\x00\u202eabc\u200b\n👍", 2)],
)
def test_whatever_is_pasted_nothing_breaks(signed_in: Client, channel: Channel, texts: str, lines: int) -> None:
    answer = signed_in.post("/start/sample/", {"texts": texts, "channel": channel.pk, "when": "saturday"})

    assert answer.status_code == 200
    assert answer.content.decode().count('<li class="row">') == lines


def test_steps_without_a_channel_say_what_comes_first(signed_in: Client) -> None:
    for step in STEPS:
        assert signed_in.get(f"/start/{step}/").status_code == 200
    assert "First a channel" in page(signed_in, "/start/who/")
    assert "First a channel" in page(signed_in, "/start/sample/")
    assert "No practice network runs here" in page(signed_in, "/start/practise/")
    signed_in.post("/start/practise/")
    assert not Channel.objects.exists()


def test_strange_names_stand_as_they_are(signed_in: Client, miriam: User) -> None:
    Channel.objects.create(network="memory", name="R&B <i>Räder</i>", created_at=clock.now())

    shown = page(signed_in, "/start/who/")

    assert "R&amp;B &lt;i&gt;Räder&lt;/i&gt;" in shown
    assert "<i>Räder" not in shown


def test_navigation_shows_what_the_company_uses(signed_in: Client, miriam: User) -> None:
    assert {"/inbox/", "/listening/", "/topics/", "/responsibilities/"} <= rooms(signed_in)

    company.choose_areas(areas=["LISTENING"], name="", actor=miriam)
    assert rooms(signed_in).isdisjoint({"/inbox/", "/responsibilities/"})
    company.choose_areas(areas=["SERVICE"], name="", actor=miriam)
    assert rooms(signed_in).isdisjoint({"/listening/", "/topics/"})
    assert {"/channels/", "/company/", "/"} <= rooms(signed_in)


def test_room_with_open_cases_is_never_hidden(signed_in: Client, miriam: User, new_case: Callable[..., Case]) -> None:
    company.choose_areas(areas=["LISTENING"], name="", actor=miriam)
    new_case("p")

    assert {"/inbox/", "/responsibilities/"} <= rooms(signed_in)


def test_company_is_changed_without_beginning_the_first_start(signed_in: Client, channel: Channel) -> None:
    signed_in.post("/company/", {"name": "Nordhain", "areas": ["LISTENING", "SERVICE"]})

    assert company.company().name == "Nordhain"
    assert signed_in.get("/").status_code == 200


def test_channel_is_removed_after_saying_what_goes(
    signed_in: Client, channel: Channel, new_case: Callable[..., Case]
) -> None:
    case = new_case("p")
    case.case_posts.get().post.channels.add(channel)
    address = f"/channels/{channel.pk}/remove/"

    asked = page(signed_in, address)
    assert Case.objects.count() == 1
    answer = signed_in.post(address)

    assert "Remove for good" in asked
    assert answer.headers["Location"] == "/channels/"
    assert (Channel.objects.count(), Case.objects.count(), Post.objects.count()) == (0, 0, 0)


def test_channel_with_much_in_it_is_removed_in_the_background(
    signed_in: Client, channel: Channel, miriam: User, new_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    new_case("p").case_posts.get().post.channels.add(channel)
    monkeypatch.setattr(channel_removal, "MOST_WHILE_WAITING", 0)

    signed_in.post(f"/channels/{channel.pk}/remove/")

    channel.refresh_from_db()
    assert (channel.state, Case.objects.count()) == ("PAUSED", 1)
    (waiting,) = ProcrastinateJob.objects.filter(task_name="pipeline.remove_channel").values_list("args", flat=True)
    tasks.remove_channel(**waiting)
    assert not Channel.objects.exists()
    tasks.remove_channel(**waiting)


def test_channel_is_removed_by_administrators_only(client: Client, channel: Channel) -> None:
    lead = User.objects.create_user("l@nordhain.example", name="L", role=Role.LEAD, created_at=clock.now())
    client.force_login(lead, backend=BACKEND)

    assert client.post(f"/channels/{channel.pk}/remove/").status_code == 403
    assert Channel.objects.exists()


def test_page_of_a_channel_leads_back_to_a_first_start_under_way(
    signed_in: Client, channel: Channel, miriam: User
) -> None:
    before = page(signed_in, f"/channels/{channel.pk}/")
    company.choose_areas(areas=["SERVICE"], name="Nordhain", actor=miriam)
    under_way = page(signed_in, f"/channels/{channel.pk}/")
    company.finish_start(actor=miriam)
    after = page(signed_in, f"/channels/{channel.pk}/")

    assert ["Go on with the first start" in shown for shown in (before, under_way, after)] == [False, True, False]


def test_last_step_says_that_without_a_topic_a_feed_brings_nothing(signed_in: Client) -> None:
    without = page(signed_in, "/start/live/")
    Topic.objects.create(name="Rad", query="Rad", created_at=clock.now(), changed_at=clock.now())

    assert "No topic yet" in without
    assert "1 topic says what to listen for" in page(signed_in, "/start/live/")


def test_address_may_be_typed_without_its_scheme(signed_in: Client) -> None:
    typed = page(signed_in, "/start/channel/")

    assert re.search(r'<input type="text" name="address"', typed)
    assert FeedForm({"address": "blog.example/feed"}).is_valid()
