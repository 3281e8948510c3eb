"""What known issues hold of people: which case is about one is told to its person, the rest is about colleagues."""

from __future__ import annotations

from resonanz.privacy.register import declare_personal

_PURPOSE = "telling everybody who wrote about the same cause the same (Art. 6(1)(b), (f) GDPR)"


def declare() -> None:
    """Enter them in the register."""
    declare_personal(
        "service_knownissue",
        fields={"title": "what colleagues call it", "owner": "colleague who looks after it", "opened_at": "when"},
        purpose=_PURPOSE,
        kept="two years after it was solved (privacy.retention)",
        exported=False,
        erased="by the daily job; names and handles of an erased account are masked at once",
    )
    declare_personal(
        "service_issuewording",
        fields={"text": "what is said about it", "author": "colleague who wrote it", "signed_by": "and who signed it"},
        purpose=f"{_PURPOSE}; proof of which colleague let the company say what (Art. 6(1)(f), 88 GDPR)",
        kept="as long as its issue",
        exported=False,
        erased="with its issue; names and handles of an erased account are masked at once",
    )
    declare_personal(
        "service_issuecase",
        fields={
            "bound_at": "when the case was found to be about a known issue",
            "state": "whether we told that it is solved",
            "why": "why not",
        },
        purpose=_PURPOSE,
        kept="as long as its case, and as long as its issue",
        exported=True,
        erased="with its case",
    )
