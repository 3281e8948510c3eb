"""What the tables of guidelines hold of people."""

from __future__ import annotations

from resonanz.privacy.register import declare_personal

_RULES = "showing that whoever speaks for the company knows its rules (Art. 6(1)(f), 88 GDPR)"


def declare() -> None:
    """Enter them in the register."""
    declare_personal(
        "guidelines_guideline",
        fields={
            "created_by": "colleague who began the draft",
            "changed_by": "colleague who wrote last",
            "signed_by": "colleague who signed it off",
        },
        purpose="who answers for the company's rules (Art. 6(1)(f), 88 GDPR)",
        kept="as long as answers may rest on the version; the company deletes versions by hand",
        exported=False,
        erased="with the colleague, the version stays without a name",
    )
    declare_personal(
        "guidelines_acknowledgement",
        fields={"user": "colleague", "guideline": "version read", "at": "when it was acknowledged"},
        purpose=_RULES,
        kept="until three years after another version took its place (§ 195 BGB)",
        exported=False,
        erased="by the daily job; with the colleague",
    )
    declare_personal(
        "guidelines_readerlink",
        fields={"created_by": "colleague who made the link"},
        purpose="telling all employees the rules for their own accounts (Art. 6(1)(f), 88 GDPR)",
        kept="a year after its end",
        exported=False,
        erased="by the daily job",
    )
    declare_personal(
        "guidelines_reading",
        fields={"name": "name of an employee", "email": "e-mail address at the company", "at": "when it was read"},
        purpose=_RULES,
        kept="three years (§ 195 BGB)",
        exported=False,
        erased="by the daily job; by a lead when the employee leaves",
    )
