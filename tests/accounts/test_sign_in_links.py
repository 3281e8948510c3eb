from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from resonanz.accounts import sign_in_links
from resonanz.accounts.models import Role, SignInLink, User
from resonanz.core import clock

pytestmark = pytest.mark.django_db
BASE = "https://resonanz.nordhain.example"


def colleague(**fields: Any) -> User:
    return User.objects.create_user("nora@nordhain.example", name="Nora Feld", created_at=clock.now(), **fields)


def token_of(link: str | None) -> str:
    assert link is not None
    assert link.startswith(f"{BASE}/sign-in/")
    return link.removeprefix(f"{BASE}/sign-in/").removesuffix("/")


def test_link_signs_in_once() -> None:
    user = colleague()
    token = token_of(sign_in_links.create_link(user=user, base_url=BASE))

    assert sign_in_links.check_link(token=token) == user
    assert sign_in_links.use_link(token=token) == user
    with pytest.raises(sign_in_links.LinkUsed):
        sign_in_links.use_link(token=token)


def test_link_expires_after_half_an_hour() -> None:
    token = token_of(sign_in_links.create_link(user=colleague(), base_url=BASE))

    with clock.moved_to(clock.now() + timedelta(minutes=30, seconds=1)), pytest.raises(sign_in_links.LinkExpired):
        sign_in_links.use_link(token=token)


def test_new_link_ends_the_one_before() -> None:
    user = colleague()
    first = token_of(sign_in_links.create_link(user=user, base_url=BASE))
    sign_in_links.create_link(user=user, base_url=BASE)

    with pytest.raises(sign_in_links.SignInLinkError) as refused:
        sign_in_links.use_link(token=first)
    assert refused.value.code == "sign_in_link.unknown"


def test_link_of_a_closed_account_is_unknown() -> None:
    token = token_of(sign_in_links.create_link(user=colleague(is_active=False), base_url=BASE))

    with pytest.raises(sign_in_links.SignInLinkError) as refused:
        sign_in_links.use_link(token=token)
    assert refused.value.code == "sign_in_link.unknown"


def test_token_itself_is_not_stored() -> None:
    token = token_of(sign_in_links.create_link(user=colleague(), base_url=BASE))

    assert token.encode() not in bytes(SignInLink.objects.get().token_hash)


def test_first_administrator_gets_a_link_until_one_has_signed_in() -> None:
    token = token_of(sign_in_links.create_first_administrator_link(BASE))
    again = token_of(sign_in_links.create_first_administrator_link(BASE))
    administrator = sign_in_links.use_link(token=again)

    assert token != again
    assert (User.objects.count(), administrator.role) == (1, Role.ADMIN)
    administrator.last_login = clock.now()
    administrator.save()
    assert sign_in_links.create_first_administrator_link(BASE) is None


def test_first_administrator_link_is_made_again_when_the_only_administrator_left() -> None:
    colleague(role=Role.ADMIN, is_active=False, last_login=clock.now())

    assert sign_in_links.create_first_administrator_link(BASE) is not None
