from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening import topics
from resonanz.listening.models import EarlierWording, Post, Topic
from resonanz.listening.posts import stream
from resonanz.networks.connections.channels import connect, pause
from resonanz.networks.contract import AccountGone, Author, BadEvent, Counted, Deleted, Edited, Event, Visibility
from resonanz.networks.models import Channel
from resonanz.people.models import Identity, Person
from resonanz.pipeline.models import PutAside
from resonanz.pipeline.take_in import take_in
from resonanz.privacy.models import Purpose
from resonanz.service.cases import needs_no_answer, open_from_post
from resonanz.service.models import Case, CasePost, CaseState, NoneNeeded
from resonanz.triage.models import Evaluation

from .events import NETWORK, ORIGIN, at, posted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]


@pytest.fixture
def colleague() -> User:
    return User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.ADMIN, created_at=clock.now())


@pytest.fixture
def channel(colleague: User) -> Channel:
    calendars.ensure_defaults()
    made = connect(network=NETWORK, name="Practice", origin=ORIGIN, handle="nordhain", native_id="us", actor=colleague)
    set_responsibility(
        channel_id=made.pk, topic_id=None, intent="", owner_id=colleague.pk, deputy_id=None, team_id=None,
        actor=colleague,
    )  # fmt: skip
    return made


@pytest.fixture
def topic(colleague: User) -> Topic:
    return topics.create(name="Bikes", query="Rad* OR bike*", opens_cases=False, actor=colleague)


def test_post_that_concerns_nobody_is_dropped(channel: Channel) -> None:
    taken = take_in(channel=channel, events=[posted("1", "Schönes Wetter heute")])

    assert (taken.read, taken.stored, taken.dropped) == (1, 0, 1)
    assert not Post.objects.exists()


def test_post_on_a_topic_stays_in_listening_without_a_person(channel: Channel, topic: Topic) -> None:
    take_in(channel=channel, events=[posted("1", "Mein Rad ist kaputt, schon wieder!")])

    post = Post.objects.get()
    assert [found.pk for found in post.topics.all()] == [topic.pk]
    assert post.purpose == Purpose.REPUTATION
    assert not Person.objects.exists()
    assert not Case.objects.exists()


def test_addressed_question_becomes_a_case_with_person_and_due_time(channel: Channel, colleague: User) -> None:
    take_in(channel=channel, events=[posted("1", "Wann kommt mein Rad an?", mentions=("@Nordhain",))])

    case = Case.objects.get()
    assert case.assignee == colleague
    assert case.identity == Identity.objects.get(native_id="a-1")
    assert case.answer_due_at == at(3)  # four business hours from nine o'clock, an hour ago
    assert Post.objects.get().purpose == Purpose.SERVICE


def test_same_batch_twice_stores_nothing_twice(channel: Channel) -> None:
    batch: list[Event] = [posted(str(number), addressed=True) for number in range(3)]

    first = take_in(channel=channel, events=batch)
    second = take_in(channel=channel, events=batch)

    assert (first.stored, second.stored, second.duplicates) == (3, 0, 3)
    assert (Post.objects.count(), Case.objects.count(), CasePost.objects.count()) == (3, 3, 3)


def test_replies_in_a_thread_extend_its_open_case(channel: Channel) -> None:
    take_in(channel=channel, events=[posted("1", addressed=True)])
    other = Author(native_id="a-2", handle="anke")
    take_in(channel=channel, events=[posted("2", "Hallo?", parent_id="1", addressed=True)])
    take_in(channel=channel, events=[posted("3", "Bei mir auch so", parent_id="2", author=other)])

    case = Case.objects.get()
    places = {place.post.native_id: place.state for place in case.case_posts.select_related("post")}
    assert places == {"1": "OPEN", "2": "OPEN", "3": "NONE_NEEDED"}
    assert Post.objects.get(native_id="3").is_context


@pytest.mark.parametrize("root_id", ["2", "1"])
def test_who_tells_no_more_than_itself_or_its_parent_belongs_where_that_does(channel: Channel, root_id: str) -> None:
    take_in(channel=channel, events=[posted("1", addressed=True, root_id="0")])
    take_in(channel=channel, events=[posted("2", "Hallo?", parent_id="1", root_id=root_id, addressed=True)])

    assert set(Post.objects.values_list("root_native_id", flat=True)) == {"0"}
    assert Case.objects.count() == 1


def test_what_stands_below_a_post_of_ours_and_names_itself_is_a_matter_of_its_own(channel: Channel) -> None:
    ours = posted("1", "Neue Räder sind da", author=Author("us"), root_id="1")
    first, second = (posted(key, "Wann?", parent_id="1", root_id=key, addressed=True) for key in ("2", "3"))

    take_in(channel=channel, events=[ours, first, second])

    assert Case.objects.count() == 2


def test_private_posts_never_join_a_public_case(channel: Channel) -> None:
    take_in(channel=channel, events=[posted("1", addressed=True)])
    take_in(channel=channel, events=[posted("2", parent_id="1", addressed=True, visibility=Visibility.PRIVATE)])

    assert sorted(Case.objects.values_list("visibility", flat=True)) == ["PRIVATE", "PUBLIC"]


def test_private_posts_of_several_people_in_one_thread_never_share_a_case(channel: Channel) -> None:
    """Two answer the same public post of ours in private; what we write to one of them stays with that one."""
    private: dict[str, Any] = {"visibility": Visibility.PRIVATE, "root_id": "root"}
    anke, ours = Author(native_id="a-2", handle="anke"), Author(native_id="us", handle="nordhain")

    take_in(
        channel=channel,
        events=[
            posted("1", "Meine Nummer ist 4711", addressed=True, **private),
            posted("2", "Und meine 0815", author=anke, addressed=True, **private),
            posted("3", "Danke, Anke.", author=ours, parent_id="2", **private),
        ],
    )
    take_in(channel=channel, events=[posted("4", "Wir melden uns.", author=ours, parent_id="3", **private)])
    take_in(channel=channel, events=[posted("5", "Gut.", author=anke, parent_id="4", **private)])
    take_in(channel=channel, events=[posted("6", "An wen?", author=ours, parent_id="elsewhere", **private)])

    places = CasePost.objects.values_list("case__private_with", "post__native_id").order_by("post__native_id")
    assert list(places) == [("a-1", "1"), ("a-2", "2"), ("a-2", "3"), ("a-2", "4"), ("a-2", "5")]
    assert not Post.objects.filter(native_id="6").exists()


def test_own_posts_are_context_and_answer_what_they_reply_to(channel: Channel) -> None:
    take_in(channel=channel, events=[posted("1", addressed=True)])
    ours = Author(native_id="us", handle="nordhain")
    taken = take_in(
        channel=channel, events=[posted("2", "Morgen!", parent_id="1", author=ours), posted("9", "Neu", author=ours)]
    )

    case = Case.objects.get()
    assert taken.stored == 1
    assert case.answer_due_at is None
    assert CasePost.objects.get(post__native_id="1").reason == "ANSWERED_ELSEWHERE"
    assert not hasattr(Post.objects.get(native_id="2"), "evaluation")


def test_edit_keeps_the_earlier_wording_only_while_a_case_is_open(channel: Channel, topic: Topic) -> None:
    take_in(channel=channel, events=[posted("1", "Rad weg?", addressed=True), posted("2", "Mein Rad rollt")])
    take_in(
        channel=channel,
        events=[
            Edited(network=NETWORK, origin=ORIGIN, native_id="1", text="Rad da?", edited_at=at(0)),
            Edited(network=NETWORK, origin=ORIGIN, native_id="2", text="Mein Auto rollt", edited_at=at(0)),
        ],
    )

    assert [wording.text for wording in EarlierWording.objects.all()] == ["Rad weg?"]
    assert Post.objects.get(native_id="1").text == "Rad da?"
    assert not Post.objects.get(native_id="2").topics.exists()


def test_rating_is_kept_and_follows_an_edit_that_changes_nothing_else(channel: Channel) -> None:
    edit = Edited(network=NETWORK, origin=ORIGIN, native_id="1", text="Na ja", edited_at=at(0), rating=4)
    take_in(
        channel=channel, events=[posted("1", "Na ja", rating=2, addressed=True), posted("2", rating=9, addressed=True)]
    )
    before = dict(Post.objects.values_list("native_id", "rating"))

    take_in(channel=channel, events=[edit])
    take_in(channel=channel, events=[replace(edit, text="Gut", rating=None, edited_at=at(0.5))])

    assert before == {"1": 2, "2": None}
    assert Post.objects.values_list("text", "rating").get(native_id="1") == ("Gut", 4)


def test_edit_tells_of_the_open_case_it_touches(channel: Channel) -> None:
    take_in(channel=channel, events=[posted("1", "Rad weg?", addressed=True)])
    edit = Edited(network=NETWORK, origin=ORIGIN, native_id="1", text="Rad da?", edited_at=at(0))

    first, again = (take_in(channel=channel, events=[edit]) for _ in range(2))

    assert first.case_ids == {Case.objects.get().pk}
    assert again.case_ids == set()


def test_deletion_is_mirrored_and_the_post_never_comes_back(channel: Channel) -> None:
    said = posted("1", addressed=True)
    take_in(channel=channel, events=[said])
    take_in(channel=channel, events=[Deleted(network=NETWORK, origin=ORIGIN, native_id="1", deleted_at=at(0))])
    take_in(channel=channel, events=[said])

    assert not Post.objects.exists()
    assert not Case.objects.filter(state=CaseState.OPEN, answer_due_at__isnull=False).exists()


def test_account_gone_takes_everything_of_the_person(channel: Channel) -> None:
    take_in(channel=channel, events=[posted("1", addressed=True), posted("2", addressed=True)])
    take_in(channel=channel, events=[AccountGone(network=NETWORK, origin=ORIGIN, native_id="a-1", gone_at=at(0))])

    assert (Post.objects.count(), Identity.objects.count(), Person.objects.count()) == (0, 0, 0)


def test_counts_are_taken_over_and_the_unsaid_stays(channel: Channel) -> None:
    take_in(channel=channel, events=[posted("1", addressed=True)])
    counted = Counted(network=NETWORK, origin=ORIGIN, native_id="1", counted_at=at(-0.5), likes=3, shares=1)
    take_in(channel=channel, events=[counted, replace(counted, counted_at=at(0), likes=5, shares=None)])

    post = Post.objects.get()
    assert (post.likes, post.shares) == (5, 1)


def test_bad_events_are_put_aside_and_the_rest_goes_on(channel: Channel) -> None:
    events: list[Event] = [
        posted("1", addressed=True),
        replace(posted("2", addressed=True), posted_at=at(24 * 365 * 5)),
        replace(posted("x" * 600, addressed=True)),
        posted("3", "NUL \x00 and \ud800 surrogate", addressed=True),
    ]

    taken = take_in(channel=channel, events=events, bad=[BadEvent("{broken", "json.broken")], cursor="7")

    reasons = sorted(PutAside.objects.values_list("reason", flat=True))
    assert reasons == ["date.out_of_range", "id.too_long", "json.broken"]
    assert (taken.stored, taken.rejected) == (2, 3)
    assert Post.objects.get(native_id="3").text == "NUL  and ? surrogate"
    channel.refresh_from_db()
    assert channel.cursor == "7"


def test_post_without_an_author_is_taken_in_without_a_person(channel: Channel) -> None:
    take_in(channel=channel, events=[posted("1", author=None, addressed=True)])

    assert Case.objects.get().identity is None


def test_topic_that_opens_cases_makes_one_of_a_stranger(channel: Channel, colleague: User) -> None:
    topics.create(name="Recall", query="Rückruf", opens_cases=True, actor=colleague)

    take_in(channel=channel, events=[posted("1", "Gibt es einen Rueckruf?", ago=timedelta(days=2))])

    case = Case.objects.get()
    assert case.topic is not None
    assert case.answer_due_at is not None
    assert case.answer_due_at < clock.now()


def test_thread_of_many_levels_is_never_walked(channel: Channel) -> None:
    chain: list[Event] = [posted("0", addressed=True)]
    chain += [posted(str(n), "Doch!", parent_id=str(n - 1), addressed=True) for n in range(1, 2000)]

    taken = take_in(channel=channel, events=chain)

    assert taken.stored == 2000
    assert Case.objects.count() == 1


def test_batch_with_question_our_answer_and_follow_up_leaves_only_the_last_open(channel: Channel) -> None:
    ours = Author(native_id="us", handle="nordhain")
    take_in(
        channel=channel,
        events=[
            posted("1", addressed=True),
            posted("2", "Morgen!", parent_id="1", author=ours),
            posted("3", "Und wann genau?", parent_id="2"),
        ],
    )

    places = dict(CasePost.objects.values_list("post__native_id", "state"))
    assert places == {"1": "NONE_NEEDED", "2": "NONE_NEEDED", "3": "OPEN"}


def test_stranger_with_our_handle_on_another_server_is_a_stranger(channel: Channel) -> None:
    namesake = Author(native_id="us", handle="nordhain")

    take_in(channel=channel, events=[posted("1", author=namesake, origin="other.example", addressed=True)])

    assert Case.objects.count() == 1


def test_mention_of_another_account_of_ours_is_left_to_its_own_channel(channel: Channel, colleague: User) -> None:
    other = connect(
        network=NETWORK, name="Jobs", origin=ORIGIN, handle="jobs", native_id="them", is_live=True, actor=colleague
    )
    asked = [posted("1", "@jobs Sucht ihr noch jemanden?", mentions=("jobs",))]

    take_in(channel=channel, events=asked)
    assert not Post.objects.exists()
    take_in(channel=other, events=asked)

    assert [case.channel for case in Case.objects.all()] == [other]
    pause(channel_id=other.pk, actor=colleague)
    take_in(channel=channel, events=[posted("2", "@jobs Und bis wann?", mentions=("jobs",))])
    assert set(Case.objects.values_list("channel__name", flat=True)) == {"Jobs", "Practice"}


def test_post_from_a_timeline_that_turns_out_to_be_addressed_waits_for_an_answer(channel: Channel) -> None:
    take_in(channel=channel, events=[posted("1", addressed=True)])
    later = posted("2", "Wann kommt es endlich?", parent_id="1", author=Author(native_id="a-2"))
    take_in(channel=channel, events=[later])
    take_in(channel=channel, events=[replace(later, addressed=True), later])

    first, second = CasePost.objects.order_by("post__native_id")
    assert second.state == "OPEN"
    assert second.due_at == first.due_at == Case.objects.get().answer_due_at
    assert not Post.objects.get(native_id="2").is_context


def test_post_of_a_topic_that_becomes_addressed_is_kept_to_serve(channel: Channel, topic: Topic) -> None:
    said = posted("1", "Mein Rad ist kaputt!")
    take_in(channel=channel, events=[said])
    before = Post.objects.get()
    take_in(channel=channel, events=[replace(said, addressed=True)])

    after = Post.objects.get()
    assert (before.purpose, after.purpose) == (Purpose.REPUTATION, Purpose.SERVICE)
    assert after.delete_on > before.delete_on


def test_private_messages_never_show_in_listening(channel: Channel, topic: Topic) -> None:
    take_in(channel=channel, events=[posted("1", "Mein Rad", visibility=Visibility.PRIVATE, addressed=True)])

    assert list(stream()) == []
    assert topics.preview(query="Rad").found == []


def test_changed_topic_is_noticed_even_when_the_clock_jumped_back(channel: Channel, colleague: User) -> None:
    topic = topics.create(name="One", query="Bremse", opens_cases=False, actor=colleague)
    take_in(channel=channel, events=[posted("1", "Kette")])
    with clock.moved_to(clock.now() - timedelta(days=3)):
        topics.change(topic_id=topic.pk, name="One", query="Kette", opens_cases=False, is_active=True, actor=colleague)

    taken = take_in(channel=channel, events=[posted("2", "Kette")])

    assert taken.stored == 1


def test_topic_that_asks_for_a_language_hears_it_where_the_network_does_not_say(
    channel: Channel, colleague: User
) -> None:
    topics.create(name="German", query="Rad* AND lang:de", opens_cases=False, actor=colleague)

    taken = take_in(channel=channel, events=[posted("1", "Mein Rad ist seit gestern leider kaputt und quietscht")])

    assert taken.stored == 1


def test_due_time_follows_the_oldest_post_that_is_still_open(channel: Channel, colleague: User) -> None:
    first = posted("1", addressed=True, ago=timedelta(hours=5))
    take_in(channel=channel, events=[first, posted("2", parent_id="1", addressed=True, ago=timedelta())])
    case = Case.objects.get()
    due_before = case.answer_due_at

    needs_no_answer(
        case_id=case.pk, post_id=Post.objects.get(native_id="1").pk, reason=NoneNeeded.SPAM, actor=colleague
    )

    case.refresh_from_db()
    assert due_before is not None
    assert case.answer_due_at == at(4)
    assert case.answer_due_at > due_before


def test_case_made_of_a_post_keeps_what_the_judges_said(channel: Channel, topic: Topic, colleague: User) -> None:
    take_in(channel=channel, events=[posted("1", "Mein Rad ist schon wieder kaputt, so eine Frechheit!")])
    post = Post.objects.get()
    Evaluation.objects.filter(post=post).update(is_complaint=True, urgency=0.6)

    case = open_from_post(post_id=post.pk, channel_id=None, actor=colleague)

    assert (case.intent, case.urgency, case.assignee) == ("COMPLAINT", 0.6, colleague)
    assert Post.objects.get().purpose == Purpose.SERVICE
