"""Employees whom others name: hidden on every page; read by neutral persons, which is recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from tests.house.test_routes import routes

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.listening.models import EarlierWording, Post, PostTopic, Topic
from resonanz.privacy.models import AuditRecord
from resonanz.service import naming
from resonanz.service.models import Case
from resonanz.service.work import linking

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PLANTED = "Frau Zwickel"
LABELS = {"complaint": {"value": True, "probability": 0.9, "because": [[0, 20, 1.0], [30, 40, 0.8]]}}


@pytest.fixture
def named(new_case: NewCase, miriam: User) -> Case:
    """A case in which somebody names Petra Zwickel, on a page of each kind that shows words of others."""
    User.objects.create_user("petra@nordhain.example", name="Petra Zwickel", role=Role.AGENT, created_at=clock.now())
    naming.take_for_granted(None)
    case = new_case("p", text=f"{PLANTED} war <b>unhöflich</b>. Danke für nichts, {PLANTED}!", labels=LABELS)
    post = Post.objects.get()
    topic = Topic.objects.create(name="Ton", query="unhöflich", created_at=clock.now(), changed_at=clock.now())
    PostTopic.objects.create(post=post, topic=topic)
    EarlierWording.objects.create(post=post, text=f"{PLANTED} war frech", replaced_at=clock.now())
    Post.objects.filter(pk=post.pk).update(edited_at=clock.now())
    linking.link(case_id=case.pk, other_id=new_case("q", text=f"Und {PLANTED}? " + "x" * 2000).pk, actor=miriam)
    return case


def lead(client: Client) -> Client:
    user = User.objects.create_user("lea@nordhain.example", name="Lea Lead", role=Role.LEAD, created_at=clock.now())
    client.force_login(user, backend=BACKEND)
    return client


def addresses(case: Case) -> list[str]:
    """Every page that can be asked for with what there is."""
    post_id = case.case_posts.get().post_id
    known = {"case_id": case.pk, "post_id": post_id, "topic_id": Topic.objects.get().pk, "kind": "tag", "act": "tag"}
    found = []
    for route in routes(get_resolver().url_patterns):
        try:
            found.append(reverse(route.name, kwargs={name: known.get(name, 1) for name in route.arguments}))
        except NoReverseMatch:
            continue
    return found


def test_no_page_shows_a_lead_who_is_named(named: Case, client: Client) -> None:
    asking = lead(client)
    searches = ["/find/?q=unhöflich", "/inbox/?q=unhöflich&view=all", "/inbox/?view=all", "/listening/?topic=1"]
    showing = 0

    for address in [*addresses(named), *searches]:
        answer = asking.get(address)
        if answer.status_code == 200 and not answer.streaming:
            page = answer.content.decode()
            assert PLANTED not in page, address
            showing += "[name]" in page

    assert showing >= 4


def test_nobody_is_found_by_the_name_of_an_employee_but_by_neutral_persons(
    named: Case, signed_in: Client, miriam: User
) -> None:
    Case.objects.filter(pk=named.pk).update(names_employees=True)
    row, option = f'id="case-{named.pk}"', f'href="/inbox/{named.pk}/"'

    def found(words: str) -> tuple[bool, bool]:
        rows = signed_in.get("/inbox/", {"view": "all", "q": words}).content.decode()
        return row in rows, option in signed_in.get("/find/", {"q": words}).content.decode()

    assert found("unhöflich") == (True, True)
    assert (found("Zwickel"), found("zwick")) == ((False, False), (False, False))
    User.objects.filter(pk=miriam.pk).update(reads_employee_names=True)
    assert found("Zwickel") == (True, True)


def test_a_hidden_name_says_what_it_is(named: Case, signed_in: Client) -> None:
    page = signed_in.get(f"/inbox/{named.pk}/").content.decode()

    assert '<span class="masked" role="img" aria-label="Name of an employee, shown only to neutral persons"' in page
    assert "&lt;b&gt;unhöflich&lt;/b&gt;" in page
    assert "Read with the names" not in page


def test_a_neutral_person_reads_the_names_and_that_is_recorded(named: Case, signed_in: Client, miriam: User) -> None:
    post_id = named.case_posts.get().post_id
    address = reverse("original_post", args=[named.pk, post_id])
    assert signed_in.get(address).status_code == 403

    User.objects.filter(pk=miriam.pk).update(reads_employee_names=True)
    assert address in signed_in.get(f"/inbox/{named.pk}/").content.decode()
    page = signed_in.get(address)

    assert PLANTED in page.content.decode()
    record = AuditRecord.objects.get(act="post.read_with_names")
    assert (record.thing_id, record.actor_id) == (post_id, miriam.pk)
    assert signed_in.get(reverse("original_post", args=[named.pk, 10**30])).status_code == 404


def test_a_colleague_is_named_neutral_on_their_page(signed_in: Client, miriam: User) -> None:
    typed = {"name": "Miriam Kessler", "role": "ADMIN", "is_active": "on", "reads_employee_names": "on"}
    signed_in.post(f"/colleagues/{miriam.pk}/", typed)
    signed_in.post(f"/colleagues/{miriam.pk}/", typed)
    assert User.objects.get(pk=miriam.pk).reads_employee_names
    assert AuditRecord.objects.filter(act="colleague.named_neutral").count() == 1

    signed_in.post(f"/colleagues/{miriam.pk}/", {**typed, "reads_employee_names": ""})
    assert not User.objects.get(pk=miriam.pk).reads_employee_names
    assert AuditRecord.objects.filter(act="colleague.neutral_no_more").count() == 1
