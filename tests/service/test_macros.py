from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.listening.models import Post, Topic
from resonanz.service.answers import macros
from resonanz.service.answers.filling import UnknownField
from resonanz.service.answers.macros import MacroEmpty, MacroNameTaken
from resonanz.service.models import Case, Macro, Outgoing

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic() -> Topic:
    now = clock.now()
    return Topic.objects.create(name="Akku", query="akku", created_at=now, changed_at=now)


def make(agent: User, name: str, **more: object) -> Macro:
    given: dict[str, object] = {
        "macro_id": None, "german": f"Hallo, {name}", "english": "", "topic_id": None, "intent": "", "network": "",
    }  # fmt: skip
    return macros.save(name=name, actor=agent, **given | more)  # type: ignore[arg-type]


def names(case: Case, agent: User, words: str = "") -> list[str]:
    return [one.macro.name for one in macros.offered(case=case, author=agent, words=words)]


def test_nearest_macro_comes_first_and_what_fits_not_is_left_out(quiet_case: Case, agent: User, topic: Topic) -> None:
    Case.objects.update(topic=topic)
    quiet_case.refresh_from_db()
    make(agent, "Allgemein")
    make(agent, "Frage", intent="QUESTION")
    make(agent, "Akku", topic_id=topic.pk)
    make(agent, "Lob", intent="PRAISE")
    make(agent, "Woanders", network="mastodon")

    assert names(quiet_case, agent) == ["Akku", "Frage", "Allgemein"]
    assert names(quiet_case, agent, "hallo lob") == ["Lob"]


def test_macro_that_was_sent_more_often_on_the_topic_comes_first(quiet_case: Case, agent: User) -> None:
    make(agent, "A")
    often = make(agent, "B")
    Outgoing.objects.create(
        key=uuid4(), channel=quiet_case.channel, case=quiet_case, parent_native_id="1", root_native_id="1",
        visibility="PUBLIC", text="x", state="SENT", created_at=clock.now(), sent_at=clock.now(), native_id="9",
        macro=often, delete_on=date(2099, 1, 1),
    )  # fmt: skip

    offered = macros.offered(case=quiet_case, author=agent)

    assert [(one.macro.name, one.times_used) for one in offered] == [("B", 1), ("A", 0)]


@pytest.mark.parametrize(("language", "text"), [("de", "Guten Tag"), ("en", "Hello"), ("fr", "Hello")])
def test_macro_speaks_the_language_of_the_person(quiet_case: Case, agent: User, language: str, text: str) -> None:
    Post.objects.update(language=language)
    make(agent, "Gruß", german="Guten Tag", english="Hello")

    assert macros.offered(case=quiet_case, author=agent)[0].filled.text == text


def test_macro_is_filled_with_what_the_case_knows(quiet_case: Case, agent: User) -> None:
    User.objects.update(initials="MK")
    agent.refresh_from_db()
    make(agent, "Gruß", german="Hallo {name|zusammen}, {channel}: ^{initials} {topic}")

    filled = macros.offered(case=quiet_case, author=agent)[0].filled

    assert filled.text == "Hallo zusammen, Quiet: ^MK {topic}"
    assert filled.missing == ("topic",)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"name": "gruss"}, MacroNameTaken),
        ({"german": " ", "english": ""}, MacroEmpty),
        ({"english": "Hello {nobody}"}, UnknownField),
    ],
)
def test_bad_macro_is_refused_and_nothing_changes(
    agent: User, more: dict[str, str], problem: type[ResonanzError]
) -> None:
    make(agent, "Gruss")

    with pytest.raises(problem):
        make(agent, **{"name": "Neu", **more})

    assert list(Macro.objects.values_list("name", "german")) == [("Gruss", "Hallo, Gruss")]


def test_macro_may_be_changed_under_its_own_name(agent: User) -> None:
    made = make(agent, "Gruss")

    make(agent, "Gruss", macro_id=made.pk, german="Moin")

    assert list(Macro.objects.values_list("name", "german")) == [("Gruss", "Moin")]
