from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from resonanz.accounts import company, sign_in_links
from resonanz.accounts.models import User
from resonanz.listening.models import Topic
from resonanz.service.models import Case

pytestmark = pytest.mark.django_db
BASE = "http://localhost:8000"


def test_browser_chooses_the_language_and_the_colleague_may_overrule(signed_in: Client, miriam: User) -> None:
    company.finish_start(actor=miriam)
    german = signed_in.get("/", headers={"accept-language": "de-DE,de;q=0.9"})
    miriam.language = "en"
    miriam.save()
    english = signed_in.get("/", headers={"accept-language": "de-DE,de;q=0.9"})

    assert '<html lang="de">' in german.content.decode()
    assert "<h1>Heute</h1>" in german.content.decode()
    assert "<h1>Today</h1>" in english.content.decode()


def test_pages_hold_no_inline_script_or_style(signed_in: Client, new_case: Callable[..., Case]) -> None:
    case = new_case("p")

    for address in ("/", "/inbox/", f"/inbox/{case.pk}/", "/topics/new/", "/accounts/login/"):
        page = signed_in.get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\b(src|type=\"application/json\"))|<style|\sstyle=|\son[a-z]+=", page)


def test_sign_in_link_is_used_by_the_button_only(client: Client, miriam: User) -> None:
    address = sign_in_links.create_link(user=miriam, base_url=BASE).removeprefix(BASE)

    client.get(address)
    assert client.get(address).status_code == 200
    assert client.post(address).headers["Location"] == "/"
    assert client.get("/settings/").status_code == 200
    assert client.post(address).status_code == 410


def test_sign_in_link_of_a_new_colleague_is_shown_once(signed_in: Client) -> None:
    form = {"name": "Nora Feld", "email": "nora@nordhain.example", "role": "AGENT"}

    shown = signed_in.post("/colleagues/", form).content.decode()
    later = signed_in.get("/colleagues/").content.decode()

    assert "/sign-in/" in shown
    assert "/sign-in/" not in later
    assert "Nora Feld" in later


def test_nobody_signs_up(client: Client) -> None:
    form = {"email": "x@y.example", "password1": "nordhain-rad-1", "password2": "nordhain-rad-1"}

    client.post("/accounts/signup/", form)

    assert not User.objects.exists()


def test_wrong_query_points_at_the_character_and_saves_nothing(signed_in: Client) -> None:
    form = {"name": "Akku", "query": "akku AND (<b>", "is_active": "on"}

    page = signed_in.post("/topics/new/", form).content.decode()

    assert "<pre>akku AND <mark>(</mark>&lt;b&gt;</pre>" in page
    assert not Topic.objects.exists()


def test_query_is_tried_on_a_sample_without_saving(signed_in: Client) -> None:
    form = {"name": "Akku", "query": "akku*", "is_active": "on", "act": "try", "sample": "Mein Akku brennt\nAlles gut"}

    page = signed_in.post("/topics/new/", form).content.decode()

    assert "1 of 2 in the sample" in page
    assert not Topic.objects.exists()


def test_unknown_address_has_a_page_of_ours(signed_in: Client) -> None:
    answer = signed_in.get("/nowhere/")

    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


def test_acts_lead_back_only_to_our_own_pages(signed_in: Client, new_case: Callable[..., Case]) -> None:
    case = new_case("p")

    answer = signed_in.post(f"/inbox/{case.pk}/assign/", {"assignee": "", "next": "https://evil.example/"})

    assert answer.headers["Location"] == f"/inbox/{case.pk}/"


@pytest.mark.parametrize("act", ["resolve", "reopen", "posts/1/none", "assign", "look", "reply"])
def test_acts_on_a_case_that_is_gone_are_told_calmly(act: str, signed_in: Client) -> None:
    form = {"text": "Hallo", "post_id": 1, "key": "6f1c7f0c-1d2e-4d6f-8a52-0d1f6f3e7a11", "reason": "SPAM"}

    assert signed_in.post(f"/inbox/4711/{act}/", form).status_code in {302, 404}


def test_pages_of_colleagues_stay_in_no_cache(signed_in: Client) -> None:
    assert signed_in.get("/inbox/").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "address",
    [
        "/inbox/?q=%00x",
        "/inbox/?view=resolved&after=_5",
        "/inbox/?after=2026-01-01T00:00:00%2B23:00_5",
        "/listening/?before=2026-01-01T00:00:00%2B23:00_5",
        "/inbox/?after=nonsense&view=nowhere",
    ],
)
def test_addresses_that_nobody_would_type_are_borne(signed_in: Client, address: str) -> None:
    assert signed_in.get(address).status_code == 200
