"""The budget on its channel's page: what was used and what it cost, what is foreseen, and changing it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from tests.networks.test_spending import NAME, RATIONED, Charging, Rationing
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.connections import channels, spending
from resonanz.networks.models import Channel
from resonanz.web.wording.budget_words import USES

pytestmark = pytest.mark.django_db
MIDDLE = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._BY_NAME, NAME, Charging())
    monkeypatch.setitem(registry._BY_NAME, RATIONED, Rationing())


@pytest.fixture
def charged() -> Channel:
    return channels.connect(network=NAME, name="Wir", is_live=True, actor=None)


def budget(client: Client, channel: Channel) -> str:
    with clock.moved_to(MIDDLE):
        page = client.get(f"/channels/{channel.pk}/").content.decode()
    found = re.search(r'<section class="card budget".*?</section>', page, re.DOTALL)
    return " ".join(found[0].split()) if found else ""


def use(channel: Channel, name: str, times: int, moment: datetime = MIDDLE) -> None:
    with clock.moved_to(moment):
        channels.account_of(channel).meter.count(name, times)


def change(client: Client, channel: Channel, **typed: str) -> str:
    typed = {"amount": "5", "at_the_end": "", **typed}
    return client.post(f"/channels/{channel.pk}/budget/", typed, follow=True).content.decode()


def test_network_that_costs_nothing_has_no_budget(signed_in: Client) -> None:
    feed = channels.connect(network="feeds", name="Feed", is_live=True, actor=None)

    assert budget(signed_in, feed) == ""
    assert signed_in.post(f"/channels/{feed.pk}/budget/", {"amount": "5"}).status_code == 404


def test_nothing_was_used_yet(signed_in: Client, charged: Channel) -> None:
    shown = budget(signed_in, charged)

    assert '<b class="n">$0.00</b> <span>of $1.00 used this month (0 %)</span>' in shown
    assert "It begins anew: 1 December 2026." in shown
    assert "alert" not in shown
    assert "data-chart" not in shown


def test_page_tells_what_was_used_what_it_cost_and_what_will_be(signed_in: Client, charged: Channel) -> None:
    use(charged, "post_read", 60)
    use(charged, "reply", 2, datetime(2026, 11, 15, 9, tzinfo=UTC))

    shown = budget(signed_in, charged)

    assert '<b class="n">$0.32</b> <span>of $1.00 used this month (32 %)</span>' in shown
    assert "it will be about $0.64" in shown
    assert '<td class="end n" data-name="Each">$0.005</td><td class="end n" data-name="How often">60</td>' in shown
    assert '<progress max="100" value="32"' in shown
    told = re.search(r'<script id="budget-chart"[^>]*>(.*?)</script>', shown)
    assert told is not None
    values = json.loads(told[1])["data"]["values"]
    assert [one["cost"] for one in values[-2:]] == [20_000, 300_000]
    assert len({one["label"] for one in values}) == len(values) == 28
    assert f'href="/listening/?channel={charged.pk}&amp;day=2026-11-15"' in shown


@pytest.mark.parametrize(
    ("reads", "settings", "words"),
    [
        (120, {}, "It will not last"),
        (160, {}, "Nearly used up"),
        (160, {"budget": "900000"}, "At this pace it is used up about 17 November 2026."),
        (200, {}, "Nothing more is read here until 1 December 2026. Answers still go out."),
        (200, {"without_budget": "stop_all"}, "Nothing more is read or answered here until 1 December 2026."),
    ],
)
def test_page_warns_in_time_and_says_what_stops(
    signed_in: Client, charged: Channel, reads: int, settings: dict[str, str], words: str
) -> None:
    Channel.objects.filter(pk=charged.pk).update(settings=settings)
    use(charged, "post_read", reads)

    assert words in budget(signed_in, charged)


def test_quota_is_counted_in_units_by_the_day_and_shared(signed_in: Client) -> None:
    one = channels.connect(network=RATIONED, name="Eins", is_live=True, actor=None)
    other = channels.connect(network=RATIONED, name="Zwei", is_live=True, actor=None)
    use(one, "insert", 1)

    shown = budget(signed_in, other)

    assert '<b class="n">50 units</b> <span>of 100 units used today (50 %)</span>' in shown
    assert "All channels of this network draw on it together." in shown
    assert "Units a day at most" in shown
    change(signed_in, other, amount="70")
    assert "of 70 units used today" in budget(signed_in, one)


def test_budget_is_changed_and_the_form_tells_it(signed_in: Client, charged: Channel) -> None:
    assert "Saved." in change(signed_in, charged, amount="12.50", at_the_end="stop_all")

    charged.refresh_from_db()
    assert charged.settings == {"budget": "12500000", "without_budget": "stop_all"}
    shown = budget(signed_in, charged)
    assert 'value="12.50"' in shown
    assert re.search(r'value="stop_all"[^>]*checked', shown)


def test_channel_without_budget_waits_for_it_and_promises_nothing(signed_in: Client, charged: Channel) -> None:
    channels.note_failure(channel_id=charged.pk, code="network.budget_used_up", words="", stop=False)

    listed, shown = (signed_in.get(path).content.decode() for path in ("/channels/", f"/channels/{charged.pk}/"))

    assert '<span class="chip soon">budget used up</span>' in listed
    assert '<span class="chip soon">budget used up</span>' in shown
    assert "<b>Used up</b><div><p>" in shown
    assert "Trying again" not in shown
    assert "Nothing is lost" not in shown


def test_largest_budget_that_can_be_typed_is_kept(signed_in: Client, charged: Channel) -> None:
    assert "Saved." in change(signed_in, charged, amount="1000000000")

    charged.refresh_from_db()
    assert spending.budget_of(charged, Charging.tariff) == 10**15


@pytest.mark.parametrize("typed", [{"amount": "-1"}, {"amount": ""}, {"amount": "NaN"}, {"amount": "1e99"},
                                   {"at_the_end": "other"}])  # fmt: skip
def test_budget_that_is_none_changes_nothing(signed_in: Client, charged: Channel, typed: dict[str, str]) -> None:
    change(signed_in, charged, **typed)

    charged.refresh_from_db()
    assert charged.settings == {}


@pytest.mark.parametrize("role", [Role.LEAD, Role.AGENT, Role.ANALYST])
def test_who_may_not_manage_channels_changes_no_budget(client: Client, charged: Channel, role: Role) -> None:
    jonas = User.objects.create_user("jonas@nordhain.example", name="Jonas", role=role, created_at=clock.now())
    client.force_login(jonas, backend=BACKEND)

    assert client.post(f"/channels/{charged.pk}/budget/", {"amount": "5"}).status_code == 403
    charged.refresh_from_db()
    assert charged.settings == {}


def test_german_reads_as_german(signed_in: Client, charged: Channel) -> None:
    use(charged, "post_read", 160)
    with clock.moved_to(MIDDLE):
        shown = signed_in.get(f"/channels/{charged.pk}/", headers={"accept-language": "de"}).content.decode()

    assert '<b class="n">0,80\N{NO-BREAK SPACE}$</b>' in shown
    assert "von 1,00\N{NO-BREAK SPACE}$ diesen Monat verbraucht (80\N{NO-BREAK SPACE}%)" in shown
    assert "Geht es so weiter, ist es etwa am 19. November 2026 aufgebraucht." in shown


def test_every_use_of_every_network_has_its_words() -> None:
    tariffs = [tariff for name in registry.names() if (tariff := spending.tariff_of(name))]

    assert tariffs
    assert {use for tariff in tariffs for use in tariff.prices} - {"nothing", "list", "insert"} <= USES.keys()
