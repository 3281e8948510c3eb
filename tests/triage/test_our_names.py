from __future__ import annotations

import pytest
from tests.pipeline.events import NETWORK, ORIGIN, at, posted

from resonanz.accounts.models import Brand, Role, User
from resonanz.core import clock
from resonanz.listening import topics
from resonanz.listening.models import Post, Topic
from resonanz.networks.connections.channels import connect
from resonanz.networks.contract import Edited, Visibility
from resonanz.networks.models import Channel
from resonanz.pipeline.take_in import take_in
from resonanz.triage import feedback, our_names
from resonanz.triage.models import Evaluation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]


@pytest.fixture
def nora() -> User:
    return User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.ADMIN, created_at=clock.now())


@pytest.fixture
def channel(nora: User) -> Channel:
    Brand.objects.create(name="Nordhain Fahrräder")
    return connect(network=NETWORK, name="Practice", origin=ORIGIN, handle="nordhain", native_id="us", actor=nora)


@pytest.fixture
def topic(nora: User) -> Topic:
    return topics.create(name="Bikes", query="Rad*", opens_cases=False, actor=nora)


def _judged(native_id: str) -> tuple[object, object]:
    found = Evaluation.objects.get(post__native_id=native_id).labels["about_us"]
    return found["value"], found["unsure"]


@pytest.mark.usefixtures("topic")
def test_intake_says_of_each_post_whether_it_is_about_us(channel: Channel) -> None:
    take_in(
        channel=channel,
        events=[
            posted("topic", "Der Radweg ist gesperrt"),
            posted("named", "Mein Rad von Nordhain Fahrräder knackt"),
            posted("addressed", "Wann kommt es?", addressed=True),
            posted("private", "Wann kommt mein Rad?", visibility=Visibility.PRIVATE),
        ],
    )

    found = {name: _judged(name) for name in ("topic", "named", "addressed", "private")}
    assert found == {
        "topic": (True, True), "named": (True, False), "addressed": (True, False), "private": (True, False),
    }  # fmt: skip


@pytest.mark.usefixtures("topic")
def test_a_reworded_post_is_judged_by_what_it_says_now(channel: Channel) -> None:
    take_in(channel=channel, events=[posted("a", "Der Radweg ist gesperrt"), posted("b", "Rad?", addressed=True)])

    now = {"a": "Das Rad von Nordhain Fahrräder knackt", "b": "Mein Rad ist da"}
    edits = [Edited(network=NETWORK, origin=ORIGIN, native_id=name, text=now[name], edited_at=at(0)) for name in now]
    take_in(channel=channel, events=edits)

    assert (_judged("a"), _judged("b")) == ((True, False), (True, False))


@pytest.mark.usefixtures("topic")
def test_what_people_say_of_a_topics_posts_is_learnt(channel: Channel, nora: User) -> None:
    take_in(channel=channel, events=[posted(str(number), f"Radweg Nummer {number} gesperrt") for number in range(6)])
    for post in Post.objects.all():
        feedback.give(post_id=post.pk, label="about_us", value="false", by=nora)

    our_names.look_again()
    take_in(channel=channel, events=[posted("next", "Noch ein Radweg gesperrt")])

    assert _judged("next") == (False, False)
