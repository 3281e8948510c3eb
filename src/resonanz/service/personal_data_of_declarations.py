"""What is kept of declarations, and which rows concern an account."""

from __future__ import annotations

from django.db.models import QuerySet

from resonanz.listening.erasure import posts_by
from resonanz.privacy import export
from resonanz.privacy.register import declare_personal
from resonanz.service.models import Declaration


def declare() -> None:
    """Enter it in the register."""
    declare_personal(
        "service_declaration",
        fields={
            "state": "whether it was one, and whether it was dealt with",
            "kind": "what was declared",
            "received_at": "when it reached us",
            "due_at": "by when it was to be dealt with",
            "done": "what was done",
            "decided_at": "when a colleague decided it",
        },
        # Who decided is a colleague: that is kept as proof, and not given out to whom it is about.
        purpose="keeping legal times, and proof that they were kept (Art. 5(2), 6(1)(c), (f), 17(3)(e), 88 GDPR)",
        kept="as long as its post; withdrawals, terminations, deadlines and accidents as long as claims need proof",
        exported=True,
        erased="with its post; names and handles of an erased account are masked at once in what was done",
    )
    export.register(table="service_declaration", rows=_declarations)


def _declarations(network: str, origin: str, native_id: str) -> QuerySet[Declaration]:
    return Declaration.objects.filter(post__in=posts_by(network, origin, native_id))
