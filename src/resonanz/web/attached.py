"""What a form shows of the pictures beside the answer that is being written in it."""

from __future__ import annotations

from typing import Any

from resonanz.service.answers import attachments
from resonanz.service.models import Outgoing


def state(*, network: str, draft: Outgoing | None) -> dict[str, Any]:
    """The pictures of the draft, what the network takes, and whether there is room for one more."""
    allowed = attachments.bounds(network=network)
    shown = getattr(draft, "shown_pictures", None)
    if shown is None:
        shown = list(attachments.beside(outgoing=draft)) if draft else []
    return {
        "pictures": shown,
        "takes_pictures": allowed,
        "most_upload": attachments.MOST_UPLOAD,
        "has_room": allowed is not None and len(shown) < allowed.count,
    }
