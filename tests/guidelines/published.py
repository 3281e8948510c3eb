"""Versions that were published, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from resonanz.accounts.models import Brand
from resonanz.core import clock
from resonanz.guidelines.models import Guideline


def publish(
    record: dict[str, Any], *, version: int = 1, brand: Brand | None = None, effective_at: datetime | None = None,
    **more: Any,
) -> Guideline:  # fmt: skip
    """A published version of this document, in force at once unless another day is named."""
    now = clock.now()
    return Guideline.objects.create(
        document=record, version=version, brand=brand, series=brand.pk if brand else 0,
        effective_at=effective_at or now, published_at=now, created_at=now, changed_at=now, **more,
    )  # fmt: skip
