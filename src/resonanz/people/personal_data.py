"""What the tables of people hold, and which rows concern an account."""

from __future__ import annotations

from resonanz.people.erasure import identities_of, persons_of
from resonanz.privacy import export
from resonanz.privacy.register import declare_personal

_KEPT = "two years after the last contact (privacy.retention)"
_DAYS = {
    "purpose": "why it is kept",
    "source": "where it comes from",
    "delete_on": "when it will be deleted",
    "keep_until_at_least": "until when it must be kept",
    "keep_reason": "why it must be kept",
}


def declare() -> None:
    """Enter them in the register."""
    declare_personal(
        "people_person",
        fields={"name": "name", "created_at": "since when", **_DAYS},
        purpose="answering whoever addressed us (Art. 6(1)(b), (f) GDPR)",
        kept=_KEPT,
        exported=True,
        erased="with the last identity",
    )
    declare_personal(
        "people_identity",
        fields={
            "network": "network",
            "origin": "server",
            "native_id": "id of the account",
            "handle": "handle",
            "name": "name shown",
            "url": "address of the profile",
            "first_seen_at": "first contact",
            "last_seen_at": "last contact",
            **_DAYS,
        },
        purpose="knowing who addressed us (Art. 6(1)(b), (f) GDPR)",
        kept=_KEPT,
        exported=True,
        erased="with the account",
    )
    export.register(table="people_person", rows=persons_of)
    export.register(table="people_identity", rows=identities_of)
