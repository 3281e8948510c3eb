"""Colleagues who check posts, and a key file that draws the same clean sample in every run."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.core.secrets import KEY_FILE
from resonanz.triage.learning import champions


@pytest.fixture(autouse=True)
def known_draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which posts are drawn hangs on the key file."""
    file = tmp_path / KEY_FILE
    file.parent.mkdir(parents=True)
    hashing = base64.urlsafe_b64encode(b"a key that is known to tests alone"[:32]).decode()
    file.write_text(f"hash {hashing}\nencrypt {Fernet.generate_key().decode()}\n", "ascii")
    file.chmod(0o600)
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path))


@pytest.fixture(autouse=True)
def looking(nothing_known_of_the_company: None) -> Iterator[None]:
    """Heads that were taken are looked up, as the product does."""
    champions.take_for_granted(None)
    yield
    champions.take_for_granted(())


@pytest.fixture
def nora(db: None) -> User:
    return _colleague("nora", Role.ADMIN)


@pytest.fixture
def ole(db: None) -> User:
    return _colleague("ole", Role.AGENT)


@pytest.fixture
def ana(db: None) -> User:
    return _colleague("ana", Role.ANALYST)


def _colleague(name: str, role: Role) -> User:
    return User.objects.create_user(f"{name}@nordhain.example", name=name, role=role, created_at=clock.now())
