"""Words without German are found, in Python and in templates, and nothing is left over."""

from __future__ import annotations

from pathlib import Path

import pytest

from resonanz.ops import catalogue

_PYTHON = """from django.utils.translation import gettext as _, ngettext

X = _("Inbox")
Y = ngettext("%(n)s case", "%(n)s cases", 2)
"""
_TEMPLATE = """{% load i18n %}
<h1>{% translate "Today" %}</h1>
    <p>don't {% blocktranslate %}Hello {{ name }}{% endblocktranslate %} {% translate "May" context "month" %}</p>
"""


@pytest.fixture(autouse=True)
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "src" / "resonanz"
    (folder / "web" / "templates" / "web").mkdir(parents=True)
    (folder / "web" / "words.py").write_text(_PYTHON)
    (folder / "web" / "templates" / "web" / "today.html").write_text(_TEMPLATE)
    monkeypatch.setattr(catalogue, "SOURCES", folder)
    monkeypatch.setattr(catalogue, "GERMAN", folder / "web" / "locale" / "de" / "LC_MESSAGES" / "django.po")
    return folder


def _translate_everything() -> None:
    text = catalogue.GERMAN.read_text("utf-8")
    text = text.replace('msgstr ""\n\n', 'msgstr "deutsch"\n\n').replace('msgstr[0] ""', 'msgstr[0] "Fall"')
    catalogue.GERMAN.write_text(text.replace('msgstr[1] ""', 'msgstr[1] "Fälle"') + "\n", "utf-8")


def test_update_collects_every_word() -> None:
    missing = catalogue.update()

    found = {(message.context, message.id) for message in catalogue.read_german() if message.id}
    assert missing == 5
    assert found == {
        (None, "Inbox"),
        (None, ("%(n)s case", "%(n)s cases")),
        (None, "Today"),
        (None, "Hello %(name)s"),
        ("month", "May"),
    }


def test_words_without_german_are_problems_until_they_have_it() -> None:
    catalogue.update()
    before = list(catalogue.problems())

    _translate_everything()

    assert len(before) == 5
    assert all(" has no German" in problem for problem in before)
    assert list(catalogue.problems()) == []


def test_new_and_vanished_words_are_problems(sources: Path) -> None:
    catalogue.update()
    _translate_everything()
    (sources / "web" / "words.py").write_text(_PYTHON.replace("Inbox", "Outbox"))

    found = list(catalogue.problems())

    assert found[0].startswith("resonanz/web/words.py:3: 'Outbox' is not in the German catalogue")
    assert found[1].startswith("django.po: 'Inbox' stands in no source any more")
    assert len(found) == 2
