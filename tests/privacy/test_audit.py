"""The audit holds codes and ids, never words."""

from __future__ import annotations

from uuid import UUID

import pytest

from resonanz.privacy import audit
from resonanz.privacy.models import AuditRecord


@pytest.mark.django_db
@pytest.mark.usefixtures("moved_clock")
def test_record_keeps_who_did_what_to_which() -> None:
    audit.record(
        act="reply.queued",
        actor=audit.Actor(7, "Eva"),
        thing="outgoing",
        thing_id=3,
        case=5,
        clause="tone.1",
        to=[1, 2],
    )

    found = AuditRecord.objects.get()
    assert (found.act, found.actor_id, found.actor_name) == ("reply.queued", 7, "Eva")
    assert (found.thing, found.thing_id, f"{found.at:%H:%M}") == ("outgoing", 3, "09:00")
    assert found.details == {"case": 5, "clause": "tone.1", "to": [1, 2]}


@pytest.mark.parametrize("words", ["Anna Bolwieser", "grüße", ["a", "b c"], {"name": "a"}, UUID(int=1), "x" * 201])
def test_record_refuses_what_could_be_words(words: object) -> None:
    with pytest.raises(audit.WordsInAudit) as refused:
        audit.record(act="test.words", actor=audit.SYSTEM, thing="post", thing_id=1, said=words)

    assert refused.value.params == {"act": "test.words", "detail": "said"}
