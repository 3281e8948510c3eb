from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from resonanz.ops.chart_bundle import write_bundle
from resonanz.web.views.today import CHART_SCRIPT


def test_installation_made_the_script_that_pages_ask_for() -> None:
    assert finders.find(CHART_SCRIPT) is not None


@pytest.mark.slow
def test_script_is_written_whole_and_needs_nothing_else(tmp_path: Path) -> None:
    write_bundle(tmp_path / "static" / "vega" / "bundle.js")

    script = (tmp_path / "static" / "vega" / "bundle.js").read_text("utf-8")
    assert "window.vegaEmbed" in script[-200:]
    assert "import " not in script[:200]
    assert [path.name for path in (tmp_path / "static" / "vega").iterdir()] == ["bundle.js"]
