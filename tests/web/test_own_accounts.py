from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.networks.models import Channel
from resonanz.people import staff
from resonanz.people.models import StaffAccount

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def confirmed(user: User, handle: str) -> StaffAccount:
    account = staff.ask(user=user)
    StaffAccount.objects.filter(pk=account.pk).update(
        network="memory", native_id=f"id-{handle}", handle=handle, confirmed_at=clock.now()
    )
    return account


def test_page_shows_the_code_and_where_to_say_it(signed_in: Client, miriam: User, channel: Channel) -> None:
    signed_in.post(reverse("ask_for_code"))

    page = signed_in.get(reverse("own_accounts")).content.decode()

    assert StaffAccount.objects.get(user=miriam).code in page
    assert "nordhain" in page


def test_named_account_is_escaped_and_offers_words_in_both_languages(signed_in: Client, miriam: User) -> None:
    confirmed(miriam, "<b>elif</b>")

    page = signed_in.get(reverse("own_accounts")).content.decode()

    assert "&lt;b&gt;elif&lt;/b&gt;" in page
    assert "It is" not in page
    assert "my own opinion" in page
    assert "meine eigene Sicht" in page


def test_account_of_a_colleague_shows_on_nobody_elses_page(signed_in: Client, client: Client, miriam: User) -> None:
    agent = User.objects.create_user("tom@nordhain.example", name="Tom", role=Role.AGENT, created_at=clock.now())
    account = confirmed(agent, "tom-in-private")

    pages = [reverse("own_accounts"), reverse("settings"), reverse("colleague", args=[agent.pk])]

    assert all("tom-in-private" not in signed_in.get(page).content.decode() for page in pages)
    signed_in.post(reverse("forget_own_account", args=[account.pk]))
    assert StaffAccount.objects.filter(pk=account.pk).exists()


def test_taking_back_leaves_nothing(signed_in: Client, miriam: User) -> None:
    account = confirmed(miriam, "elif")

    answer = signed_in.post(reverse("forget_own_account", args=[account.pk]))

    assert answer.status_code == 302
    assert not StaffAccount.objects.exists()


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    assert client.get(reverse("own_accounts")).status_code == 302
    assert client.post(reverse("ask_for_code")).status_code == 302
    assert not StaffAccount.objects.exists()
