"""A data folder of its own for each test that raises tombstones."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where key file and tombstones go."""
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path))
    return tmp_path
