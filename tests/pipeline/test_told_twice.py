"""What is told twice, by a network and by others, is one post in one case, in the words and names of the network."""

from __future__ import annotations

from datetime import timedelta

import pytest

from resonanz.accounts.models import Brand, User
from resonanz.core import clock
from resonanz.listening import topics
from resonanz.listening.models import EarlierWording, Post
from resonanz.networks.connections import batch_keys
from resonanz.networks.connections.channels import connect
from resonanz.networks.contract import Author, Edited, Event
from resonanz.networks.models import Channel, Webhook
from resonanz.people.models import Identity
from resonanz.pipeline import arrivals
from resonanz.pipeline.receiving import receive
from resonanz.pipeline.take_in import take_in
from resonanz.service.models import Case, CaseEvent, CaseState, Outgoing, OutgoingState
from tests.networks.provider_asking import batch, headers, line
from tests.pipeline.events import NETWORK, ORIGIN, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def own() -> Channel:
    return connect(
        network=NETWORK, name="Practice", origin=ORIGIN, handle="nordhain", native_id="us", is_live=True, actor=None
    )


@pytest.fixture
def told() -> Channel:
    return connect(network="service_provider", name="Agency", is_live=True, actor=None)


def say(channel: Channel, *events: Event) -> None:
    take_in(channel=channel, events=events)


QUESTION = posted("1", addressed=True)


def test_what_a_network_told_first_stays_its_case(own: Channel, told: Channel) -> None:
    say(own, QUESTION)
    say(told, QUESTION)

    assert Case.objects.get().channel == own
    assert Post.objects.get().channels.count() == 2


def test_what_others_told_first_goes_over_to_the_network(own: Channel, told: Channel) -> None:
    say(told, QUESTION)
    assert Case.objects.get().channel == told
    say(own, QUESTION)
    say(own, posted("2", "Noch immer nichts?", parent_id="1", root_id="1", addressed=True))

    case = Case.objects.get()
    assert case.channel == own
    assert case.case_posts.count() == 2
    assert CaseEvent.objects.filter(case=case, act="case.heard_there").count() == 1


def test_what_was_settled_is_not_opened_anew_because_others_tell_of_it(own: Channel, told: Channel) -> None:
    say(own, QUESTION)
    Case.objects.update(state=CaseState.RESOLVED, resolved_at=clock.now())
    say(told, QUESTION)

    assert Case.objects.count() == 1


def test_what_only_listening_knew_becomes_a_case_when_it_is_said_to_be_meant_for_us(
    own: Channel, told: Channel, topic: None
) -> None:
    say(own, posted("1"))
    assert not Case.objects.exists()
    say(told, QUESTION)

    assert Case.objects.get().channel == told


def test_case_in_which_something_is_written_stays_where_it_is(own: Channel, told: Channel) -> None:
    say(told, QUESTION)
    case = Case.objects.get()
    Outgoing.objects.create(
        key="5f2b6f0e-1f7c-4b5e-9a8e-0c1d2e3f4a5b", channel=told, case=case, in_reply_to=Post.objects.get(),
        parent_native_id="1", root_native_id="1", visibility="PUBLIC", text="Bald", state=OutgoingState.ASSISTED,
        created_at=clock.now(), delete_on=(clock.now() + timedelta(days=9)).date(),
    )  # fmt: skip
    say(own, QUESTION)

    assert Case.objects.get().channel == told


def test_case_of_another_brand_stays_where_it_is(own: Channel, told: Channel) -> None:
    own.brand = Brand.objects.create(name="Other")
    own.save(update_fields=["brand"])
    say(told, QUESTION)
    say(own, QUESTION)

    assert Case.objects.get().channel == told


def test_words_of_the_network_replace_those_that_others_told(own: Channel, told: Channel) -> None:
    say(told, posted("1", "Nie wieder kaufe ich hier!", addressed=True))
    say(own, posted("1", "Immer wieder gern, aber wann?", addressed=True))

    assert Post.objects.get().text == "Immer wieder gern, aber wann?"
    assert EarlierWording.objects.get().text == "Nie wieder kaufe ich hier!"


def test_words_of_the_network_count_though_others_said_that_it_was_edited_tomorrow(own: Channel, told: Channel) -> None:
    say(told, QUESTION)
    tomorrow = clock.now() + timedelta(hours=23)
    say(told, Edited(network=NETWORK, origin=ORIGIN, native_id="1", text="gefälscht", edited_at=tomorrow))
    say(own, QUESTION)
    say(own, QUESTION)

    assert Post.objects.get().text == QUESTION.text


def test_others_give_nobody_another_name_whom_the_network_named(own: Channel, told: Channel) -> None:
    say(own, QUESTION)
    false = Author(native_id="a-1", handle="ceo", name="Chefin", url="https://forged.example/")
    say(told, posted("2", "Und?", addressed=True, author=false, ago=timedelta(0)))

    known = Identity.objects.get()
    assert (known.handle, known.name, known.url) == ("jonas", "Jonas B.", "")


def test_others_give_a_new_name_to_whom_they_alone_named(told: Channel) -> None:
    say(told, QUESTION)
    say(told, posted("2", "Und?", addressed=True, author=Author(native_id="a-1", handle="jo"), ago=timedelta(0)))

    assert Identity.objects.get().handle == "jo"


@pytest.mark.parametrize(
    ("text", "posts"),
    [
        ("Wo   bleibt mein Rad? Ich warte seit drei Wochen auf Antwort.", 1),
        ("Wo bleibt mein Rad? Ich warte seit drei Wochen …", 1),
        ("Und wann kommt meines?", 2),
        ("Wo bleibt", 2),
    ],
)
def test_one_address_with_the_same_words_is_one_post_though_its_id_is_another(
    own: Channel, told: Channel, text: str, posts: int
) -> None:
    actor = User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())
    key = batch_keys.make(channel_id=told.pk, actor=actor)
    whole = "Wo bleibt mein Rad? Ich warte seit drei Wochen auf Antwort."
    say(own, posted("1", whole, addressed=True, url="https://practice.example/posts/1"))

    said = line("their-1", text, network=NETWORK, url="https://www.practice.example/posts/1/?utm_source=agency")
    body = batch(said)
    receive(key=Webhook.objects.get().key, headers=headers(key.key_id, key.secret, 1, body), body=body)
    arrivals.take_waiting()

    assert (Post.objects.count(), Case.objects.count()) == (posts, posts)


def test_comments_that_a_provider_gives_the_address_of_their_page_stay_apart(told: Channel) -> None:
    actor = User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())
    key = batch_keys.make(channel_id=told.pk, actor=actor)
    for number in (1, 2):
        body = batch(line(f"c{number}", "Wann?", url="https://forum.example/t/1"))
        receive(key=Webhook.objects.get().key, headers=headers(key.key_id, key.secret, number, body), body=body)
        arrivals.take_waiting()

    assert Post.objects.count() == 2


@pytest.fixture
def topic() -> None:
    actor = User.objects.create_user("ida@nordhain.example", name="Ida", role="ADMIN", created_at=clock.now())
    topics.create(name="Bikes", query="Rad*", opens_cases=False, actor=actor)
