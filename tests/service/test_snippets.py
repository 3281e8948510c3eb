from __future__ import annotations

from collections.abc import Collection
from datetime import date
from itertools import count

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.listening.models import Topic
from resonanz.service.answers import snippets
from resonanz.service.models import Case, Snippet
from tests.privacy import holdings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]


_numbers = count(1)


@pytest.fixture
def lead() -> User:
    return User.objects.create_user("lea@nordhain.example", name="Lea", role=Role.LEAD, created_at=clock.now())


def write(lead: User, title: str, german: str, **more: object) -> Snippet:
    return snippets.save(
        snippet_id=None, written=snippets.Written(title=title, german=german, **more), actor=lead,  # type: ignore[arg-type]
    )  # fmt: skip


def suggested(text: str, topic: Topic | None = None) -> list[str]:
    native_id = f"p{next(_numbers)}"
    post = holdings.post(native_id, root_native_id=native_id, text=text, language="de")
    case = holdings.case(post, topic=topic)
    return [one.title for one in snippets.suggested(case=Case.objects.get(pk=case.pk), post=post)]


def test_snippets_are_found_by_their_words_the_nearest_first(lead: User) -> None:
    write(lead, "Lieferzeit", "Die Lieferzeit für ein Lastenrad ist zwei Wochen.")
    write(lead, "Lackschaden", "Ein Lackschaden wird kostenlos behoben.")
    write(lead, "Lastenrad", "Das Lastenrad trägt 200 kg.")

    assert suggested("Wann wird das Lastenrad geliefert, und geht die Lieferzeit noch kürzer?")[0] == "Lieferzeit"
    assert "Lackschaden" not in suggested("Wann wird das Lastenrad geliefert?")


def test_snippets_of_the_topic_come_even_without_the_words(lead: User) -> None:
    topic = Topic.objects.create(name="Rad", query="rad", created_at=clock.now(), changed_at=clock.now())
    write(lead, "Werkstatt", "Die Werkstatt hat samstags offen.", topic_ids=[topic.pk])

    assert suggested("Hallo?", topic) == ["Werkstatt"]


@pytest.mark.parametrize(("until", "offered"), [(date(2026, 11, 16), True), (date(2026, 11, 15), False)])
def test_snippets_are_suggested_up_to_their_last_day(lead: User, until: date, offered: bool) -> None:
    write(lead, "Lieferzeit", "Die Lieferzeit ist zwei Wochen.", valid_until=until)

    assert bool(suggested("Wie lang ist die Lieferzeit?")) is offered


def test_owner_is_told_once_and_the_leads_where_there_is_none(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    other = User.objects.create_user("ada@nordhain.example", name="Ada", role=Role.ADMIN, created_at=clock.now())
    told: list[tuple[Collection[int], object]] = []
    monkeypatch.setattr(snippets, "tell", lambda *, user_ids, params, **_: told.append((user_ids, params["snippet"])))
    owned = write(lead, "A", "a", valid_until=date(2026, 11, 1), owner_id=lead.pk)
    nobodys = write(lead, "B", "b", valid_until=date(2026, 11, 1))
    write(lead, "C", "c", valid_until=date(2026, 12, 1), owner_id=lead.pk)

    assert (snippets.tell_owners(), snippets.tell_owners()) == (2, 0)
    assert told == [([lead.pk], owned.pk), ([other.pk, lead.pk], nobodys.pk)]


def test_a_new_day_lets_the_owner_be_told_again(lead: User) -> None:
    snippet = write(lead, "A", "a", valid_until=date(2026, 11, 1))
    snippets.tell_owners()

    longer = snippets.Written(title="A", german="a", valid_until=date(2026, 12, 1))
    snippets.save(snippet_id=snippet.pk, written=longer, actor=lead)

    assert Snippet.objects.get().told_at is None
