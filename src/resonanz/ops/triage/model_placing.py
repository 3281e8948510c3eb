"""An added model comes into the data folder in one step: what runs finds the older one or the new one, whole."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from resonanz.ops.errors import OperatorError
from resonanz.triage import added
from resonanz.triage.onnx import classifier_files
from resonanz.triage.onnx.classifier import OnnxClassifier


@contextlib.contextmanager
def made(models: Path) -> Iterator[Path]:
    """An empty folder beside the models, in which one is made; gone afterwards, unless it was placed."""
    with tempfile.TemporaryDirectory(prefix=".adding-", dir=models) as folder:
        new = Path(folder) / "new"
        new.mkdir(mode=0o700)
        yield new


def place(new: Path, target: Path) -> Path:
    """Put what was made in place of an older one, which goes with the folder it was made in."""
    if target.exists():
        target.replace(new.with_name("older"))
    return new.replace(target)


def add_classifier(
    source: Path, models: Path, *, label: str, languages: Sequence[str], means: Mapping[str, str]
) -> Path:
    """Copy an exported classifier into `models`. Raises BadClassifier, or OperatorError where another is in its way."""
    with made(models) as new:
        about = classifier_files.copy(source, new, label=label, languages=languages, means=means)
        OnnxClassifier(new).try_out(source)  # what cannot run is not put in place
        _refuse_another(about)
        return place(new, models / about.name)


def _refuse_another(about: classifier_files.About) -> None:
    """Two for the same texts would each be right until the other one is loaded."""
    for folder in added.classifier_folders():
        if folder.name == about.name or folder.name.split("-")[0] != about.label:
            continue
        other = folder.name.split("-")[1:]
        if set(other) & set(about.languages):
            raise OperatorError(
                "ops.model.in_the_way",
                f"{folder.name} judges {about.label} in some of these languages already; remove it first "
                f"(resonanz model remove {folder.name}).",
            )
