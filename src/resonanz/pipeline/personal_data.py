"""What the tables of the pipeline hold of people, and which rows concern an account."""

from __future__ import annotations

from resonanz.privacy.register import declare_impersonal, declare_personal

_PURPOSE = "losing nothing that could not be read (Art. 6(1)(f) GDPR)"


def declare() -> None:
    """Enter them in the register."""
    declare_personal(
        "pipeline_putaside",
        fields={"raw": "a delivery as it came", "reason": "why it could not be read"},
        purpose=_PURPOSE,
        kept="until its delete_on",
        exported=False,  # unreadable: whose it is cannot be told for certain, and it may hold others' data
        erased="where the account's id, handle or name stands in it",
    )
    declare_personal(
        "pipeline_delivery",
        fields={"sealed": "what a network brought by webhook, encrypted until it is taken in, then nothing"},
        purpose="answering a network at once and losing nothing (Art. 6(1)(f) GDPR)",
        kept="until it is taken in, within seconds; at the latest for seven days",
        exported=False,  # on its way: what of it concerns us is a post within seconds, and is exported as that
        erased="where the account's id, handle or name stands in it",
    )
    declare_impersonal(
        "pipeline_batch", because="numbers of batches, when they came, how many lines; gone after 90 days"
    )
    declare_impersonal(
        "pipeline_unknownevent", because="names of events and of their fields, no values; gone 30 days after the last"
    )
    declare_personal(
        "pipeline_rejectedfile",
        fields={"path": "where a file of rejected lines lies"},
        purpose=_PURPOSE,
        kept="until its delete_on",
        exported=False,
        erased="with the file, by the daily job; lines of an erased account at once",
    )
