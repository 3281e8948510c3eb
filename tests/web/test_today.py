from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from resonanz.accounts import company
from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.insights.metrics import Day as CountedDay
from resonanz.insights.metrics import Said
from resonanz.listening.models import Post, Topic
from resonanz.networks.models import Channel
from resonanz.service.models import Case
from resonanz.web.wording import said_sentences

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday_noon() -> Iterator[None]:
    """Friday, 20 November 2026, 12:00 in Germany; no count is kept from another test."""
    caches["process"].clear()
    with clock.moved_to(datetime(2026, 11, 20, 11, 0, tzinfo=UTC)):
        yield


def test_every_number_leads_to_as_many_posts(signed_in: Client, new_case: Callable[..., Case]) -> None:
    for name in ("a", "b", "c"):
        new_case(name)
    Post.objects.filter(native_id="a").update(posted_at=clock.now() - timedelta(days=1))

    page = signed_in.get("/").content.decode()
    lists = {address: _posts(signed_in, address) for address in re.findall(r'"(/listening/\?day=[^"]*)"', page)}

    assert '<span class="n">2</span><b>said</b>' in page
    assert (lists["/listening/?day=2026-11-20"], lists["/listening/?day=2026-11-19"]) == (2, 1)
    assert lists["/listening/?day=2026-11-20&amp;answer=waiting"] == 2
    assert lists["/listening/?day=2026-11-20&amp;answer=late"] == 0
    assert sum(lists.values()) == 6  # each post in its day and as waiting
    assert len(set(lists)) == 14 * 4


def _posts(client: Client, address: str) -> int:
    page = client.get(address.replace("&amp;", "&")).content.decode()
    count = page.count('<article class="row"')
    assert f'<span class="n quiet">{count}</span></h2>' in page
    return count


def test_analysts_see_what_was_said_and_nothing_of_cases(
    signed_in: Client, miriam: User, new_case: Callable[..., Case]
) -> None:
    new_case("a")
    miriam.role = Role.ANALYST
    miriam.save()

    page = signed_in.get("/").content.decode()

    assert '<span class="n">1</span><b>said</b>' in page
    assert "waiting" not in page
    assert "/inbox/" not in page
    assert "answer=" not in page
    assert _chart(page)["data"]["values"][-1] == {"label": "Fri 20", "said": 1, "number": "1"}
    assert _posts(signed_in, "/listening/?day=2026-11-20&answer=late") == 1


def _chart(page: str) -> dict[str, dict[str, list[dict[str, object]]]]:
    found = re.search(r'<script id="days-chart" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    told: dict[str, dict[str, list[dict[str, object]]]] = json.loads(found[1])
    return told


def test_chart_tells_the_days_in_the_language_of_the_reader(
    signed_in: Client, miriam: User, new_case: Callable[..., Case]
) -> None:
    new_case("a")

    english = _chart(signed_in.get("/").content.decode())["data"]["values"]
    miriam.language = "de"
    miriam.save()
    german = _chart(signed_in.get("/").content.decode())["data"]["values"]

    assert (english[-1]["label"], german[-1]["label"]) == ("Fri 20", "Fr 20.")
    assert len(english) == 14


def test_page_without_channels_and_page_without_posts_teach(signed_in: Client, miriam: User) -> None:
    company.finish_start(actor=miriam)
    nothing = signed_in.get("/").content.decode()
    Channel.objects.create(network="memory", name="Nordhain", created_at=clock.now())
    quiet = signed_in.get("/").content.decode()

    assert "Connect the first channel" in nothing
    assert "Nothing said in the last two weeks" in quiet
    assert "charts.js" not in quiet


def test_channel_that_fails_is_named(signed_in: Client, channel: Channel) -> None:
    channel.failing_since, channel.failure_code = clock.now(), "http.timeout"
    channel.save()

    assert f'href="/channels/{channel.pk}/"' in signed_in.get("/").content.decode()


@pytest.mark.parametrize(
    ("today", "usual", "sentence"),
    [
        (0, None, "Nothing said yet today."),
        (1, None, "1 post so far today."),
        (34, 20, "34 said so far; by this time it is usually 20."),
        (12, 20, "12 said so far; by this time it is usually 20."),
        (21, 20, "21 said so far, about as usual by this time."),
        (0, 20, "Nothing said yet today; by this time it is usually 20."),
        (0, 1, "Nothing said yet today."),
        (0, 0, "Nothing said yet today, as is usual by this time."),
        (21, 0, "21 posts so far; usually nothing is said by this time."),
        (1234, 20, "1,234 said so far; by this time it is usually 20."),
    ],
)
def test_sentence_tells_today_beside_the_usual(today: int, usual: int | None, sentence: str) -> None:
    assert said_sentences.sentence(Said((CountedDay(clock.now().date(), today),), usual)) == sentence


def test_start_page_and_a_day_need_few_queries(signed_in: Client, new_case: Callable[..., Case]) -> None:
    for name in ("a", "b", "c"):
        new_case(name)
    topic = Topic.objects.create(name="Rad", query="Rad", created_at=clock.now(), changed_at=clock.now())
    for post in Post.objects.all():
        post.topics.add(topic)

    assert _queries(signed_in, "/") == 12
    assert _queries(signed_in, f"/listening/?day=2026-11-20&topic={topic.pk}") == 11
    assert _queries(signed_in, "/listening/") == 9


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
