from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.networks.models import Channel
from resonanz.privacy.models import Purpose
from resonanz.service.lists.search import MOST_FOUND, found
from resonanz.service.models import Case, CaseNote, CasePost, Outgoing, OutgoingState


@pytest.fixture
def channel(agent: User) -> Channel:
    return Channel.objects.create(network="memory", name="Searched", created_at=clock.now())


def asked(channel: Channel, text: str, *, minutes_ago: int = 0, language: str = "de") -> Case:
    number = str(uuid4())
    at = clock.now() - timedelta(minutes=minutes_ago)
    case = Case.objects.create(
        channel=channel,
        network=channel.network,
        root_native_id=number,
        visibility="PUBLIC",
        intent="QUESTION",
        opened_at=at,
        last_post_at=at,
    )
    say(case, text, minutes_ago=minutes_ago, language=language)
    return case


def say(case: Case, text: str, *, minutes_ago: int = 0, language: str = "de") -> Post:
    at = clock.now() - timedelta(minutes=minutes_ago)
    post = Post.objects.create(
        network="memory", native_id=str(uuid4()), kind="COMMENT", visibility="PUBLIC", speaker="OUTSIDER", text=text,
        language=language, root_native_id=case.root_native_id, posted_at=at, received_at=at,
        purpose=Purpose.SERVICE, source="memory", delete_on=date(2099, 1, 1),
    )  # fmt: skip
    CasePost.objects.create(case=case, post=post)
    return post


def answer(case: Case, text: str, state: str, *, minutes_ago: int = 0) -> None:
    at = clock.now() - timedelta(minutes=minutes_ago)
    Outgoing.objects.create(
        key=uuid4(), channel=case.channel, case=case, parent_native_id="1", root_native_id="1", visibility="PUBLIC",
        text=text, state=state, created_at=at, sent_at=at, native_id=str(uuid4()), delete_on=date(2099, 1, 1),
    )  # fmt: skip


def cases_found(words: str) -> list[int]:
    return [hit.case_id for hit in found(words=words, among=Case.objects.all())]


@pytest.mark.django_db
def test_search_reads_posts_answers_and_notes_newest_hit_first(channel: Channel) -> None:
    by_post = asked(channel, "Die Bremsen quietschen", minutes_ago=30)
    by_answer = asked(channel, "Was tun?", minutes_ago=90)
    answer(by_answer, "Neue Bremsen sind unterwegs", OutgoingState.SENT, minutes_ago=10)
    by_note = asked(channel, "Und nun?", minutes_ago=90)
    CaseNote.objects.create(
        case=by_note, text="Bremse war schon einmal Thema", created_at=clock.now() - timedelta(minutes=20),
        delete_on=date(2099, 1, 1),
    )  # fmt: skip
    asked(channel, "Der Sattel wackelt")

    assert cases_found("bremse") == [by_answer.pk, by_note.pk, by_post.pk]


@pytest.mark.django_db
def test_search_does_not_find_what_was_never_sent(channel: Channel) -> None:
    case = asked(channel, "Was tun?")
    answer(case, "Kulanz wäre denkbar", OutgoingState.CANCELLED)

    assert cases_found("Kulanz") == []


@pytest.mark.django_db
def test_search_names_a_case_once_with_its_newest_post(channel: Channel) -> None:
    case = asked(channel, "Akku leer", minutes_ago=60)
    newest = say(case, "Akku immer noch leer", minutes_ago=5)

    hits = found(words="akku", among=Case.objects.all())

    assert [(hit.case_id, hit.post_id) for hit in hits] == [(case.pk, newest.pk)]


@pytest.mark.django_db
def test_search_stays_among_the_cases_asked_for(channel: Channel) -> None:
    mine = asked(channel, "Akku leer")
    asked(channel, "Akku leer")

    hits = found(words="akku", among=Case.objects.filter(pk=mine.pk))

    assert [hit.case_id for hit in hits] == [mine.pk]


@pytest.mark.django_db
def test_search_ends_at_its_bound_though_one_conversation_hits_often(channel: Channel) -> None:
    cases = [asked(channel, "Akku", minutes_ago=200 + number) for number in range(MOST_FOUND + 5)]
    for number in range(20):
        say(cases[0], "Akku", minutes_ago=number)

    hits = cases_found("akku")

    assert hits == [case.pk for case in cases[:MOST_FOUND]]


@pytest.mark.django_db
def test_the_first_hits_are_the_same_however_few_are_wanted(channel: Channel) -> None:
    talkative = asked(channel, "Akku", minutes_ago=300)
    for number in range(30):
        say(talkative, "Akku", minutes_ago=number)
    answered = asked(channel, "Was tun?", minutes_ago=300)
    answer(answered, "Der Akku kommt", OutgoingState.SENT, minutes_ago=200)
    others = [asked(channel, "Akku", minutes_ago=100 + number) for number in range(8)]
    expected = [talkative.pk, *(case.pk for case in others), answered.pk]

    wanted = [[hit.case_id for hit in found(words="akku", most=most)] for most in range(1, 12)]

    assert wanted == [expected[:most] for most in range(1, 12)]


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["", "  ", "und", "\x00"])
def test_search_for_nothing_finds_nothing(channel: Channel, words: str) -> None:
    asked(channel, "Akku und Bremse")

    assert cases_found(words) == []


@pytest.mark.django_db
def test_search_asks_once_and_each_kind_of_word_has_its_index() -> None:
    with CaptureQueriesContext(connection) as asked_for:
        found(words="akku bremse")

    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'service_outgoing'")
        for (name,) in cursor.fetchall():
            if not name.endswith(("words", "pkey", "key")):  # in an empty table any of them would do
                cursor.execute(f'ALTER TABLE service_outgoing DROP CONSTRAINT IF EXISTS "{name}"')
                cursor.execute(f'DROP INDEX IF EXISTS "{name}"')
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        # Nor may a row be looked up by what it is joined to: how much other tests left would decide about it.
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off")
        cursor.execute(f"EXPLAIN {asked_for[0]['sql']}".replace("%", "%%"), [])
        plan = "".join(row[0] for row in cursor.fetchall())
    assert len(asked_for) == 1
    kinds = ("listening_post_words", "service_outgoing_words", "service_case_note_words", "people_identity_words")
    assert [index for index in kinds if index not in plan] == []


@pytest.mark.django_db
def test_search_among_cases_takes_any_condition(channel: Channel) -> None:
    wanted = asked(channel, "Akku leer")
    asked(channel, "Akku leer")
    named = Q(root_native_id__contains=wanted.root_native_id) & ~Q(origin__contains="%s 100%")

    hits = found(words="akku", among=Case.objects.filter(named))

    assert [hit.case_id for hit in hits] == [wanted.pk]
    assert found(words="akku", among=Case.objects.filter(pk__in=[])) == []
