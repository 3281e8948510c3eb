"""Planted faults in documents are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from resonanz.ops import documents


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "README.md").write_text("See [the map](docs/map.md#the-tree) and [the web](https://example.org/).\n")
    (tmp_path / "docs" / "map.md").write_text("# Map\n\n## The tree\n\n`[not](a-link.md)`\n")
    return tmp_path


def test_documents_in_order_have_no_problems(root: Path) -> None:
    assert list(documents.problems(root)) == []


def test_broken_link_is_found(root: Path) -> None:
    (root / "docs" / "map.md").write_text("# Map\n\n## The tree\n\n[gone](gone.md)\n")

    assert list(documents.problems(root)) == ["docs/map.md: gone.md leads nowhere"]


def test_link_to_a_heading_that_is_not_there_is_found(root: Path) -> None:
    (root / "docs" / "map.md").write_text("# Map\n\n## The bush\n")

    assert list(documents.problems(root)) == ["README.md: docs/map.md#the-tree names a heading that is not there"]


def test_setting_that_nobody_described_is_found(root: Path) -> None:
    (root / "src" / "settings.py").write_text('import os\n\nX = os.environ["RESONANZ_PLANTED_FAULT"]\n')

    found = list(documents.problems(root))

    assert len(found) == 1
    assert found[0].startswith("src/settings.py:3: the setting RESONANZ_PLANTED_FAULT is not described")
