"""A half-done installation is never taken for a whole one, and what is missing is named."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.peers import atproto_install
from tests.peers.atproto_install import PeerMissing, folder, installed

_BROKEN_NPM = "#!/bin/sh\nmkdir -p node_modules/half\necho 'the line went dead' >&2\nexit 1\n"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_interrupted_installation_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    npm = tmp_path / "npm"
    npm.write_text(_BROKEN_NPM)
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    for _ in range(2):
        with pytest.raises(PeerMissing, match="the line went dead"):
            installed(said.append)

    assert len(said) == 2
    assert [path.suffix for path in sorted(folder().parent.iterdir())] == [".lock", ".new"]


def test_missing_programs_are_named(monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(PeerMissing, match="apt install npm make g\\+\\+ python3"):
        installed(said.append)

    assert said == []


def test_another_lock_file_makes_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    source = tmp_path / "atproto"
    shutil.copytree(atproto_install.SOURCE, source)
    monkeypatch.setattr(atproto_install, "SOURCE", source)
    monkeypatch.setenv("PATH", "/nonexistent")
    first = folder()
    first.mkdir(parents=True)

    assert installed(said.append) == first
    with (source / "package-lock.json").open("a") as lock:
        lock.write("\n")
    with pytest.raises(PeerMissing):
        installed(said.append)
