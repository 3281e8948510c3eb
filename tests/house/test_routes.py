"""Every route declares what it asks of a person, and keeps to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, include, path, reverse

from resonanz.accounts.access import Act
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.web import permissions
from resonanz.web.permissions import page

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SAMPLE_VALUES = {"IntConverter": 1, "StringConverter": "x"}


@dataclass(frozen=True)
class Route:
    """One address of the product."""

    name: str
    view: object
    arguments: dict[str, object]


def routes(patterns: list[URLPattern | URLResolver]) -> Iterator[Route]:
    """Every route below these patterns, with a value for each of its parameters."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        else:
            converters = getattr(pattern.pattern, "converters", {})
            values = {name: SAMPLE_VALUES[type(kind).__name__] for name, kind in converters.items()}
            yield Route(pattern.name or str(pattern.pattern), pattern.callback, values)


def undeclared(found: list[Route]) -> list[str]:
    """The routes that declare neither an act nor a reason for being public."""
    names = []
    for route in found:
        declaration = permissions.declared(route.view, route.name)
        if declaration is None or (declaration.act is None and not declaration.because):
            names.append(route.name)
    return names


ROUTES = list(routes(get_resolver().url_patterns))
GUARDED = [route for route in ROUTES if (found := permissions.declared(route.view, route.name)) and found.act]


def planted(request: HttpRequest) -> HttpResponse:
    """A page whose author thought of nothing."""
    return HttpResponse("everybody sees this")


@page(Act.ENTER)
def decent(request: HttpRequest) -> HttpResponse:
    """A page whose author thought of it."""
    return HttpResponse("")


class PlantedAddresses:
    """The addresses of the product with one page that declares nothing."""

    urlpatterns: ClassVar[list[URLPattern | URLResolver]] = [
        path("", include("resonanz.web.urls")),
        path("planted/", planted),
    ]


def test_every_route_declares_a_permission_or_says_why_not() -> None:
    assert undeclared(ROUTES) == []


def test_a_route_without_declaration_is_caught() -> None:
    patterns: list[URLPattern | URLResolver] = [path("a/", planted, name="planted"), path("b/", decent, name="decent")]

    assert undeclared(list(routes(patterns))) == ["planted"]


def test_a_foreign_view_under_a_name_of_allauth_is_caught() -> None:
    assert undeclared([Route("account_login", planted, {})]) == ["account_login"]


@pytest.mark.django_db
@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
def test_guarded_route_sends_a_stranger_to_the_sign_in_page(route: Route, client: Client) -> None:
    answer = client.get(reverse(route.name, kwargs=route.arguments))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_guarded_routes_refuse_a_colleague_whose_role_may_nothing(client: Client) -> None:
    user = User.objects.create_user("nobody@nordhain.example", name="Nobody", role="NONE", created_at=clock.now())
    client.force_login(user, backend=BACKEND)

    refused = {route.name: client.post(reverse(route.name, kwargs=route.arguments)).status_code for route in GUARDED}

    assert set(refused.values()) == {403}, refused


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=PlantedAddresses, TESTING=False)
def test_a_page_without_declaration_is_served_to_nobody(client: Client) -> None:
    assert client.get("/planted/").status_code == 403
