"""Lines in, lines out: odd ones, torn ones, and a run that is killed and gone on with."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from resonanz.core import clock
from resonanz.ops.triage import lines as triage_lines

_COMMAND = [sys.executable, "-m", "resonanz", "triage", "-", "--no-reasons"]


def _read(content: bytes, *, skip: int = 0) -> tuple[list[str], list[tuple[int, str]]]:
    remarks: list[tuple[int, str]] = []
    found = triage_lines.read(io.BytesIO(content), skip=skip)
    return [text for lines in found for text in lines.texts(lambda *said: remarks.append(said))], remarks


@pytest.mark.parametrize("skip", [0, 1, 255, 256, 257, 9_000, 29_999, 30_000, 40_000])
def test_read_passes_over_exactly_so_many_lines(skip: int) -> None:
    content = "".join(f"Zeile {number}\n" for number in range(30_000)).encode()

    texts, _remarks = _read(content, skip=skip)

    assert texts == [f"Zeile {number}" for number in range(skip, 30_000)]


def test_read_gives_few_lines_at_once() -> None:
    found = list(triage_lines.read(io.BytesIO(b"a\n" * 1000), skip=10))

    assert [(lines.first, len(lines.lines)) for lines in found] == [(11, 256), (267, 256), (523, 256), (779, 222)]


def test_odd_lines_are_read_and_named_by_their_number() -> None:
    odd = ["", "\ufefftext\r", '{"text": "a\\ud800"}', '{"id": 1}', '{"text": null}', '{"text": ', "{ja}", "[1]"]
    content = "\n".join(odd).encode() + b"\n\xff!\n" + b"x" * 100_000

    texts, remarks = _read(content)

    assert texts == ["", "text", "a\ud800", "", "", '{"text": ', "{ja}", "[1]", "\ufffd!", "x" * 100_000]
    assert [number for number, _remark in remarks] == [4, 5, 6, 7, 9]


def test_a_torn_last_line_is_dropped_and_whole_ones_stay(tmp_path: Path) -> None:
    path = tmp_path / "answers"
    for before, after in (("", ""), ("a\nb\n", "a\nb\n"), ("a\nbc", "a\n"), ("bc", ""), ("a\n" + "b" * 200_000, "a\n")):
        path.write_text(before, "utf-8")
        with path.open("ab") as output:
            assert triage_lines.drop_torn_line(output) is (before != after)
        assert path.read_text("utf-8") == after


def test_a_killed_run_is_gone_on_with_without_harm(tmp_path: Path) -> None:
    count = 2_000
    texts = tmp_path / "texts"
    texts.write_text("".join(f"Wann kommt denn endlich der Bus {number}?\n" for number in range(count)), "utf-8")
    answers = tmp_path / "answers"

    with texts.open("rb") as stdin, answers.open("ab") as stdout:
        process = subprocess.Popen(_COMMAND, stdin=stdin, stdout=stdout)
        while answers.stat().st_size < 100_000:
            assert process.poll() is None
            clock.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=60) == -signal.SIGKILL
    whole = answers.read_bytes().count(b"\n")
    with answers.open("ab") as torn:
        torn.write(b'{"language": "d')
    with texts.open("rb") as stdin, answers.open("ab") as stdout:
        command = [*_COMMAND, "--skip", str(whole), "--progress"]
        done = subprocess.run(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, text=True, check=True)

    assert 0 < whole < count
    found = [json.loads(line) for line in answers.read_text("utf-8").splitlines()]
    assert len(found) == count
    assert all(one["labels"]["question"]["value"] is True for one in found[whole - 5 : whole + 5])
    assert "The last line of the output was not whole" in done.stderr
    assert "line 2,000, " in done.stderr
