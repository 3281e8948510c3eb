from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.triage import classifier_folders
from tests.triage.test_bad_input import BAD

from resonanz.ops.triage.model_placing import add_classifier
from resonanz.triage.cleaning import clean_words
from resonanz.triage.contract import CleanText, Judgement
from resonanz.triage.evaluate import Evaluator
from resonanz.triage.learning.standing import standing
from resonanz.triage.onnx.classifier import OnnxClassifier
from resonanz.triage.onnx.classifier_files import ADDED, NETWORK, TOKENIZER, BadClassifier

pytest.importorskip("onnxruntime")
_BAD_DE, _GOOD_DE = "Der Service war schrecklich, ihr Lieben", "Das war heute ganz wunderbar von euch"
_BAD_EN = "The service was awful, what can I say"


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where added models lie, as those who judge find it."""
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path / "data"))
    (tmp_path / "data" / "models").mkdir(parents=True)
    return tmp_path / "data" / "models"


def _added(
    models: Path, source: Path, label: str = "sentiment", languages: Sequence[str] = (), **means: str
) -> OnnxClassifier:
    return OnnxClassifier(add_classifier(source, models, label=label, languages=languages, means=means))


def _told(judge: OnnxClassifier, *texts: str, language: str = "de") -> list[Judgement | None]:
    nothing = np.zeros(512, dtype=np.float32)
    found = judge.judge([CleanText(text, clean_words(text), language, nothing) for text in texts], with_reasons=True)
    return [one.get(judge.about.label) for one in found]


def _values(judge: OnnxClassifier, *texts: str) -> list[object]:
    return [one.value if one else None for one in _told(judge, *texts)]


def test_evaluator_takes_its_word_for_its_languages_and_leaves_the_others(models: Path) -> None:
    before = Evaluator.load()
    _added(models, classifier_folders.write(models / ".new"), languages=["de"])

    with_it = Evaluator.load()
    german, english = with_it.evaluate([_BAD_DE, _BAD_EN])
    shipped_german, shipped_english = before.evaluate([_BAD_DE, _BAD_EN])

    expected = np.exp(4) / (np.exp(4) + 2)
    assert german.labels["sentiment"] == Judgement("negative", round(float(expected), 4), unsure=False)
    assert english.labels == shipped_english.labels
    assert {**german.labels, "sentiment": None} == {**shipped_german.labels, "sentiment": None}
    changed = {name for name, version in with_it.versions.items() if before.versions[name] != version}
    assert changed == {"sentiment"}
    assert german.versions == with_it.versions


@pytest.mark.django_db
def test_the_room_of_judges_says_who_judges(models: Path) -> None:
    before = standing(label="sentiment").judge
    _added(models, classifier_folders.write(models / ".new"))

    assert (before, standing(label="sentiment").judge) == ("SHIPPED", "ADDED")
    assert standing(label="question").judge == "SHIPPED"


def test_of_two_the_one_for_a_single_language_has_the_last_word_there(models: Path) -> None:
    _added(models, classifier_folders.write(models / ".all"))
    turned = {"schrecklich": (0, 0, 4), "awful": (0, 0, 4)}
    _added(models, classifier_folders.write(models / ".de", words=turned), languages=["de"])
    one = Evaluator.load().versions["sentiment"]

    found = Evaluator.load().evaluate([_BAD_DE, _BAD_EN])

    assert [each.labels["sentiment"].value for each in found] == ["positive", "negative"]
    _added(models, classifier_folders.write(models / ".de", words=turned, max_position_embeddings=32), languages=["de"])
    assert Evaluator.load().versions["sentiment"] != one


def test_a_judge_beside_it_leaves_its_version(models: Path) -> None:
    judge = _added(models, classifier_folders.write(models / ".new"))
    evaluator = Evaluator.load()

    joined = evaluator.beside(judge, versions={"question": "other"})

    assert joined.versions == {**evaluator.versions, "question": "other"}


@pytest.mark.parametrize("with_types", [False, True])
def test_a_text_is_judged_alike_alone_and_among_others(models: Path, with_types: bool) -> None:
    judge = _added(models, classifier_folders.write(models / ".new", with_types=with_types))
    texts = [_BAD_DE, "Tisch", _GOOD_DE, "Tisch " * 300, "wunderbar " * 40 + "schrecklich " * 9, "nichts bekannt"]

    together = _told(judge, *texts)

    assert together == [_told(judge, text)[0] for text in texts]
    assert [one and one.value for one in together][:5] == ["negative", "neutral", "positive", "neutral", "positive"]


def test_a_text_is_read_as_far_as_the_network_can(models: Path) -> None:
    judge = _added(models, classifier_folders.write(models / ".new", max_position_embeddings=10))

    assert _values(judge, "tisch " * 7 + "wunderbar " * 50) == ["neutral"]
    assert _values(judge, "tisch " + "wunderbar " * 50) == ["positive"]


@pytest.mark.parametrize(("worth", "unsure"), [(0.68, True), (0.71, False)])
def test_yes_or_no_is_unsure_below_two_thirds(models: Path, worth: float, unsure: bool) -> None:
    folder = classifier_folders.write(models / ".new", words={"mist": (0, worth)}, classes=("other", "Complaint"))
    judge = _added(models, folder, "complaint", Complaint="true")

    told = _told(judge, "So ein Mist")[0]

    chance = round(float(np.exp(worth) / (np.exp(worth) + 1)), 4)
    assert told == Judgement(True, chance, unsure)


@pytest.mark.parametrize(("worth", "unsure"), [(0.6, True), (0.8, False)])
def test_sentiment_is_unsure_below_one_half(models: Path, worth: float, unsure: bool) -> None:
    folder = classifier_folders.write(models / ".new", words={"mist": (worth, 0, 0)})

    told = _told(_added(models, folder), "So ein Mist")[0]

    assert told is not None
    assert (told.value, told.unsure) == ("negative", unsure)


def test_classes_that_mean_the_same_are_added_up(models: Path) -> None:
    stars = ("1 star", "2 stars", "3 stars", "4 stars", "5 stars")
    folder = classifier_folders.write(models / ".new", words={"mist": (1, 1, 1.5, 0, 0)}, classes=stars)
    means = dict(zip(stars, ["negative", "negative", "neutral", "positive", "positive"], strict=True))

    told = _told(_added(models, folder, **means), "So ein Mist")[0]

    assert told == Judgement("negative", round(float(2 * np.e / (2 * np.e + np.exp(1.5) + 2)), 4), unsure=True)


@pytest.mark.parametrize("kind", ["empty", "blanks", "only a link", "only mentions"])
def test_what_says_nothing_is_left_to_the_judges_that_ship(models: Path, kind: str) -> None:
    shipped = Evaluator.load().evaluate([BAD[kind]])[0].labels["sentiment"]
    judge = _added(models, classifier_folders.write(models / ".new", words={"user": (9, 0, 0)}))

    found = Evaluator.load().evaluate([BAD[kind]])[0].labels["sentiment"]

    assert _told(judge, BAD[kind]) == [None]
    assert found == shipped
    assert found.unsure


def test_letters_hidden_within_words_and_addresses_change_nothing(models: Path) -> None:
    judge = _added(models, classifier_folders.write(models / ".new"))
    plain, hidden = (
        f"{_BAD_DE} @anna",
        "Der Service war schreck\u200blich, ihr Lieben @berta https://example.org/wunderbar",
    )

    assert _told(judge, plain) == _told(judge, hidden)


@given(
    texts=st.lists(
        st.one_of(st.text(st.characters(codec=None), max_size=90), st.sampled_from(list(BAD.values()))), max_size=6
    )
)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gets_an_answer(classifier: OnnxClassifier, texts: list[str]) -> None:
    told = _told(classifier, *texts)

    assert len(told) == len(texts)
    for text, one in zip(texts, told, strict=True):
        if one is None:
            assert all(word.form.startswith("⟨") for word in clean_words(text))
        else:
            assert one.value in ("negative", "neutral", "positive")
            assert 0.3333 <= one.probability <= 1


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> OnnxClassifier:
    folder = tmp_path_factory.mktemp("models")
    return _added(folder, classifier_folders.write(folder / ".new"))


def _without_unknown(folder: Path) -> None:
    """A tokenizer that fails on every word it does not know."""
    known = json.loads((folder / TOKENIZER).read_text())["model"]["vocab"]
    classifier_folders.tokenizer(list(known), unknown="nowhere").save(str(folder / TOKENIZER))


def _with_a_word_too_many(folder: Path) -> None:
    """A tokenizer with a piece that the network does not have."""
    known = json.loads((folder / TOKENIZER).read_text())["model"]["vocab"]
    classifier_folders.tokenizer([*known, "zuviel"]).save(str(folder / TOKENIZER))


@pytest.mark.parametrize(
    ("damage", "bad"), [(_without_unknown, "unbekannt"), (_with_a_word_too_many, "zuviel schrecklich")]
)
def test_a_text_that_the_network_fails_on_is_left_and_the_others_are_judged(
    models: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None], bad: str
) -> None:
    words = {**classifier_folders.SENTIMENT, **dict.fromkeys(["guten", "tag", "wort", "und", "word", ","], (0, 0, 0))}
    folder = classifier_folders.write(models / ".new", words=words)
    damage(folder)
    judge = _added(models, folder)

    assert _values(judge, "schrecklich", bad, "wunderbar") == ["negative", None, "positive"]
    assert "no answer to 1 of 3 texts" in caplog.text
    assert bad not in caplog.text
    assert Evaluator.load().evaluate([bad])[0].labels["sentiment"].value in ("negative", "neutral", "positive")


def test_answers_that_are_no_numbers_are_no_answers(models: Path) -> None:
    judge = _added(
        models, classifier_folders.write(models / ".new", words={"mist": (np.inf, np.inf, 0), "tisch": (0, 1, 0)})
    )

    assert _values(judge, "Mist", "Tisch") == [None, "neutral"]


@pytest.mark.parametrize("name", [NETWORK, TOKENIZER, ADDED])
@pytest.mark.parametrize(
    "damage", [lambda content: content[:-40], lambda _content: b"", lambda content: content + b"\n{"]
)
def test_what_was_changed_afterwards_is_told_and_left_out(
    models: Path, caplog: pytest.LogCaptureFixture, name: str, damage: Callable[[bytes], bytes]
) -> None:
    before = Evaluator.load()
    folder = add_classifier(
        classifier_folders.write(models / ".new"), models, label="sentiment", languages=[], means={}
    )
    (folder / name).write_bytes(damage((folder / name).read_bytes()))

    found = Evaluator.load()

    assert found.versions == before.versions
    assert found.evaluate([_GOOD_DE]) == before.evaluate([_GOOD_DE])
    assert str(folder) in caplog.text
    assert name in caplog.text


@pytest.mark.parametrize(
    "changed",
    [
        {"label": "urgency"},
        {"values": ["negative", "neutral", 1]},
        {"values": [True, False]},
        {"values": 3},
        {"longest": 100_000},
        {"longest": "64"},
        {"padding": -1},
        {"digests": {}},
        {"languages": None},
    ],
)
def test_notes_that_do_not_fit_are_refused(models: Path, changed: Mapping[str, Any]) -> None:
    folder = add_classifier(
        classifier_folders.write(models / ".new"), models, label="sentiment", languages=[], means={}
    )
    (folder / ADDED).write_text(json.dumps({**json.loads((folder / ADDED).read_text()), **changed}))

    with pytest.raises(BadClassifier, match=r"added\.json is damaged"):
        OnnxClassifier(folder)


def _elsewhere(folder: Path) -> None:
    """A network that names another file, as its format does it: field 13 of an array, an entry of key and value."""
    entry = b"\x0a\x08location\x12\x0a../secrets"
    content = (folder / NETWORK).read_bytes()
    (folder / NETWORK).write_bytes(content + bytes([13 << 3 | 2, len(entry)]) + entry)


def _sized(name: str, size: int) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        with (folder / name).open("ab") as file:
            file.truncate(size)

    return damage


def _gone(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _holding(name: str, content: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).write_text(content)

    return damage


def _other_network(columns: int) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / NETWORK).write_bytes(classifier_folders.network(np.ones((8, columns), dtype=np.float32)))

    return damage


def _nothing_but_nan(folder: Path) -> None:
    (folder / NETWORK).write_bytes(classifier_folders.network(np.full((8, 3), np.nan, dtype=np.float32)))


def _small(folder: Path) -> None:
    (folder / NETWORK).write_bytes(classifier_folders.network(np.ones((2, 3), dtype=np.float32)))


def _of_pictures(folder: Path) -> None:
    content = (folder / NETWORK).read_bytes()
    (folder / NETWORK).write_bytes(content.replace(b"attention_mask", b"pixel_values_x"))


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        *((_gone(name), f"{name} cannot be read") for name in (NETWORK, TOKENIZER, "config.json")),
        (_sized(NETWORK, 2**31 + 1), r"model\.onnx is larger than 2048 MB"),
        (_sized(TOKENIZER, 2**27 + 1), r"tokenizer\.json is larger than 128 MB"),
        (_sized(NETWORK, 100), r"model\.onnx is no network"),
        (_elsewhere, "keeps its weights in another file"),
        (_of_pictures, "wants something else than pieces of text: input_ids, pixel_values_x"),
        (_other_network(2), "does not answer with 3 numbers"),
        (_nothing_but_nan, "with what is no number"),
        (_small, "Gather"),
        (_holding(TOKENIZER, "{}"), r"tokenizer\.json is no tokenizer"),
        (_holding(TOKENIZER, "\x80\x04pickle"), r"tokenizer\.json is no tokenizer"),
        (_holding("config.json", "[]"), r"config\.json is damaged"),
        (_holding("config.json", "[" * 100_000), r"config\.json is damaged"),
        (_holding("config.json", '{"id2label": {"1": "a", "2": "b"}}'), "does not name its classes"),
        (_holding("config.json", '{"id2label": "ab"}'), "does not name its classes"),
        (_holding("config.json", '{"id2label": {"0": "anger"}}'), "a single class"),
        (
            _holding("config.json", "{}"),
            r"LABEL_0, LABEL_1, and --class VALUE=CLASS says which of them is negative, neu",
        ),
        (
            _holding("config.json", '{"problem_type": "multi_label_classification"}'),
            r"does not choose one class of several \(config\.json: multi_label_classification\)",
        ),
        (_holding("tokenizer_config.json", "nothing"), r"tokenizer_config\.json is damaged"),
    ],
)
def test_a_folder_without_a_usable_classifier_is_refused_and_leaves_nothing(
    tmp_path: Path, models: Path, damage: Callable[[Path], None], told: str
) -> None:
    folder = classifier_folders.write(tmp_path / "export")
    damage(folder)

    with pytest.raises(BadClassifier, match=told):
        _added(models, folder)

    assert list(models.iterdir()) == []


@pytest.mark.parametrize(
    ("label", "classes", "means", "told"),
    [
        ("sentiment", ("NEGATIVE", "POSITIVE"), {}, "NEGATIVE, POSITIVE, .* is neutral"),
        ("sentiment", ("negative", "neutral", "positive", "mixed"), {}, "the value of mixed"),
        ("complaint", ("a", "b"), {}, "a, b, .* is false, true"),
        ("complaint", ("a", "b"), {"a": "true", "b": "true"}, "is false"),
        ("complaint", ("a", "b"), {"a": "perhaps"}, "perhaps is none of the values false, true"),
        ("complaint", ("a", "b"), {"c": "true"}, "no class c: its classes are a, b"),
    ],
)
def test_classes_without_a_meaning_are_named(
    models: Path, label: str, classes: Sequence[str], means: Mapping[str, str], told: str
) -> None:
    words = {"wort": [1.0] * len(classes)}
    folder = classifier_folders.write(models / ".new", words=words, classes=classes)

    with pytest.raises(BadClassifier, match=told):
        _added(models, folder, label, **means)
