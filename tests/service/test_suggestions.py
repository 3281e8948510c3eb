from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.networks.connections import channels
from resonanz.privacy import tombstones
from resonanz.privacy.models import TombstoneKind
from resonanz.service.answers.suggestions import Earlier, earlier_answers
from resonanz.service.models import Aftermath, Case, Outgoing
from tests.privacy import holdings

pytestmark = pytest.mark.django_db
ASKED = "Wann wird mein Lastenrad endlich geliefert, ich warte seit drei Wochen?"
OTHER = "Der Lack am Rahmen ist zerkratzt angekommen."


def answered(name: str, text: str, said: str = "Morgen.", *, outcome: str = "", **more: Any) -> Outgoing:
    """A case of before with an answer; `outcome`: how it ended."""
    post = holdings.post(name, author=name, text=text, language="de", root_native_id=name)
    case = holdings.case(post, **{key: more.pop(key) for key in list(more) if key in ("names_employees", "intent")})
    answer = holdings.answer(post, case, said, **more)
    if outcome:
        decided = None if outcome == "SILENT" else post
        Aftermath.objects.create(case=case, outcome=outcome, post=decided, at=clock.now())
    return answer


def asks(text: str = "Mein Lastenrad wurde immer noch nicht geliefert!") -> tuple[Case, Post]:
    post = holdings.post("now", author="now", text=text, language="de", root_native_id="now")
    return holdings.case(post), post


def suggested(**more: Any) -> list[Earlier]:
    case, post = asks(**more)
    return earlier_answers(case=Case.objects.select_related("channel").get(pk=case.pk), post=post)


def test_answers_to_posts_like_this_one_come_the_well_received_first() -> None:
    answered("plain", ASKED, "In zwei Wochen.")
    answered("thanked", ASKED, "Heute noch.", outcome="THANKED")
    answered("about something else", OTHER, "Das tut uns leid.")

    found = suggested()

    assert [(one.answer.text, one.outcome) for one in found] == [("Heute noch.", "THANKED"), ("In zwei Wochen.", "")]
    assert found[0].is_well_received
    assert found[0].question.author_handle == "thanked"


def test_what_made_somebody_leave_is_no_example() -> None:
    answered("left", ASKED, outcome="LEFT")

    assert suggested() == []


@pytest.mark.parametrize(
    "hide",
    [
        lambda answer: Outgoing.objects.filter(pk=answer.pk).update(visibility="PRIVATE"),
        lambda answer: Post.objects.filter(pk=answer.in_reply_to_id).update(visibility="PRIVATE"),
        lambda answer: Outgoing.objects.filter(pk=answer.pk).update(in_reply_to=None),
        lambda answer: Outgoing.objects.filter(pk=answer.pk).update(state="CANCELLED"),
        lambda answer: Case.objects.filter(pk=answer.case_id).update(names_employees=True),
        lambda answer: tombstones.raise_stones(
            kind=TombstoneKind.POST, hashes=[tombstones.post_hash("memory", "", answer.native_id)]
        ),
        lambda answer: Outgoing.objects.filter(pk=answer.pk).update(withdrawn_at=clock.now()),
    ],
    ids=["private answer", "private post", "erased post", "not sent", "names employees", "gone there", "withdrawn"],
)  # fmt: skip
def test_private_erased_and_withdrawn_answers_are_never_shown(
    hide: Callable[[Outgoing], object], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path))
    answer = answered("before", ASKED)
    hide(answer)

    assert suggested() == []


def test_practice_stays_among_practice() -> None:
    answered("before", ASKED)
    practice = holdings.channel()
    practice.settings = {channels.PRACTICE: True}
    practice.save()
    case, post = asks()
    real = type(practice).objects.create(network="memory", name="Real", created_at=clock.now())
    Case.objects.filter(pk=case.pk).update(channel=real)

    assert earlier_answers(case=Case.objects.select_related("channel").get(pk=case.pk), post=post) == []


def test_the_same_words_come_once_and_at_most_five() -> None:
    for number in range(8):
        answered(f"same{number}", ASKED, "Immer dasselbe.")
    for number in range(6):
        answered(f"new{number}", ASKED, f"Antwort {number}")

    texts = [one.answer.text for one in suggested()]

    assert len(texts) == 5
    assert len(set(texts)) == 5


@pytest.mark.parametrize("text", ["", "\x00", "!!!", "und die das", "'; DROP TABLE x --", "x" * 100_000])
def test_what_tells_nothing_finds_nothing_and_is_no_error(text: str) -> None:
    answered("before", ASKED, sent_at=clock.now() - timedelta(days=1))
    case, post = asks()
    post.text = text

    assert earlier_answers(case=Case.objects.select_related("channel").get(pk=case.pk), post=post) == []


def test_a_single_word_is_enough() -> None:
    answered("before", ASKED, sent_at=clock.now() - timedelta(days=1))
    case, post = asks()
    post.text = "Lastenrad"

    assert len(earlier_answers(case=Case.objects.select_related("channel").get(pk=case.pk), post=post)) == 1


def test_two_questions_to_the_database_answer_it(django_assert_num_queries: Callable[..., Any]) -> None:
    answered("before", ASKED)
    case, post = asks()
    known = Case.objects.select_related("channel").get(pk=case.pk)

    with django_assert_num_queries(3):  # the words, the answers, and which of them are gone
        assert earlier_answers(case=known, post=post)
