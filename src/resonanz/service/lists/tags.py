"""The tags that a case bears, fetched with the case itself."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from resonanz.service.models import CaseTag

TAGS = ArraySubquery(
    CaseTag.objects.filter(case=OuterRef("pk"))
    .order_by("tag__name")
    .values(json=JSONObject(name="tag__name", colour="tag__colour"))
)
"""For `annotate(tags=TAGS)`: name and colour of each, by name."""
