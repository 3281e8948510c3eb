from __future__ import annotations

import html
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import EarlierWording, Post
from resonanz.people import groups
from resonanz.service import enquiries, notes
from resonanz.service.models import Case, CaseEvent, Outgoing, OutgoingState, TagColour
from resonanz.service.work import linking, tagging

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]
# Session, reader, navigation, which cases stand in the list, their rows, saved views.
QUERIES_OF_THE_LIST = 6
# These, and the case with its tags, posts, events, the person's identities, target groups. What most cases have not is
# asked for where the case says that it has some (`service.conversation.opened`): this number does not grow.
QUERIES_OF_A_CASE = 11
# These, and answers with the reader's draft, notes, linked cases, whoever was asked, earlier wordings of a post, the
# colleague whom an event names. What is added to the page of a case is added to this case, too.
QUERIES_OF_A_FULL_CASE = 17


@pytest.mark.parametrize("count", [1, 3])
def test_inbox_asks_the_database_as_often_for_many_as_for_one(
    count: int, signed_in: Client, new_case: NewCase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        new_case(f"p{number}")

    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        page = signed_in.get("/inbox/").content.decode()

    assert page.count("data-case=") == count


@pytest.mark.parametrize("count", [1, 3])
def test_case_asks_the_database_as_often_for_many_as_for_one(
    count: int, signed_in: Client, new_case: NewCase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cases = [new_case(f"p{number}") for number in range(count)]

    with django_assert_num_queries(QUERIES_OF_A_CASE):
        page = signed_in.get(f"/inbox/{cases[0].pk}/").content.decode()

    assert "Wann kommt mein Rad?" in page


@pytest.mark.parametrize("count", [1, 2])
def test_a_case_that_has_everything_asks_as_often_for_many_things_as_for_one(
    count: int, signed_in: Client, miriam: User, new_case: NewCase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = new_case("p")
    for number in range(count):
        fill(case, new_case(f"other-{number}"), miriam, number)

    with django_assert_num_queries(QUERIES_OF_A_FULL_CASE):
        page = signed_in.get(f"/inbox/{case.pk}/").content.decode()

    told = "Answer {0}|Note {0}|Tag {0}|Group {0}|Person {0}|Colleague {0}|Wording {0}".format(count - 1).split("|")
    assert [words for words in told if words not in page] == []


def fill(case: Case, other: Case, actor: User, number: int) -> None:
    """One more of everything that the page of a case shows."""
    now, place = clock.now(), case.case_posts.get()
    Outgoing.objects.create(
        key=uuid4(), channel=case.channel, case=case, in_reply_to=place.post, parent_native_id="p", root_native_id="p",
        visibility="PUBLIC", created_at=now, author=actor, text=f"Answer {number}", state=OutgoingState.SENT,
        sent_at=now, native_id=f"answer-{number}", delete_on=now.date(),
    )  # fmt: skip
    notes.write(case_id=case.pk, text=f"Note {number}", author=actor)
    tag = tagging.create(name=f"Tag {number}", colour=TagColour.GOOD, actor=actor)
    tagging.retag(case_id=case.pk, add=[tag.pk], actor=actor)
    linking.link(case_id=case.pk, other_id=other.pk, actor=actor)
    enquiries.ask(
        case_id=case.pk, name=f"Person {number}", email="who@example.com", question="?", excerpt="", days=7,
        author=actor, language="en",
    )  # fmt: skip
    groups.create(name=f"Group {number}", rule={"handles": ["nobody*"]}, actor=actor)
    colleague = User.objects.create_user(f"c{number}@example.com", name=f"Colleague {number}", created_at=now)
    CaseEvent.objects.create(case=case, at=now, act="case.assigned", actor=actor, details={"assignee": colleague.pk})
    EarlierWording.objects.create(post=place.post, text=f"Wording {number}", replaced_at=now)
    Post.objects.filter(pk=place.post_id).update(edited_at=now)


def test_what_strangers_write_is_never_markup(signed_in: Client, new_case: NewCase) -> None:
    text = '<script>alert(1)</script> "Skandal" & <img src=x onerror=alert(2)>'
    because = [{"start": 3, "end": 12, "weight": 1.0}]
    labels = {"complaint": {"value": True, "probability": 0.9, "unsure": False, "because": because, "version": "1"}}
    case = new_case("p", text=text, name="<b>Jonas</b>", labels=labels)

    page = signed_in.get(f"/inbox/{case.pk}/").content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>Jonas</b>" not in page
    assert '&lt;sc<span class="because" tabindex="0" data-because="Complaint">ript&gt;aler</span>t(1)' in page


def test_sending_the_form_twice_sends_one_answer(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")
    post_id = case.case_posts.get().post_id
    form = {"text": "Morgen, Jonas.", "post_id": post_id, "key": str(uuid4())}

    first = signed_in.post(f"/inbox/{case.pk}/reply/", form)
    second = signed_in.post(f"/inbox/{case.pk}/reply/", form)

    assert (first.status_code, second.status_code) == (302, 302)
    assert list(Outgoing.objects.values_list("text", "state")) == [("Morgen, Jonas.", OutgoingState.QUEUED)]


def test_refused_answer_keeps_its_text_and_says_why(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")
    key = str(uuid4())
    form = {"text": "Ja. " * 200, "post_id": case.case_posts.get().post_id, "key": key}

    answer = signed_in.post(f"/inbox/{case.pk}/reply/", form)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Too long for this network: 799 of 500 characters." in page
    assert "Ja. Ja. Ja." in page
    assert key in page
    assert list(Outgoing.objects.values_list("state", flat=True)) == [OutgoingState.DRAFT]


def test_form_sent_in_another_tab_keeps_these_words_and_sends_them_when_asked_again(
    signed_in: Client, new_case: NewCase
) -> None:
    case = new_case("p")
    form = {"text": "Morgen, Jonas.", "post_id": case.case_posts.get().post_id, "key": str(uuid4())}
    address = f"/inbox/{case.pk}/reply/"
    signed_in.post(address, form)

    answer = signed_in.post(address, form | {"text": "Am Montag, Jonas."})

    assert (answer.status_code, answer.context["reply"]["text"]) == (422, "Am Montag, Jonas.")
    again = form | {"text": "Am Montag, Jonas.", "key": str(answer.context["reply"]["key"])}
    assert signed_in.post(address, again).status_code == 302
    sent = Outgoing.objects.filter(state=OutgoingState.QUEUED).order_by("id").values_list("text", flat=True)
    assert list(sent) == ["Morgen, Jonas.", "Am Montag, Jonas."]


def test_answer_taken_back_is_in_the_form_again(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")
    form = {"text": "Morgen, Jonas.", "post_id": case.case_posts.get().post_id, "key": str(uuid4())}
    page = signed_in.post(f"/inbox/{case.pk}/reply/", form, follow=True).content.decode()
    outgoing = Outgoing.objects.get()
    assert f'action="/outgoing/{outgoing.pk}/cancel/"' in page

    page = signed_in.post(f"/outgoing/{outgoing.pk}/cancel/", follow=True).content.decode()

    outgoing.refresh_from_db()
    assert outgoing.state == OutgoingState.DRAFT
    assert ">Morgen, Jonas.</textarea>" in page


def test_case_with_open_posts_is_not_resolved_and_says_so(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    page = signed_in.post(f"/inbox/{case.pk}/resolve/", follow=True).content.decode()

    case.refresh_from_db()
    assert case.state == "OPEN"
    assert "Posts still open in this case: 1." in page


def test_broken_cursor_begins_at_the_top(signed_in: Client, new_case: NewCase) -> None:
    new_case("p")

    for cursor in ("x", "_", "2026-01-01_1", "0001-01-01T00:00:00+00:00_99999999999999999999", "_1'"):
        assert signed_in.get("/inbox/", {"after": cursor, "view": "nonsense"}).status_code == 200


def test_view_reached_from_the_start_page_is_named_only_while_it_is_shown(signed_in: Client) -> None:
    waiting = 'href="/inbox/?view=waiting"'

    assert waiting not in signed_in.get("/inbox/?view=all").content.decode()
    assert waiting in signed_in.get("/inbox/?view=waiting").content.decode()


def test_a_search_has_four_pages_and_says_that_it_ends(signed_in: Client, new_case: NewCase) -> None:
    for number in range(105):
        new_case(str(number), text=f"Wo bleibt die Klingel {number}?")

    pages, onward = [], "?view=all&q=Klingel"
    while onward:
        pages.append(signed_in.get(f"/inbox/{onward}").content.decode())
        link = re.search(r'class="onward"><a class="button" href="([^"]+)"', pages[-1])
        onward = html.unescape(link[1]) if link else ""

    shown = [set(re.findall(r'data-case="(\d+)"', page)) for page in pages]
    assert [len(cases) for cases in shown] == [25, 25, 25, 25]
    assert len(set().union(*shown)) == 100
    assert ["onward quiet" in page for page in pages] == [False, False, False, True]


def test_a_search_with_a_page_full_of_hits_ends_there(signed_in: Client, new_case: NewCase) -> None:
    for number in range(25):
        new_case(str(number), text=f"Wo bleibt die Klingel {number}?")

    page = signed_in.get("/inbox/?view=all&q=Klingel").content.decode()

    assert page.count("data-case=") == 25
    assert 'class="onward' not in page
