from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from resonanz.ops.errors import OperatorError
from resonanz.ops.triage.evaluate_command import evaluate_command
from resonanz.ops.triage.evaluate_measuring import EvaluatedRow, Measuring
from resonanz.ops.triage.evaluate_table import print_rows
from resonanz.ops.triage.lexicon_peers import Peers, Told
from resonanz.triage.company_head import TooFewExamples

_SAID = {True: "Ihr müsst das endlich reparieren, es ist kaputt", False: "Ich wünsche allen einen schönen Tag"}


def _lines(path: Path, values: Iterable[object]) -> Path:
    rows = [{"text": f"{_SAID[str(value).lower() in ('1', 'true')]} {place}", "laut": value} for place, value in
            enumerate(values)]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def _run(*words: str | Path) -> Result:
    return CliRunner().invoke(evaluate_command, [str(word) for word in words])


def _own(learnt_from: Path, measured_on: Path, *more: str, label: str = "laut") -> Result:
    return _run("--label", label, "--train", learnt_from, "--test", measured_on, *more)


def test_evaluate_learns_a_label_from_one_file_and_measures_it_on_another(tmp_path: Path) -> None:
    result = _own(_lines(tmp_path / "a", [0, 1] * 10), _lines(tmp_path / "b", [True, False] * 5), "--json")

    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["label"], found["texts"], found["macro_f1"]) == ("laut", 10, 1.0)
    assert (found["covered"], found["found"], found["precision_asked"]) == (1.0, 1.0, 0.9)
    assert found["texts_per_second"] > 0
    assert found["memory"] > 50_000_000


def test_evaluate_keeps_numbers_that_are_no_yes_or_no_apart(tmp_path: Path) -> None:
    stars = [{"text": f"{_SAID[star > 2]} {place}", "sterne": star} for place, star in enumerate([1, 2, 3] * 8)]
    path = tmp_path / "a"
    path.write_text("\n".join(map(json.dumps, stars)), "utf-8")

    result = _own(path, path, "--json", label="sterne")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["found"] is None
    assert json.loads(result.stdout)["macro_f1"] < 1


def test_evaluate_says_what_it_passed_over_and_what_it_saw_before(tmp_path: Path) -> None:
    learnt_from, measured_on = _lines(tmp_path / "a", [0, 1] * 5), tmp_path / "b"
    odd = ["", "kein JSON", '{"text": 1, "laut": 1}', '{"text": "ohne"}', '{"text": "vielleicht", "laut": "eventuell"}']
    measured_on.write_text("\n".join([*learnt_from.read_text("utf-8").splitlines()[:2], *odd]), "utf-8")

    result = _own(learnt_from, measured_on)

    assert result.exit_code == 0, result.output
    assert "3 lines without text or label were passed over, the first is line 4" in result.stderr
    assert "2 of the 3 texts" in result.stderr
    assert "has no text with eventuell; such texts count as wrong" in result.stderr


def test_evaluate_says_what_is_missing(tmp_path: Path) -> None:
    path, one = _lines(tmp_path / "a", [1, 0] * 3), _lines(tmp_path / "one", [1, 1, 1])
    (tmp_path / "list").write_text('{"text": "a", "laut": [1]}', "utf-8")

    assert "--train and --test" in _run("--label", "laut").output
    assert "need --label" in _run("--train", path).output
    assert _error(_own(path, path, label="leise")) == f'{path}: no line has "text" and "leise".'
    assert "line 1" in _error(_own(tmp_path / "list", path))
    with pytest.raises(TooFewExamples, match="at least 2 texts"):
        raise _own(one, path).exception or AssertionError


def _error(result: Result) -> str:
    assert isinstance(result.exception, OperatorError)
    return str(result.exception)


class _Indifferent(Peers):
    """Peers that are not installed: neutral, whatever is asked, at half a text a second."""

    def sentiments(self, name: str, texts: Sequence[str]) -> Told:
        return Told(("neutral",) * len(texts), 0.0, 2.0 * len(texts), 15_000_000)


@pytest.fixture(scope="module")
def rows() -> list[EvaluatedRow]:
    return list(Measuring(None, data=None, peers=_Indifferent(Path()), precision=0.8).rows())


def test_judges_that_ship_are_measured_on_examples_kept_apart(rows: list[EvaluatedRow]) -> None:
    found = {(row["label"], row["language"]): row for row in (one.as_json() for one in rows)}

    assert {row["measured_on"] for row in found.values()} == {"kept apart"}
    assert {row["precision_asked"] for row in found.values()} == {0.8}
    assert found["question", "de"]["f1"] > 0.8
    assert found["declaration", "de"]["recall"] > 0.9
    assert found["crisis", "en"]["recall"] > 0.9
    assert {one["set"] for one in found["praise", "de"]["published"]} == {"flausch_de"}
    [peer] = found["sentiment", "en"]["peers"]
    assert (peer["system"], peer["texts_per_second"], peer["texts"]) == (
        "vader",
        0.5,
        found["sentiment", "en"]["texts"],
    )
    assert found["question", "en"]["peers"] == []


def test_table_fits_a_terminal_and_holds_peers_and_published_figures(
    rows: list[EvaluatedRow], capsys: pytest.CaptureFixture[str]
) -> None:
    print_rows(rows, precision=0.8)

    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    named = [line.strip() for line in lines]
    ours, theirs = (line.split() for line in named[named.index("sentiment · de") + 1 :][:2])
    assert ours[:2] == ["kept", "apart"]
    assert theirs[0] == "textblob-de"
    assert theirs[1] == ours[2]
    assert theirs[-2:] == ["0", "15"]
    assert "  0.596  fastText                    Barbieri et al., LREC 2022" in lines


def test_evaluate_without_peers_says_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "wheels").mkdir()
    monkeypatch.setenv("RESONANZ_WHEELS", str(tmp_path / "wheels"))

    assert "could not be installed" in _error(_run("--peers"))
    assert not list((tmp_path / "wheels").iterdir())


def _figures(row: dict[str, Any]) -> list[float]:
    return [row[name] for name in ("macro_f1", "precision", "recall", "f1", "accuracy")]


def test_figures_agree_with_those_of_another_library(tmp_path: Path) -> None:
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support  # noqa: PLC0415

    from resonanz.triage.company_head import learn  # noqa: PLC0415

    texts = [f"{_SAID[place % 3 == 0]} {place}" for place in range(30)]
    values = ["laut" if place % 3 == 0 else "leise" if place % 2 else "still" for place in range(30)]
    path = tmp_path / "a"
    lines = [json.dumps({"text": text, "ton": value}) for text, value in zip(texts, values, strict=True)]
    path.write_text("\n".join(lines), "utf-8")

    found = json.loads(_own(path, path, "--json", label="ton").stdout)

    decided = learn(label="ton", texts=texts, values=values).judge(texts)
    precision, recall, f1, _texts = precision_recall_fscore_support(values, decided, average="macro", zero_division=0)
    assert _figures(found) == pytest.approx([f1, precision, recall, f1, accuracy_score(values, decided)])
