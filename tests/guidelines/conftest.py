"""A world in which the starter guideline has been in force for long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from resonanz.core import clock
from resonanz.guidelines.in_force import ensure_starter
from resonanz.guidelines.models import Guideline


@pytest.fixture
def old_starter(db: None) -> Guideline:
    """The starter guideline, put in place 100 days ago."""
    ensure_starter()
    Guideline.objects.filter(is_starter=True).update(effective_at=clock.now() - timedelta(days=100))
    return Guideline.objects.get(is_starter=True)
