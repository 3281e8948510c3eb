from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import click
import pytest
from click.testing import CliRunner, Result

from resonanz.ops.bench import REFERENCE_SECONDS, Figure, bench, calibrated, in_turns, json_option, ratio, report


def run(figures: Sequence[Figure], *arguments: str) -> Result:
    @click.command
    @json_option
    def measure(*, as_json: bool) -> None:
        report("measure", figures, as_json=as_json)

    return CliRunner().invoke(measure, arguments)


def test_report_fails_when_one_goal_is_missed() -> None:
    result = run([Figure("speed", 5, "posts/s"), Figure("share", 0.3, "ratio", "bare", 0.4)])

    assert result.exit_code == 1
    assert "NO" in result.output


def test_report_fails_when_something_is_beyond_its_most() -> None:
    result = run([Figure("queries", 12, "queries", most=12), Figure("large : small", 1.4, "ratio", most=1.3)])

    assert result.exit_code == 1
    assert "≤ 1.3" in result.output


def test_report_as_json_names_machine_and_figures() -> None:
    result = run([Figure("speed", 5, "posts/s"), Figure("share", 0.4, "ratio", "bare", 0.4)], "--json")

    told = json.loads(result.output)
    assert result.exit_code == 0
    assert told["bench"] == "measure"
    assert "Python" in told["machine"]
    assert told["figures"] == [
        {"name": "speed", "value": 5, "unit": "posts/s", "compared_with": "", "goal": None, "most": None, "met": True},
        {
            "name": "share",
            "value": 0.4,
            "unit": "ratio",
            "compared_with": "bare",
            "goal": 0.4,
            "most": None,
            "met": True,
        },
    ]


def test_in_turns_interleaves_after_warming_up() -> None:
    calls: list[str] = []

    taken = in_turns(lambda item: calls.append(f"a{item}"), lambda item: calls.append(f"b{item}"), rounds=[1, 2])

    assert calls == ["a1", "b1", "a1", "b1", "a2", "b2"]
    assert [len(seconds) for seconds in taken] == [2, 2]


def test_ratio_is_not_moved_by_one_disturbed_round() -> None:
    assert ratio([1, 2, 30], [2, 4, 3]) == 0.5


def test_calibrated_asks_a_slow_machine_for_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resonanz.ops.bench.in_turns", lambda *_, **__: [[REFERENCE_SECONDS * 2]])

    assert calibrated(2500) == 1250


def test_bench_match_measures_a_small_world() -> None:
    result = CliRunner().invoke(bench, ["match", "--json", "--topics", "50", "--posts", "100", "--rounds", "1"])

    told = json.loads(result.output)
    goals = {figure["name"]: figure["goal"] for figure in told["figures"] if figure["goal"]}
    assert goals == {"matching, as a share of bare": 0.4}
    assert result.exit_code == (0 if all(figure["met"] for figure in told["figures"]) else 1)


def test_bench_triage_tells_rates_and_where_the_time_goes() -> None:
    # A process of its own, as in operation: there numpy is told to use one thread before it is imported.
    arguments = ["--no-peer", "--batch", "8", "--rounds", "1"]
    command = [sys.executable, "-m", "resonanz", "bench", "triage", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.stdout, done.stderr
    found = {figure["name"]: figure for figure in json.loads(done.stdout)["figures"]}
    goals = {name for name, figure in found.items() if figure["goal"] or figure["most"]}
    assert goals == {"all judges, with reasons", "one post alone, median"}
    parts = ("cleaning", "language", "encoder", "n-grams", "heads", "reasons")
    shares = [int(found[name]["compared_with"].partition("%")[0]) for name in parts]
    assert 97 <= sum(shares) <= 103
    assert found["memory of a process that judges"]["value"] > 50


@pytest.mark.slow
def test_bench_pages_measures_two_small_worlds() -> None:
    # A process of its own: the browser of other tests keeps an event loop running in this one.
    arguments = ["--small", "200", "--large", "400", "--rounds", "2", "--streams", "10"]
    command = [sys.executable, "-m", "resonanz", "bench", "pages", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.stdout, done.stderr
    found = {figure["name"]: figure for figure in json.loads(done.stdout)["figures"]}
    assert {name for name in found if name.endswith("large : small")} == {
        f"{page}, large : small" for page in ("inbox", "case", "topic", "start")
    }
    assert all(found[f"{page}, queries"]["met"] for page in ("inbox", "case", "topic", "start"))
    assert found["10 streams, connections held"]["met"]


def test_bench_refuses_an_unknown_name() -> None:
    assert CliRunner().invoke(bench, ["nonsense"]).exit_code == 2
