"""Tags are renamed, merged and removed by whoever may; what did not happen leaves no record."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.duties.responsibilities import remove_responsibility
from resonanz.privacy.models import AuditRecord
from resonanz.service.models import Case, CaseTag, Tag, TagColour
from resonanz.service.work import tagging

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]


@pytest.fixture
def tags(miriam: User) -> tuple[Tag, Tag]:
    one, other = (tagging.create(name=name, colour=TagColour.PLAIN, actor=miriam) for name in ("Rückruf", "Recall <b>"))
    return one, other


def test_two_tags_become_one_and_no_case_bears_it_twice(
    tags: tuple[Tag, Tag], new_case: NewCase, miriam: User, signed_in: Client
) -> None:
    one, other = tags
    both, first = new_case("p"), new_case("q")
    tagging.retag(case_id=both.pk, actor=miriam, add=[one.pk, other.pk])
    tagging.retag(case_id=first.pk, actor=miriam, add=[one.pk])
    page = signed_in.get("/tags/").content.decode()
    assert "Recall &lt;b&gt;" in page

    signed_in.post(f"/tags/{one.pk}/", {"do": "merge", "into": other.pk})

    assert list(Tag.objects.all()) == [other]
    assert set(CaseTag.objects.values_list("case_id", "tag_id")) == {(both.pk, other.pk), (first.pk, other.pk)}
    record = AuditRecord.objects.get(act="tag.merged")
    assert (record.thing_id, record.details) == (one.pk, {"into": other.pk})


def test_page_of_tags_stands_in_the_inbox(signed_in: Client) -> None:
    assert signed_in.get("/tags/").context["room_here"] == "/inbox/"


def test_a_tag_is_renamed_and_removed(tags: tuple[Tag, Tag], signed_in: Client) -> None:
    one, other = tags

    signed_in.post(f"/tags/{one.pk}/", {"do": "change", "name": 'Rück"ruf', "colour": "LATE"})
    taken = signed_in.post(f"/tags/{one.pk}/", {"do": "change", "name": other.name}, follow=True)
    signed_in.post(f"/tags/{other.pk}/", {"do": "remove"})

    assert [(tag.name, tag.colour) for tag in Tag.objects.all()] == [("Rückruf", TagColour.LATE)]
    assert "There is already a tag called" in taken.content.decode()


@pytest.mark.parametrize("into", ["", "x", "9" * 30, "0", "same"])
def test_a_merge_into_nothing_changes_nothing(tags: tuple[Tag, Tag], signed_in: Client, into: str) -> None:
    chosen = str(tags[0].pk) if into == "same" else into

    signed_in.post(f"/tags/{tags[0].pk}/", {"do": "merge", "into": chosen})

    assert Tag.objects.count() == 2
    assert not AuditRecord.objects.filter(act="tag.merged").exists()


def test_an_agent_changes_no_tags(tags: tuple[Tag, Tag], client: Client) -> None:
    agent = User.objects.create_user("a@nordhain.example", name="A", role=Role.AGENT, created_at=clock.now())
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get("/tags/").status_code == 403
    assert client.post(f"/tags/{tags[0].pk}/", {"do": "remove"}).status_code == 403


def test_what_is_gone_cannot_be_removed_and_leaves_no_record(tags: tuple[Tag, Tag], miriam: User) -> None:
    for number in (0, 10**30):
        tagging.remove(tag_id=number, actor=miriam)
        remove_responsibility(responsibility_id=number, actor=miriam)

    assert not AuditRecord.objects.filter(act__in=["tag.removed", "responsibility.removed"]).exists()
