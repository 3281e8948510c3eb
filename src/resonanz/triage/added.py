"""The models that an operator added, in the data folder; without any, nothing here changes what is judged.

Each has a folder in `models/`: the larger encoder in `e5/`, classifiers by the label and the languages they judge.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from resonanz.core import env
from resonanz.core.errors import ResonanzError
from resonanz.triage import artefact
from resonanz.triage.contract import AddedEncoder
from resonanz.triage.encoding import e5
from resonanz.triage.encoding.e5_source import WIDTH
from resonanz.triage.onnx import classifier_files
from resonanz.triage.onnx.classifier import OnnxClassifier

E5_HEADS = Path(__file__).parent / "model" / "e5.triage"
_log = logging.getLogger(__name__)


def models_folder() -> Path | None:
    """Where added models lie; None where no data folder is named."""
    data = env.text("RESONANZ_DATA", "")
    return Path(data) / "models" if data else None


def encoder_folder() -> Path | None:
    """Where the larger encoder lies, if it was added."""
    folder = models_folder()
    return folder / e5.NAME if folder is not None and (folder / e5.NAME).is_dir() else None


def encoder_of(found: artefact.Artefact, *, path: Path) -> AddedEncoder | None:
    """The encoder on which the heads of a model stand; None for the one that ships. Raises BadArtefact where it is not
    here, or another than the one the heads were learnt over; RuntimeMissing where nothing can run it."""
    named = found.about.get("encoder")
    if named is None:
        return None
    folder = encoder_folder()
    if folder is None or not isinstance(named, dict) or named.get("name") != e5.NAME:
        raise artefact.BadArtefact(path=path, reason="other_encoder")
    middle = np.asarray(found.arrays.get("encoder.middle"), dtype=np.float32)
    encoder = e5.E5Encoder(folder, middle=middle, expected=str(named.get("digest")))
    if encoder.middle.shape != (WIDTH,):
        raise artefact.BadArtefact(path=path, reason="other_encoder")
    return encoder


def heads_in_use() -> Path | None:
    """The heads over the larger encoder, if it was added and they ship."""
    return E5_HEADS if encoder_folder() is not None and E5_HEADS.is_file() else None


def classifier_folders() -> list[Path]:
    """Where the classifiers lie that were added; those for single languages behind those for all."""
    folder = models_folder()
    if folder is None or not folder.is_dir():
        return []
    return sorted(one for one in folder.iterdir() if one.is_dir() and one.name != e5.NAME and one.name[0] != ".")


def classifiers() -> Iterator[OnnxClassifier]:
    """The classifiers that were added, ready to judge; of the others it is told why they are not."""
    for folder in classifier_folders():
        try:
            yield OnnxClassifier(folder)
        except ResonanzError as error:
            told_unusable(error)


def classified_labels() -> frozenset[str]:
    """The labels for which a classifier was added, whether it can be used or not."""
    found = set()
    for folder in classifier_folders():
        with contextlib.suppress(ResonanzError):
            found.add(classifier_files.read(folder).label)
    return frozenset(found)


def told_unusable(error: ResonanzError) -> None:
    """What cannot be used is told and left out: the judges that ship go on, and with them intake."""
    _log.error("%s", error)
