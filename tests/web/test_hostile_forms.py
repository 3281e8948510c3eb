"""Whatever is typed into whatever field of whatever address: an answer, never a fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, path, reverse
from tests.house.test_routes import GUARDED, Route

import resonanz.web
from resonanz.service.models import Case

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SOURCE = Path(resonanz.web.__file__).parent
ASKED = re.compile(r"(?:POST|GET|FILES)(?:\.get|\.getlist)?[\[(]\s*[\"']([\w-]+)[\"']")
IN_TEMPLATES = re.compile(r"\bname=[\"']([\w-]+)[\"']")
LEAVES = {"account_logout", "end_tour", "start_skip"}
"""They end what the others need."""
HOSTILE = {
    "NUL and markup": "a\x00b <script>alert(1)</script>{{ 7|add:7 }}%(name)s%d{0} \u202e\u200b\u2066",
    "more digits than a number has": "9" * 5000,
    "a number beyond all": "9" * 30,
    "long": "ä" * 30_000,
    "a day that was never": "2026-02-30",
    "JSON": '{"a": [1, {"b": null}]}',
    "one": "1",
}


def fields() -> list[str]:
    """Every name under which the product asks for something typed."""
    found: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        found |= set(ASKED.findall(file.read_text("utf-8")))
    for file in (SOURCE / "templates").rglob("*.html"):
        found |= set(IN_TEMPLATES.findall(file.read_text("utf-8")))
    for form in _forms(forms.BaseForm):
        if form.__module__.startswith("resonanz."):
            found |= set(getattr(form, "base_fields", {}))
    return sorted(found - {"csrfmiddlewaretoken"})


def _forms(base: type) -> Iterator[type]:
    form: type
    for form in base.__subclasses__():
        yield form
        yield from _forms(form)


FIELDS = fields()


def addresses(case: Case) -> Iterator[tuple[Route, str]]:
    """Each address with numbers of things that exist, and with one that no database holds."""
    for route in GUARDED:
        if route.name in LEAVES or not route.name.isidentifier():
            continue
        for number in (case.pk, 10**30):
            values = {name: number if value == 1 else value for name, value in route.arguments.items()}
            yield route, reverse(route.name, kwargs=values)
            if not route.arguments:
                break


def test_fields_are_found() -> None:
    assert {"text", "name", "q", "owner", "assignee"} <= set(FIELDS)


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_address_falls_over_what_is_typed(kind: str, signed_in: Client, new_case: Callable[..., Case]) -> None:
    case = new_case("p")
    signed_in.raise_request_exception = False
    typed = dict.fromkeys(FIELDS, HOSTILE[kind])
    short = {name: value[:2000] for name, value in typed.items()}

    fallen = []
    for route, address in addresses(case):
        for method in ("GET", "POST"):
            if _status(signed_in, method, address, short if method == "GET" else typed) >= 500:
                fallen.append(f"{method} {route.name} {address[:60]}")

    assert fallen == []


def test_no_address_falls_over_a_file_where_words_belong(signed_in: Client, new_case: Callable[..., Case]) -> None:
    case = new_case("p")
    signed_in.raise_request_exception = False

    fallen = [
        route.name
        for route, address in addresses(case)
        if _status(signed_in, "POST", address, {name: SimpleUploadedFile("a", b"\xff\xfe\x00") for name in FIELDS})
        >= 500
    ]

    assert fallen == []


def trusting(request: HttpRequest) -> HttpResponse:
    """A page whose author trusted everybody."""
    return HttpResponse(str(int(request.POST["text"])))


class PlantedAddress:
    urlpatterns: ClassVar[list[URLPattern]] = [path("planted/", trusting)]


@override_settings(ROOT_URLCONF=PlantedAddress, MIDDLEWARE=[])
def test_planted_address_falls(client: Client) -> None:
    client.raise_request_exception = False

    assert _status(client, "POST", "/planted/", {"text": HOSTILE["one"]}) == 200
    assert _status(client, "POST", "/planted/", {"text": HOSTILE["long"]}) == 500


def _status(client: Client, method: str, address: str, typed: Mapping[str, Any]) -> int:
    """The status of one request; what it changed is taken back, so that each begins in the same world."""
    with transaction.atomic():
        status: int = (client.get if method == "GET" else client.post)(address, typed).status_code
        transaction.set_rollback(True)
    return status
