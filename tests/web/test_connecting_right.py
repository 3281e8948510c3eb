"""Connecting accounts is a right of its own: with it one connects, sees how channels are, and changes nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from tests.networks import oauth_network
from tests.networks.oauth_network import NAME
from tests.networks.oauth_server import OAuthServer
from tests.web.conftest import BACKEND

from resonanz.accounts import access, colleagues
from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.networks.connections import channels, webhook_keys
from resonanz.networks.models import Channel
from resonanz.privacy.models import AuditRecord

pytestmark = pytest.mark.django_db
LIST, NEW, CONNECT = "/channels/", "/channels/new/", f"/channels/connect/{NAME}/"
BACK, CHOOSE, APPLICATIONS = "/channels/connected/", "/channels/choose/", "/channels/applications/"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, miriam: User) -> Iterator[OAuthServer]:
    with OAuthServer() as running:
        oauth_network.put_up(monkeypatch, running)
        oauth_network.register(miriam)
        yield running


@pytest.fixture
def mona() -> User:
    """Of marketing; she answers nothing."""
    return User.objects.create_user("mona@nordhain.example", name="Mona", role=Role.ANALYST, created_at=clock.now())


@pytest.fixture
def hers(client: Client, mona: User) -> Client:
    """The browser of somebody who may connect accounts."""
    User.objects.filter(pk=mona.pk).update(connects_accounts=True)
    client.force_login(mona, backend=BACKEND)
    return client


def test_whoever_has_it_connects_with_two_clicks_and_sees_how_it_is(hers: Client, server: OAuthServer) -> None:
    assert f'href="{CONNECT}"' in hers.get(NEW).content.decode()
    page = str(hers.get(CONNECT).context["url"])
    answer = hers.get(BACK, server.agree(page))

    made = Channel.objects.get()
    assert answer.headers["Location"] == f"/channels/{made.pk}/"
    assert made.name in hers.get(LIST).content.decode()
    shown = hers.get(f"/channels/{made.pk}/")
    assert shown.status_code == 200
    assert '/channels/"' in hers.get("/").content.decode()


def test_whoever_has_it_changes_nothing_else_and_sees_no_secret(
    hers: Client, server: OAuthServer, miriam: User
) -> None:
    made = channels.connect(
        network="discourse", name="Forum", address="https://f.example", secret="t0ken", actor=miriam
    )
    webhook_keys.make(channel_id=made.pk, actor=miriam)
    shown = hers.get(f"/channels/{made.pk}/").content.decode()
    assert made.webhook.key not in shown
    assert "/responsibilities/" not in shown
    for way in ("pause", "resume", "change", "remove", "webhook", "webhook/secret"):
        assert f"/channels/{made.pk}/{way}/" not in shown

    for way in ("pause", "resume", "change", "webhook", "webhook/secret"):
        assert hers.post(f"/channels/{made.pk}/{way}/", {"hashtags": "rad"}).status_code == 403, way
    assert {hers.get(f"/channels/{made.pk}/remove/").status_code, hers.get(APPLICATIONS).status_code} == {403}
    assert hers.get(f"{APPLICATIONS}{NAME}/").status_code == 403
    by_hand = {"network": "feeds", "name": "x", "address": "https://feed.example/"}
    assert hers.post(NEW, by_hand).status_code == 403
    assert "by-hand" not in hers.get(f"{NEW}?network=feeds").content.decode()
    made.refresh_from_db()
    assert (made.state, Channel.objects.count()) == ("WAITING", 1)


@pytest.mark.parametrize("role", [Role.LEAD, Role.AGENT, Role.ANALYST])
def test_without_it_nobody_but_administration_connects(client: Client, server: OAuthServer, role: str) -> None:
    user = User.objects.create_user("jan@nordhain.example", name="Jan", role=role, created_at=clock.now())
    client.force_login(user, backend=BACKEND)

    for way in (LIST, NEW, CONNECT, BACK, CHOOSE):
        assert client.get(way).status_code == 403, way
    assert client.post(CHOOSE, {"accounts": ["0"]}).status_code == 403


def test_it_is_given_and_taken_on_the_page_of_a_colleague(signed_in: Client, mona: User) -> None:
    typed = {"name": "Mona", "role": "ANALYST", "is_active": "on", "connects_accounts": "on"}
    signed_in.post(f"/colleagues/{mona.pk}/", typed)
    assert mona in access.who_connects()

    signed_in.post(f"/colleagues/{mona.pk}/", {**typed, "connects_accounts": ""})
    assert mona not in access.who_connects()
    acts = AuditRecord.objects.filter(act__startswith="colleague.may").order_by("id").values_list("act", flat=True)
    assert list(acts) == ["colleague.may_connect", "colleague.may_connect_no_more"]


def test_who_may_come_in_no_more_connects_no_more(mona: User, miriam: User) -> None:
    User.objects.filter(pk=mona.pk).update(connects_accounts=True)
    colleagues.change(user_id=mona.pk, name="Mona", role=Role.ANALYST, team_ids=[], is_active=False, actor=miriam)

    assert list(access.who_connects()) == [miriam]
