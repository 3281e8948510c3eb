"""The larger encoder for commands that learn or measure over it."""

from __future__ import annotations

from pathlib import Path

import click

from resonanz.ops.data_folder import name_default_data_folder
from resonanz.triage import added, artefact
from resonanz.triage.contract import AddedEncoder


def larger_encoder_folder() -> Path:
    """Where it was added; a sentence and the end where it was not."""
    name_default_data_folder()
    if (folder := added.encoder_folder()) is None:
        raise click.ClickException("The larger encoder was not added; see: resonanz model --help")
    return folder


def larger_encoder() -> AddedEncoder | None:
    """As those who judge have it, with the middle that its heads learnt."""
    larger_encoder_folder()
    return added.encoder_of(artefact.load(added.E5_HEADS), path=added.E5_HEADS)
