"""What the tables of duties hold of people."""

from __future__ import annotations

from resonanz.privacy.register import declare_impersonal, declare_personal


def declare() -> None:
    """Enter them in the register."""
    declare_personal(
        "duties_responsibility",
        fields={"owner": "colleague", "deputy": "colleague", "on_call": "colleague"},
        purpose="who answers what",
        kept="while in force",
        exported=False,
        erased="by a lead",
    )
    declare_personal(
        "duties_absence",
        fields={"user": "colleague", "first_date": "first day away", "last_date": "last day away"},
        purpose="who stands in for whom; why somebody is away is not asked",
        kept="30 days after the last day",
        exported=False,
        erased="by the daily job",
    )
    declare_personal(
        "duties_shift",
        fields={"user": "colleague", "starts_at": "begin of planned work", "ends_at": "its end"},
        purpose="who is there or on call",
        kept="30 days after its end",
        exported=False,
        erased="by the daily job",
    )
    declare_personal(
        "duties_capacity",
        fields={"user": "colleague", "most_open": "cases at a time", "languages": "languages they answer in"},
        purpose="how work is handed out",
        kept="while employed",
        exported=False,
        erased="with the colleague, or by a lead",
    )
    declare_personal(
        "duties_appointment",
        fields={"user": "colleague who looks after a matter, such as declarations"},
        purpose="nothing with a legal time is left to chance (Art. 6(1)(c), (f), 88 GDPR)",
        kept="while in force",
        exported=False,
        erased="by a lead",
    )
    declare_impersonal("duties_escalationstep", because="after how many minutes a case goes to which role")
    declare_impersonal("duties_businesscalendar", because="hours in which people work, without people")
    declare_impersonal("duties_teamcalendar", because="which team works by which hours")
    declare_impersonal("duties_companyday", because="days on which the company is closed or works other hours")
    declare_impersonal("duties_responsetarget", because="within what time something is due")
