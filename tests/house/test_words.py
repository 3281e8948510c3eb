"""Every sentence has its German, and every code that the house returns has a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import resonanz
from resonanz.accounts.models import Role
from resonanz.core.errors import ResonanzError
from resonanz.duties.models import StepTo
from resonanz.guidelines.ruling import Outcome
from resonanz.listening.models import Intent, Kind, Visible
from resonanz.networks import registry
from resonanz.networks.connections.channels import IMPORT_NETWORK
from resonanz.networks.models import ChannelState
from resonanz.ops import catalogue
from resonanz.privacy.models import KeepReason, Purpose
from resonanz.service.conversation import _SHOWN_EVENTS as SHOWN_EVENTS
from resonanz.service.models import ApprovalState, CaseState, NoAddress, NoneNeeded, OutgoingState, Proof
from resonanz.service.models import Outcome as Ended
from resonanz.triage.feedback import LABELS, SENTIMENTS
from resonanz.web import guideline_names
from resonanz.web.wording import words
from resonanz.web.wording.sentences import SENTENCES

SOURCE = Path(resonanz.__file__).parent
CODE = re.compile(r"[a-z][a-z_]*(\.[a-z_]+)+\Z")
# These are told at the terminal or kept with what was put aside, never on a page.
NOT_ON_PAGES = (
    "ops/",
    "core/env.py",
    "core/secrets.py",
    "networks/files.py",
    "networks/feeds/reading.py",
    "networks/readers/",
    "pipeline/cleaning.py",
    "privacy/scrub.py",
    "triage/artefact.py",
    "triage/onnx/classifier_files.py",
    "triage/datasets.py",
    "triage/onnx/running.py",
    "triage/training.py",
)
# Roots of families and faults in the code itself, which are never raised to a reader.
NEVER_TOLD = {"error", "register.declared_twice", "http.error", "network.error", "query.wrong"}


def codes_in(source: str) -> Iterator[str]:
    """The codes that errors declare or carry, and those of rulings and holes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            yield from _declared(node)
        elif isinstance(node, ast.Call):
            yield from _carried(node)


def _declared(node: ast.ClassDef) -> Iterator[str]:
    for line in node.body:
        match line:
            case ast.Assign(targets=[ast.Name(id="code")], value=ast.Constant(value=str(code))):
                yield code


def _carried(node: ast.Call) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name == "Entry":  # shows what a person types, and an account may look like a code
        return
    if name == "Step":  # of a checklist, which has words of its own
        return
    for argument in node.args[:2]:
        match argument:
            case ast.Constant(value=str(code)) if name[:1].isupper() and CODE.match(code):
                yield code


def told_codes() -> set[str]:
    """All codes of the house that a page may have to tell."""
    found: set[str] = set()
    for file in sorted(SOURCE.rglob("*.py")):
        place = file.relative_to(SOURCE).as_posix()
        if not place.startswith(NOT_ON_PAGES) and "/migrations/" not in place:
            found |= set(codes_in(file.read_text("utf-8")))
    return found - NEVER_TOLD


def test_every_code_has_a_sentence() -> None:
    assert told_codes() - set(SENTENCES) == set()


def test_a_code_without_a_sentence_is_caught() -> None:
    planted = (
        'class Lost(ResonanzError):\n    code = "planted.lost"\n\ndef go():\n    raise ResonanzError("planted.found")\n'
    )

    assert set(codes_in(planted)) - set(SENTENCES) == {"planted.lost", "planted.found"}


def test_every_sentence_has_german() -> None:
    assert list(catalogue.problems()) == []


def test_a_sentence_without_german_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "web" / "templates" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text(
        '{% load i18n %}<p title="{% translate \'A planted tooltip\' %}">{% translate "A planted sentence" %}</p>'
    )
    (tmp_path / "page.py").write_text('told = _("A planted word")\nngettext("A planted one", "Planted many", 2)\n')
    monkeypatch.setattr(catalogue, "SOURCES", tmp_path)

    told = " ".join(problem for problem in catalogue.problems() if "A planted" in problem)

    for planted in ("A planted tooltip", "A planted sentence", "A planted word", "A planted one"):
        assert planted in told


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("roles", Role),
        ("roles_explained", Role),
        ("intents", Intent),
        ("case_states", CaseState),
        ("kinds", Kind),
        ("visible", Visible),
        ("channel_states", ChannelState),
        ("step_to", StepTo),
        ("none_needed", NoneNeeded),
        ("outgoing_states", OutgoingState),
        ("approval_states", ApprovalState),
        ("proofs", Proof),
        ("no_address", NoAddress),
        ("purposes", Purpose),
        ("keep_reasons", KeepReason),
        ("rulings", Outcome),
        ("rules_say", Outcome),
        ("outcomes", Ended),
        ("outcomes_explained", Ended),
        ("networks", [*registry.names(), IMPORT_NETWORK]),
        ("sentiments", SENTIMENTS),
        ("labels", LABELS),
        ("labels_explained", LABELS),
        ("corrections", [f"sentiment:{mood}" for mood in SENTIMENTS]),
        ("corrections", [f"{label}:{value}" for label in LABELS - {"sentiment"} for value in ("true", "false")]),
        ("events", SHOWN_EVENTS),
    ],
)
def test_every_stored_name_has_a_word(kind: str, codes: Iterable[str]) -> None:
    assert {str(code) for code in codes} - set(words.KINDS_OF_WORDS[kind]) == set()


def test_no_kind_of_words_takes_the_place_of_another() -> None:
    assert words._KINDS.keys() & guideline_names.KINDS_OF_GUIDELINE_WORDS.keys() == set()


def test_sentence_of_an_unknown_code_names_the_code() -> None:
    assert words.told(ResonanzError("never.seen")) == "That did not work (never.seen). Nothing was changed."
