from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from resonanz.ops.errors import OperatorError
from resonanz.ops.triage import lexicon_peers
from resonanz.ops.triage.lexicon_peers import Peers

_NEAR = {"de": ("Das ist wunderbar!", "Das ist schlecht."), "en": ("I love this, it is great!", "This is awful.")}
_ODD = [
    "",
    " ",
    "\ud800",
    "\x00",
    "👍" * 50,
    "\u200b",
    "https://x.example",
    "wort " * 30_000,
    "a\nb\u2028c",
    "!?" * 999,
]


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Peers:
    """Installed anew each time, because that is what is promised; from wherever this machine's pip installs."""
    folder = tmp_path_factory.mktemp("peers") / "lexicon-peers"
    assert lexicon_peers.ready(folder) is None
    return lexicon_peers.prepare(folder)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de", "en"])
def test_peers_tell_good_from_bad_and_take_any_text(peers: Peers, language: str) -> None:
    good, bad = _NEAR[language]

    told = peers.sentiments(lexicon_peers.NAMES[language], [good, bad, *_ODD])

    assert told.values[:2] == ("positive", "negative")
    assert len(told.values) == 2 + len(_ODD)
    assert told.seconds > 0
    assert told.memory > 1_000_000


@pytest.mark.slow
def test_peers_are_made_once(peers: Peers) -> None:
    made = (peers.folder / "pyvenv.cfg").stat().st_mtime_ns

    assert lexicon_peers.ready(peers.folder) == peers
    assert lexicon_peers.prepare(peers.folder) == peers
    assert (peers.folder / "pyvenv.cfg").stat().st_mtime_ns == made


@pytest.mark.slow
def test_a_peer_that_does_not_exist_is_an_error_in_words(peers: Peers) -> None:
    with pytest.raises(OperatorError, match="afinn could not be asked"):
        peers.sentiments("afinn", ["text"])


def test_without_a_registry_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wheels").mkdir()
    monkeypatch.setenv("RESONANZ_WHEELS", str(tmp_path / "wheels"))

    with pytest.raises(OperatorError, match=r"could not be installed .* RESONANZ_WHEELS"):
        lexicon_peers.prepare(tmp_path / "peers")

    assert lexicon_peers.ready(tmp_path / "peers") is None


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").touch()

    with pytest.raises(OperatorError, match="holds something else"):
        lexicon_peers.prepare(tmp_path)

    assert (tmp_path / "letters").exists()


def test_asking_imports_no_lexicon_here() -> None:
    found_names = "print([name for name in sys.modules if 'textblob' in name or 'vader' in name])"
    code = f"import resonanz.ops.triage.lexicon_peers, sys; {found_names}"

    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )

    assert found.stdout.strip() == "[]"
