from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from resonanz.ops.triage.commands import train, triage
from resonanz.triage.datasets import MissingData
from resonanz.triage.judges import TASKS


def _objects(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def test_triage_prints_the_documented_form_for_each_line() -> None:
    lines = 'Das ist eine Frechheit!\n\n{"text": "Where is my order?", "id": 7}\n{"text": \nlast without end'

    result = CliRunner().invoke(triage, input=lines)

    assert result.exit_code == 0, result.output
    found = _objects(result.stdout)
    assert [one["language"] for one in found[:3]] == ["de", "", "en"]
    assert len(found) == 5
    assert set(found[0]) == {"language", "labels", "urgency"}
    labels = found[0]["labels"]
    assert isinstance(labels, dict)
    assert set(labels) == {task.label for task in TASKS}
    assert set(labels["complaint"]) == {"value", "probability", "unsure", "because"}
    assert labels["complaint"]["value"] is True
    assert set(labels["complaint"]["because"][0]) == {"start", "end", "weight"}


def test_triage_takes_any_bytes_and_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "texts"
    path.write_bytes(b"\xff\xfe\x00 kaputt\r\n[1, 2]\n" + b'{"text": "\\ud800"}\n' + b"[" * 5000 + b"\n")

    result = CliRunner().invoke(triage, [str(path), "--no-reasons"])

    assert result.exit_code == 0, result.output
    assert len(_objects(result.stdout)) == 4


def test_triage_skips_lines_to_go_on_where_a_run_stopped(tmp_path: Path) -> None:
    path = tmp_path / "texts"
    path.write_text("".join(f"Wann kommt Bus {place}?\n" for place in range(10_000)), "utf-8")

    result = CliRunner().invoke(triage, [str(path), "--no-reasons", "--skip", "9990"])

    assert len(_objects(result.stdout)) == 10


def test_triage_answers_each_line_before_the_next_one_is_written() -> None:
    script = "from resonanz.ops.triage.commands import triage; triage()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text in (b"Where is my order?\n", b"Wo bleibt mein Paket?\n"):
            process.stdin.write(text)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["labels"]["question"]["value"] is True
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def test_train_refuses_a_folder_without_the_sets(tmp_path: Path) -> None:
    result = CliRunner().invoke(train, ["--data", str(tmp_path), "--output", str(tmp_path / "model")])

    assert result.exit_code == 1
    assert isinstance(result.exception, MissingData)
    with pytest.raises(MissingData, match="cannot be read"):
        raise result.exception
