"""Foreign keys point down: import-linter cannot see `ForeignKey("service.Case")`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from resonanz.listening.models import Post
from resonanz.service.models import Case
from resonanz.triage.models import Evaluation

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def floors() -> dict[str, int]:
    """The floor of every room, from the layers in pyproject.toml: the top one has the largest number."""
    contracts = tomllib.loads(PYPROJECT.read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {room.strip(" ()"): number for number, layer in enumerate(reversed(layers)) for room in layer.split("|")}


def faulty_keys(found: Iterable[type[models.Model]]) -> list[str]:
    """Foreign keys of these models that point upward or to a neighbour."""
    faults = []
    for model in found:
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            target = field.related_model
            if isinstance(target, type) and not _points_down(_room(model), _room(target)):
                faults.append(f"{model._meta.label}.{field.name} points to {target._meta.label}")
    return faults


def _room(model: type[models.Model]) -> str:
    """The room of a model; "" for a model of somebody else, which any room may use."""
    words = model.__module__.split(".")
    return model._meta.app_label if words[0] in {"resonanz", "tests", "test_foreign_keys"} else ""


def _points_down(source: str, target: str) -> bool:
    if target in {"", source}:
        return True
    if source == "":
        return target == "accounts"  # sessions and sign-in of others may know our user
    known = floors()
    return known[target] < known[source]


def test_foreign_keys_point_down() -> None:
    models_of_all = apps.get_models(include_auto_created=True)

    assert faulty_keys(models_of_all) == []
    assert len(models_of_all) > 30


@isolate_apps("resonanz.listening", "resonanz.guidelines")
def test_foreign_keys_notice_upward_and_neighbouring_ones() -> None:
    class Planted(models.Model):
        case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
        down = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "listening"

    class Neighbour(models.Model):
        evaluations = models.ManyToManyField(Evaluation, related_name="+")

        class Meta:
            app_label = "guidelines"

    assert faulty_keys([Planted, Neighbour]) == [
        "listening.Planted.case points to service.Case",
        "guidelines.Neighbour.evaluations points to triage.Evaluation",
    ]
