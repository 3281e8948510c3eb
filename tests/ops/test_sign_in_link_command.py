"""`resonanz sign-in-link` names the address that runs, and says why there is no link."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.ops.sign_in_link_command import sign_in_link
from resonanz.ops.supervisor import STATE_FILE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where a supervisor says what runs."""
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path))
    monkeypatch.delenv("RESONANZ_BASE_URL", raising=False)
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def asked(*arguments: str) -> Result:
    """The command, here."""
    return CliRunner().invoke(sign_in_link, arguments, catch_exceptions=False)


def test_link_leads_to_what_runs_here(run: Path) -> None:
    assert asked().stdout.startswith("http://localhost:8000/sign-in/")
    state = {"supervisor": os.getpid(), "base_url": "http://localhost:8123", "processes": []}
    (run / STATE_FILE).write_text(json.dumps(state))

    assert asked().stdout.startswith("http://localhost:8123/sign-in/")
    assert asked("--base-url", "https://crm.example").stdout.startswith("https://crm.example/sign-in/")


def test_setting_comes_before_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESONANZ_BASE_URL", "https://crm.example")

    assert asked().stdout.startswith("https://crm.example/sign-in/")


def test_where_an_administrator_has_signed_in_it_says_so_and_what_helps() -> None:
    User.objects.create_user("m@n.example", name="M", role=Role.ADMIN, created_at=clock.now(), last_login=clock.now())

    found = asked()

    assert (found.stdout, found.exit_code) == ("", 0)
    assert "--for ADDRESS" in found.stderr
    assert "/sign-in/" in asked("--for", "m@n.example").stdout
