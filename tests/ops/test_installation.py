"""The launcher makes its environment from nothing, heals a broken one, and costs nothing the second time.

The checkouts here have an empty lock file: what is tried is the way, not pip.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from resonanz.ops.testing import ROOT

STAMP = "resonanz-installed.json"
_MAIN = "import sys\nprint('resonanz runs with', sys.argv[1:], 'in', sys.prefix)\n"


@pytest.fixture
def checkout(place: Path) -> Path:
    root = place / "checkout"
    (root / "src" / "resonanz" / "ops").mkdir(parents=True)
    shutil.copy(ROOT / "resonanz", root)
    shutil.copy(ROOT / "src" / "resonanz" / "ops" / "installation.py", root / "src" / "resonanz" / "ops")
    (root / "src" / "resonanz" / "__init__.py").touch()
    (root / "src" / "resonanz" / "__main__.py").write_text(_MAIN)
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (root / lock).write_text("# nothing\n")
    return root


def _environment(checkout: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "XDG_CACHE_HOME": str(checkout.parent / "cache")}


def _launch(checkout: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [str(checkout / "resonanz"), *arguments]
    environment = _environment(checkout) | more
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_first_start_makes_the_environment_and_the_second_does_nothing(checkout: Path) -> None:
    first = _launch(checkout, "up", "--port", "1")
    made = (checkout / ".venv" / STAMP).stat().st_mtime_ns
    second = _launch(checkout, "up", "--port", "1")

    assert first.stdout == f"resonanz runs with ['up', '--port', '1'] in {checkout}/.venv\n"
    assert "Making the Python environment" in first.stderr
    assert (second.stdout, second.stderr) == (first.stdout, "")
    assert (checkout / ".venv" / STAMP).stat().st_mtime_ns == made


def test_environment_that_was_interrupted_is_made_anew(checkout: Path) -> None:
    (checkout / ".venv" / "lib" / "half").mkdir(parents=True)
    (checkout / ".venv" / "bin").mkdir()
    (checkout / ".venv" / "bin" / "python").symlink_to("/gone/python3")

    done = _launch(checkout)

    assert done.returncode == 0, done.stderr
    assert not (checkout / ".venv" / "lib" / "half").exists()


def test_new_lock_file_is_installed_into_the_same_environment(checkout: Path) -> None:
    _launch(checkout)
    before = json.loads((checkout / ".venv" / STAMP).read_text())
    (checkout / "requirements.lock").write_text("# still nothing, but another file\n")

    done = _launch(checkout)

    assert "Installing the packages of requirements.lock" in done.stderr
    assert "Making the Python environment" not in done.stderr
    assert json.loads((checkout / ".venv" / STAMP).read_text())["run"] != before["run"]


def test_two_starts_at_once_make_one_environment(checkout: Path) -> None:
    both = [
        subprocess.Popen(
            [str(checkout / "resonanz")],
            env=_environment(checkout),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]

    ended = [process.communicate(timeout=120) for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert sum("Making the Python environment" in words for _output, words in ended) == 1


def test_checkout_of_another_user_gets_an_environment_of_our_own(checkout: Path) -> None:
    if os.geteuid() == 0:
        os.chown(checkout, 65534, -1)
    else:
        checkout.chmod(0o555)

    done = _launch(checkout)

    checkout.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert f" in {checkout.parent}/cache/resonanz/venv-" in done.stdout
    assert not (checkout / ".venv").exists()


def test_launcher_works_through_a_link(checkout: Path, place: Path) -> None:
    (place / "bin").mkdir()
    (place / "bin" / "resonanz").symlink_to("../checkout/resonanz")

    done = subprocess.run(
        [str(place / "bin" / "resonanz"), "x"], env=_environment(checkout), capture_output=True, text=True, check=False
    )

    assert done.stdout == f"resonanz runs with ['x'] in {checkout}/.venv\n"


def test_missing_python_is_one_sentence(checkout: Path, place: Path) -> None:
    tools = place / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "readlink"):
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)

    done = _launch(checkout, PATH=str(tools))

    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_wheels_that_are_not_there_are_told_with_the_way_out(checkout: Path, place: Path) -> None:
    (checkout / "requirements.lock").write_text(f"nothing-of-the-kind==1.0 --hash=sha256:{'0' * 64}\n")
    (place / "wheels").mkdir()

    done = _launch(checkout, RESONANZ_WHEELS=str(place / "wheels"))

    assert done.returncode == 1
    assert "RESONANZ_WHEELS=FOLDER" in done.stderr.splitlines()[-1]
    assert not (checkout / ".venv" / STAMP).exists()
