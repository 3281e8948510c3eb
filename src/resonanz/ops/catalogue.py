"""What is to be translated, and whether the German is complete.

gettext's own tools are not everywhere, so Babel reads the sources; templates go through Django's `templatize` first.
`python -m resonanz.ops.catalogue` brings the German catalogue up to date with the sources.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCES = Path(__file__).resolve().parents[1]
GERMAN = SOURCES / "web" / "locale" / "de" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def read_sources() -> Catalog:
    """Every message of Python files and templates, with the places where it stands."""
    catalogue = Catalog(project="Resonanz", fuzzy=False)
    for path in sorted(SOURCES.rglob("*.py")):
        if "migrations" not in path.parts:
            _add(catalogue, path, path.read_text("utf-8"))
    for path in sorted(SOURCES.rglob("templates/**/*.html")):
        template = templatize(path.read_text("utf-8"))
        # What is left of the markup is not Python: its indentation would be an error.
        _add(catalogue, path, "\n".join(line.strip() for line in template.splitlines()))
    return catalogue


def read_german() -> Catalog:
    """The German catalogue as it stands."""
    with GERMAN.open("rb") as file:
        return read_po(file, locale="de")


def problems() -> Iterator[str]:
    """What is missing or stale in the German catalogue, one sentence each."""
    wanted, german = _messages(read_sources()), _messages(read_german())
    for key, message in wanted.items():
        found = german.get(key)
        place = "{}:{}".format(*message.locations[0])
        if found is None:
            yield f"{place}: {message.id!r} is not in the German catalogue; run: python -m resonanz.ops.catalogue"
        elif found.fuzzy or not _is_translated(found):
            yield f"{place}: {message.id!r} has no German"
    for key in german.keys() - wanted.keys():
        yield f"{GERMAN.name}: {german[key].id!r} stands in no source any more; run: python -m resonanz.ops.catalogue"


def update() -> int:
    """Bring the German catalogue up to date with the sources; how many messages have no German yet."""
    german = read_german() if GERMAN.exists() else Catalog(locale="de", project="Resonanz", fuzzy=False)
    german.update(read_sources(), no_fuzzy_matching=True)
    german.obsolete.clear()
    GERMAN.parent.mkdir(parents=True, exist_ok=True)
    with GERMAN.open("wb") as file:
        write_po(file, german, width=120, sort_output=True, no_location=True, omit_header=False)
    return sum(1 for message in _messages(german).values() if not _is_translated(message))


def _add(catalogue: Catalog, path: Path, text: str) -> None:
    place = path.relative_to(SOURCES.parent).as_posix()
    found = extract("python", io.BytesIO(text.encode("utf-8")), KEYWORDS, options={"encoding": "utf-8"})
    for line, message, _comments, context in found:
        catalogue.add(message, locations=[(place, line)], context=context)


def _messages(catalogue: Catalog) -> dict[object, Message]:
    return {(message.context, message.id): message for message in catalogue if message.id}


def _is_translated(message: Message) -> bool:
    words = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return bool(words) and all(words)


if __name__ == "__main__":
    sys.stdout.write(f"{GERMAN}: {update()} messages have no German yet.\n")
