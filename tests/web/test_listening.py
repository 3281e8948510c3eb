from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from resonanz.core import clock
from resonanz.listening.models import Post, PostChannel, Topic
from resonanz.service.models import Case
from resonanz.triage.models import Likeness

pytestmark = pytest.mark.django_db
HOSTILE = '</script><b>"Räder"</b> & \N{RIGHT-TO-LEFT OVERRIDE}x'


@pytest.fixture(autouse=True)
def friday_noon() -> Iterator[None]:
    """Friday, 20 November 2026, 12:00 in Germany."""
    with clock.moved_to(datetime(2026, 11, 20, 11, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def topic() -> Topic:
    return Topic.objects.create(name=HOSTILE, query="Rad", created_at=clock.now(), changed_at=clock.now())


def _shown(client: Client, query: str) -> int:
    return client.get(f"/listening/?{query}").content.decode().count('<article class="row"')


def test_filters_narrow_alone_and_together(signed_in: Client, new_case: Callable[..., Case], topic: Topic) -> None:
    one, _other = new_case("a"), new_case("b", labels={})
    post = Post.objects.get(native_id="a")
    post.topics.add(topic)
    PostChannel.objects.create(post=post, channel=one.channel)
    Post.objects.filter(pk=post.pk).update(kind="REVIEW", posted_at=clock.now() - timedelta(days=1))
    post.evaluation.sentiment = "negative"
    post.evaluation.save()

    parts = [f"topic={topic.pk}", f"channel={one.channel_id}", "sentiment=negative", "kind=REVIEW", "day=2026-11-19"]
    assert [_shown(signed_in, part) for part in parts] == [1] * 5
    assert _shown(signed_in, "&".join(parts)) == 1
    assert _shown(signed_in, f"topic={topic.pk}&day=2026-11-20") == 0
    assert _shown(signed_in, "") == 2


def test_heading_names_what_is_shown_and_escapes_it(
    signed_in: Client, new_case: Callable[..., Case], topic: Topic
) -> None:
    new_case("a")
    Post.objects.get(native_id="a").topics.add(topic)

    page = signed_in.get(f"/listening/?topic={topic.pk}&day=2026-11-20&kind=POST").content.decode()

    assert "Posts of 20 November 2026 on &lt;/script&gt;&lt;b&gt;&quot;Räder&quot;&lt;/b&gt; &amp; " in page
    assert " · Post " in page
    assert "<b>&quot;" not in page
    assert f'href="?topic={topic.pk}&amp;day=2026-11-20&amp;kind=POST"' in page


def test_filters_stay_on_earlier_pages(signed_in: Client, new_case: Callable[..., Case]) -> None:
    new_case("a")
    Post.objects.bulk_create(
        [
            Post(
                network="memory", native_id=f"n{number}", root_native_id="n", kind="POST", visibility="PUBLIC",
                speaker="OUTSIDER", text="x", posted_at=clock.now() - timedelta(minutes=number),
                received_at=clock.now(), purpose="SERVICE", source="memory", delete_on=clock.now().date(),
            )
            for number in range(60)
        ]
    )  # fmt: skip

    page = signed_in.get("/listening/?day=2026-11-20&kind=POST").content.decode()
    onward = next(part for part in page.split('href="') if part.startswith("?day") and "before=" in part).split('"')[0]
    later = signed_in.get("/listening/" + onward.replace("&amp;", "&")).content.decode()

    assert page.count('<article class="row"') + later.count('<article class="row"') == 61
    assert '<span class="n quiet">61</span></h2>' in later


@pytest.mark.parametrize(
    "query",
    ["day=2026-02-30", "day=9999-12-31", "day=0001-01-01", "day=%00", "topic=9999999999999999999", "channel=x",
     "sentiment=%27", "kind=post", "answer=late", "day=2026-11-20&answer=%00", "day=1969-12-31"],
)  # fmt: skip
def test_addresses_that_nobody_would_type_are_borne(signed_in: Client, query: str) -> None:
    assert signed_in.get(f"/listening/?{query}").status_code == 200


def test_what_many_say_is_shown_once_with_how_many_more(signed_in: Client, new_case: Callable[..., Case]) -> None:
    for name in ("a", "b", "c", "d"):
        new_case(name)
    alike = [Post.objects.get(native_id=name) for name in ("a", "b", "c")]
    for post in alike:
        Likeness.objects.create(post=post, digest=1, alike=alike[0].pk)
    Post.objects.filter(pk=alike[1].pk).update(kind="REVIEW")

    page = signed_in.get("/listening/").content.decode()

    assert page.count('<article class="row"') == 2
    assert f'id="post-{alike[2].pk}"' in page
    assert f'href="/listening/?alike={alike[0].pk}">and 2 nearly the same</a>' in page
    assert _shown(signed_in, f"alike={alike[0].pk}") == 3
    told = 'Posts that say nearly the same <span class="n quiet">3</span>'
    assert told in signed_in.get(f"/listening/?alike={alike[0].pk}").content.decode()
    assert _shown(signed_in, "kind=REVIEW") == 1, "what a filter leaves stands for the others"
    assert _shown(signed_in, "alike=x") == 2


def test_a_row_and_a_case_tell_that_others_say_the_same(signed_in: Client, new_case: Callable[..., Case]) -> None:
    case, _other = new_case("a"), new_case("b")
    for name in ("a", "b"):
        Likeness.objects.create(post=Post.objects.get(native_id=name), digest=1, alike=7)

    page = signed_in.get(f"/inbox/{case.pk}/").content.decode()

    assert page.count(">1 alike<") == 2
    assert 'href="/listening/?alike=7">Others say nearly the same</a>' in page
