"""Small classifiers as Optimum lays them out: a network that adds up what its words are worth, and its tokenizer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from resonanz.triage.onnx.writing import Graph

SENTIMENT = {"schrecklich": (4, 0, 0), "awful": (4, 0, 0), "wunderbar": (0, 0, 4), "tisch": (0, 3, 0)}
PADDING, UNKNOWN = 0, 1
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def write(
    folder: Path,
    *,
    words: Mapping[str, Sequence[float]] = SENTIMENT,
    classes: Sequence[str] = ("negative", "neutral", "positive"),
    with_types: bool = False,
    **settings: Any,
) -> Path:
    """A folder with a classifier; `words`: how much each speaks for each class. `settings` stand in its config.json."""
    folder.mkdir(parents=True, exist_ok=True)
    known = [*_SPECIAL, *words]
    weights = np.zeros((len(known), len(classes)), dtype=np.float32)
    weights[len(_SPECIAL) :] = np.array(list(words.values()))
    (folder / "model.onnx").write_bytes(network(weights, with_types=with_types))
    tokenizer(known).save(str(folder / "tokenizer.json"))
    config = {"id2label": {str(place): name for place, name in enumerate(classes)}, "pad_token_id": PADDING}
    (folder / "config.json").write_text(json.dumps({**config, "max_position_embeddings": 64, **settings}))
    return folder


def network(weights: np.ndarray[Any, np.dtype[np.float32]], *, with_types: bool = False) -> bytes:
    """The mean of what the words speak for, times their number over 3: logits."""
    whole: tuple[str, tuple[int | str, ...]] = ("int64", ("texts", "pieces"))
    inputs = {"input_ids": whole, "attention_mask": whole} | ({"token_type_ids": whole} if with_types else {})
    graph = Graph(inputs=inputs, outputs={"logits": ("float32", ("texts", weights.shape[1]))})
    graph.array("words", weights)
    graph.array("axis", np.array([1], dtype=np.int64))
    graph.step("Gather", ["words", "input_ids"], ["spoken"], axis=0)
    graph.step("Cast", ["attention_mask"], ["held"], to=1)
    graph.step("Unsqueeze", ["held", graph.array("last", np.array([2], dtype=np.int64))], ["mask"])
    graph.step("Mul", ["spoken", "mask"], ["kept"])
    graph.step("ReduceSum", ["kept", "axis"], ["logits"], keepdims=0)
    return graph.written()


def tokenizer(known: Sequence[str], *, unknown: str = "[UNK]") -> Tokenizer:
    """Words as they are, in small, between the pieces that begin and end a text."""
    made = Tokenizer(WordLevel({word: place for place, word in enumerate(known)}, unk_token=unknown))
    made.normalizer = Lowercase()
    made.pre_tokenizer = Whitespace()
    ends = [("[CLS]", known.index("[CLS]")), ("[SEP]", known.index("[SEP]"))]
    made.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    # As many exports come: the judge must not let these settings cut or fill up its texts.
    made.enable_truncation(4)
    made.enable_padding(length=7)
    return made
