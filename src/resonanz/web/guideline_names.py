"""Words for the codes of a guideline: what clauses set, how grave a finding is, where a version stands."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, Promise]

RULES_SAY: Words = {
    "ALLOWED": _("allowed"),
    "NEEDS_APPROVAL": _("allowed once somebody has signed it"),
    "FORBIDDEN": _("not allowed"),
}
DRAFT_ACTS: Words = {
    "REPLY": _("answering"),
    "LIKE": _("liking"),
    "HIDE": _("hiding"),
    "DELETE": _("deleting"),
    "BLOCK": _("blocking"),
    "REPORT": _("reporting"),
    "CORRECT": _("correcting"),
    "WITHDRAW": _("withdrawing"),
}
INTENTS_OF_MANY: Words = {
    "COMPLAINT": _("complaints"),
    "QUESTION": _("questions"),
    "PRAISE": _("praise"),
    "OTHER": _("everything else"),
}
HOURS: Words = {"OPEN": _("within business hours"), "CLOSED": _("outside of business hours")}
UNITS: Words = {"MINUTES": _("minutes"), "HOURS": _("hours"), "DAYS": _("days")}
CHECKS: Words = {
    "address": _("Du and Sie"),
    "personal_data": _("data of a person in public"),
    "promise": _("promises in the company's name"),
    "advertising": _("advertising inside an answer"),
    "referral": _("answers that only send people elsewhere"),
    "escalation": _("lawyers, press, accidents"),
    "confidential": _("confidential terms"),
    "employee_names": _("names of employees"),
    "tone": _("insulting or curt tone"),
    "language": _("another language than the person's"),
    "repeated": _("the same text again and again"),
    "signature": _("missing initials"),
    "links": _("foreign and tracking links"),
    "length": _("too long for the network"),
    "invisible": _("characters that nobody sees"),
}
SEVERITIES: Words = {
    "OFF": _("not looked at"),
    "HINT": _("mentioned in passing"),
    "WARNING": _("a warning"),
    "APPROVAL": _("a reason for approval"),
    "FORBIDDEN": _("a reason not to send"),
}
CHECK_OPTIONS: Words = {
    "patterns": _("Numbers of ours"),
    "own_contacts": _("Contacts that we publish ourselves"),
    "confidential_terms": _("Confidential terms"),
    "employee_names": _("Names of employees"),
    "own_domains": _("Addresses on the web that are ours"),
    "automatic_labels": _("Labels of automatic drafts"),
    "repeated_times": _("How often before it is too often"),
}
CHECK_OPTIONS_EXPLAINED: Words = {
    "patterns": _("One to a line: # stands for a digit, @ for a letter, #+ and @+ for some of them. KD-######"),
    "own_contacts": _("One to a line: phone numbers, email and postal addresses that may stand in public."),
    "confidential_terms": _("One to a line."),
    "employee_names": _("One to a line. Colleagues who answer here are known anyway."),
    "own_domains": _("One to a line: nordhain.example"),
    "automatic_labels": _("One to a line."),
    "repeated_times": _("Ten times, if nothing is said here."),
}
PARTS: Words = {
    "OFFICIAL": _("for those who answer in the company's name"),
    "EMPLOYEES": _("for all employees"),
}
GUIDELINE_STATES: Words = {
    "DRAFT": _("being written"),
    "SIGNED": _("signed, not published yet"),
    "PUBLISHED": _("published"),
}
COUNCILS: Words = {
    "NOT_CONCERNED": _("no clause on conduct"),
    "CONSENTED": _("the works council has agreed"),
    "NO_COUNCIL": _("there is no works council"),
    "NOT_YET": _("the works council has not agreed yet"),
}
ADDRESSES: Words = {"": _("the guideline leaves it open"), "DU": _("Du"), "SIE": _("Sie")}

KINDS_OF_GUIDELINE_WORDS: Mapping[str, Words] = {
    "rules_say": RULES_SAY,
    "draft_acts": DRAFT_ACTS,
    "intents_of_many": INTENTS_OF_MANY,
    "hours": HOURS,
    "units": UNITS,
    "checks": CHECKS,
    "severities": SEVERITIES,
    "check_options": CHECK_OPTIONS,
    "check_options_explained": CHECK_OPTIONS_EXPLAINED,
    "parts": PARTS,
    "guideline_states": GUIDELINE_STATES,
    "councils": COUNCILS,
    "addresses": ADDRESSES,
}
