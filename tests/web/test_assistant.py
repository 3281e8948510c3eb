from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.service.model_process import ModelProcess
from tests.service.model_server import GERMAN, KEY
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.service.assistant import drafting
from resonanz.service.models import Assistant, Case, MachineDraft

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]


@pytest.fixture(scope="module")
def server() -> Iterator[ModelProcess]:
    process = ModelProcess()
    process.start()
    yield process
    process.stop()


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path))


def record(client: Client, server: ModelProcess, **more: Any) -> str:
    typed = {
        "endpoint": server.base_url, "model": "words", "key": KEY, "processor": "Nordhain GmbH", "place": "HOUSE",
        "address": "Hamburg", "contract_on": "2026-01-02", "tokens_a_month": "100000", "money_a_month": "20.5",
        "price_in": "0.15", "price_out": "0.6", **more,
    }  # fmt: skip
    return client.post("/company/assistant/", typed, follow=True).content.decode()


def test_assistant_is_recorded_tried_switched_on_and_off(signed_in: Client, server: ModelProcess) -> None:
    page = record(signed_in, server)
    stored = Assistant.objects.get()

    assert (stored.cents_a_month, stored.price_in, stored.price_out, stored.is_on) == (2_050, 1_500, 6_000, False)
    assert KEY not in page
    assert "It answers" in signed_in.post("/company/assistant/try/", follow=True).content.decode()
    signed_in.post("/company/assistant/switch/", {"on": "1"})
    assert Assistant.objects.get().is_on
    record(signed_in, server, key="")  # the key stays
    assert Assistant.objects.get().is_on
    assert "It answers" in signed_in.post("/company/assistant/try/", follow=True).content.decode()
    signed_in.post("/company/assistant/switch/", {"on": "0"})
    assert not Assistant.objects.get().is_on


def test_without_a_contract_it_is_not_switched_on(signed_in: Client, server: ModelProcess) -> None:
    page = record(signed_in, server, contract_on="", processor="")

    assert "Processor, Date of the contract" in page
    answer = signed_in.post("/company/assistant/switch/", {"on": "1"}, follow=True).content.decode()
    assert "have to be recorded first" in answer
    assert not Assistant.objects.get().is_on


@pytest.mark.parametrize(
    "wrong",
    [{"endpoint": "ftp://x"}, {"endpoint": ""}, {"place": "EEA"}, {"tokens_a_month": "-1"}, {"contract_on": "soon"},
     {"price_in": "NaN"}, {"place": "MOON"}],
)  # fmt: skip
def test_bad_settings_are_told(signed_in: Client, server: ModelProcess, wrong: dict[str, str]) -> None:
    assert "errorlist" in record(signed_in, server, **wrong)
    assert not Assistant.objects.exists()


def test_a_model_that_fails_is_told(signed_in: Client, server: ModelProcess) -> None:
    record(signed_in, server, model="busy")

    assert "asked too much" in signed_in.post("/company/assistant/try/", follow=True).content.decode()


def test_only_administrators_name_it(client: Client, server: ModelProcess) -> None:
    lead = User.objects.create_user("lea@nordhain.example", name="Lea", role=Role.LEAD, created_at=clock.now())
    client.force_login(lead, backend=BACKEND)

    assert client.get("/company/assistant/").status_code == 403
    assert client.post("/company/assistant/switch/", {"on": "1"}).status_code == 403
    assert client.post("/company/assistant/try/").status_code == 403


def test_draft_is_asked_for_awaited_and_shown_with_its_label(
    signed_in: Client, server: ModelProcess, new_case: NewCase
) -> None:
    case = new_case("1", text="Wo ist mein Lastenrad?")
    case.case_posts.get().post.__class__.objects.update(language="de")
    htmx = {"HX-Request": "true"}
    address = f"/inbox/{case.pk}/ideas/"
    assert "machine-draft" not in signed_in.get(address, headers=htmx).content.decode()
    record(signed_in, server)
    signed_in.post("/company/assistant/switch/", {"on": "1"})
    assert "Ask a machine" in signed_in.get(address, headers=htmx).content.decode()

    asked = signed_in.post(f"{address}machine/", headers=htmx).content.decode()
    row = MachineDraft.objects.get()
    assert f'hx-get="{address}machine/{row.pk}/" hx-trigger="every 1s"' in asked
    drafting.draft(draft_id=row.pk)

    shown = signed_in.get(f"{address}machine/{row.pk}/", headers=htmx).content.decode()
    assert "Drafted by a machine" in shown
    assert f'data-text="{GERMAN}"' in shown
    assert "every 1s" not in shown
    page = signed_in.post(f"{address}machine/", follow=True).content.decode()
    assert "Look again" in page


def test_what_a_machine_is_not_told_is_said(signed_in: Client, server: ModelProcess, new_case: NewCase) -> None:
    case = new_case("1", text="Ich bin krank geworden, wo ist mein Rad?")
    record(signed_in, server)
    signed_in.post("/company/assistant/switch/", {"on": "1"})

    page = signed_in.get(f"/inbox/{case.pk}/ideas/", headers={"HX-Request": "true"}).content.decode()

    assert "sensitive matter" in page
    assert "Ask a machine" not in page
    signed_in.post(f"/inbox/{case.pk}/ideas/machine/")
    assert not MachineDraft.objects.exists()


def test_a_draft_of_somebody_else_is_not_shown(
    signed_in: Client, client: Client, new_case: NewCase, miriam: User
) -> None:
    case = new_case("1")
    row = MachineDraft.objects.create(case=case, asked_by=None, asked_at=clock.now(), state="READY", text="Geheim")

    page = signed_in.get(f"/inbox/{case.pk}/ideas/machine/{row.pk}/").content.decode()

    assert "Geheim" not in page
