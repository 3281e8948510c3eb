from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.service.answers.filling import FIELDS, Filled, UnknownField, check, fill


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("Hallo {name}!", {"name": "Jonas"}, Filled("Hallo Jonas!")),
        ("Hallo { Name }!", {"name": "  Jonas\n B. "}, Filled("Hallo Jonas B.!")),
        ("Hallo {name|zusammen}!", {}, Filled("Hallo zusammen!")),
        ("Hallo{name|}!", {}, Filled("Hallo!")),
        ("Hallo {name}, {name}!", {}, Filled("Hallo {name}, {name}!", ("name",))),
        ("{name}", {"name": "{handle}", "handle": "x"}, Filled("{handle}")),
        ("{} {a b} { }", {"name": "x"}, Filled("{} {a b} { }")),
    ],
)
def test_fill(text: str, values: dict[str, str], filled: Filled) -> None:
    assert fill(text, values) == filled


def test_unknown_field_is_named() -> None:
    with pytest.raises(UnknownField) as told:
        check("Hallo {name}, zum {thema}")

    assert told.value.params["field"] == "thema"


@given(st.text(), st.dictionaries(st.sampled_from(FIELDS), st.text()))
def test_text_without_braces_stays_and_nothing_breaks(text: str, values: dict[str, str]) -> None:
    plain = text.replace("{", "").replace("}", "")

    assert fill(plain, values) == Filled(plain)
    fill(text, values)


def test_hostile_text_is_read_in_time() -> None:
    fill("{" * 50_000 + "|" * 50_000, {})
    check("{name|" * 20_000)
