"""Words for every name that plain rooms store or return. Only pages know languages."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.models import Role
from resonanz.core.errors import ResonanzError
from resonanz.duties.models import StepTo
from resonanz.listening.models import Intent, Kind, Visible
from resonanz.networks import registry
from resonanz.networks.models import ChannelState
from resonanz.privacy.models import KeepReason, Purpose
from resonanz.service.models import (
    ApprovalState,
    Audience,
    CaseState,
    ClosedBecause,
    NoAddress,
    NoneNeeded,
    Outcome,
    OutgoingState,
    Place,
    Proof,
    TagColour,
)
from resonanz.web.guideline_names import KINDS_OF_GUIDELINE_WORDS
from resonanz.web.wording.budget_words import KINDS_OF_BUDGET_WORDS
from resonanz.web.wording.capture_words import CAPTURE_PLACES, CAPTURED_NETWORKS
from resonanz.web.wording.connecting_words import KINDS_OF_CONNECTING_WORDS
from resonanz.web.wording.entry_words import KINDS_OF_ENTRY_WORDS
from resonanz.web.wording.judged_words import KINDS_OF_JUDGED_WORDS
from resonanz.web.wording.moderation_words import KINDS_OF_MODERATION_WORDS
from resonanz.web.wording.sentences import SENTENCES, UNFORESEEN

Words = Mapping[str, Promise | str]

ROLES: Words = {
    Role.ADMIN: _("Administration"),
    Role.LEAD: _("Lead"),
    Role.AGENT: _("Answering"),
    Role.ANALYST: _("Analysis"),
}
ROLES_EXPLAINED: Words = {
    Role.ADMIN: _("everything, channels and colleagues included"),
    Role.LEAD: _("answers, topics and responsibilities"),
    Role.AGENT: _("reads and answers cases"),
    Role.ANALYST: _("reads posts and corrects evaluations"),
}
INTENTS: Words = {
    Intent.COMPLAINT: _("Complaint"),
    Intent.QUESTION: _("Question"),
    Intent.PRAISE: _("Praise"),
    Intent.OTHER: _("Other"),
}
CASE_STATES: Words = {CaseState.OPEN: _("still open"), CaseState.RESOLVED: _("resolved")}
MEDIA_KINDS: Words = {
    "IMAGE": _("Picture"),
    "VIDEO": _("Film"),
    "AUDIO": _("Sound"),
    "DOCUMENT": _("Document"),
}
KINDS: Words = {
    Kind.POST: _("Post"),
    Kind.COMMENT: _("Comment"),
    Kind.REVIEW: _("Review"),
    Kind.MESSAGE: _("Message"),
    Kind.ARTICLE: _("Article"),
}
VISIBLE: Words = {Visible.PUBLIC: _("public"), Visible.PRIVATE: _("private")}
CHANNEL_STATES: Words = {
    ChannelState.WAITING: _("not live yet"),
    ChannelState.ACTIVE: _("listening"),
    ChannelState.PAUSED: _("paused"),
    ChannelState.BROKEN: _("needs a look"),
}
NONE_NEEDED: Words = {
    NoneNeeded.CONTEXT: _("only context"),
    NoneNeeded.PRAISE: _("praise"),
    NoneNeeded.SPAM: _("spam"),
    NoneNeeded.TROLL: _("trolling"),
    NoneNeeded.NOT_OURS: _("not about us"),
    NoneNeeded.ANSWERED_ELSEWHERE: _("answered elsewhere"),
    NoneNeeded.REMOVED: _("removed by its author"),
    NoneNeeded.IN_PRIVATE: _("goes on in private"),
}
OUTCOMES: Words = {
    Outcome.THANKED: _("thanked"),
    Outcome.TURNED: _("turned"),
    Outcome.SILENT: _("silent"),
    Outcome.LEFT: _("left"),
}
OUTCOMES_EXPLAINED: Words = {
    Outcome.THANKED: _("thanks, or it works, after our answer"),
    Outcome.TURNED: _("angry before our answer, friendly after it"),
    Outcome.SILENT: _("nothing said for a week after our answer"),
    Outcome.LEFT: _("gone, or angry more than once"),
}
CLOSED_BECAUSE: Words = {
    ClosedBecause.ANSWERED: _("the answer covers it"),
    ClosedBecause.PRAISE: _("praise"),
    ClosedBecause.SPAM: _("spam"),
    ClosedBecause.TROLL: _("trolling"),
    ClosedBecause.NOT_OURS: _("not about us"),
    ClosedBecause.ANSWERED_ELSEWHERE: _("answered elsewhere"),
    ClosedBecause.REMOVED: _("removed by its author"),
    ClosedBecause.IN_PRIVATE: _("goes on in private"),
    ClosedBecause.MERGED: _("merged"),
}
LISTINGS: Words = {
    "mine": _("Mine"),
    "team": _("Team"),
    "waiting": _("Waiting"),
    "late": _("Late"),
    "snoozed": _("Snoozed"),
    "all": _("All"),
    "resolved": _("Resolved"),
}
DOINGS: Words = {
    "snooze": _("Snooze the case"),
    "tag": _("Tag the case"),
    "hand-over": _("Hand the case over"),
    "link": _("Link with another case"),
    "moderate": _("Hide, delete, block, report"),
    "merge": _("Merge with another case"),
    "split": _("Split off posts"),
    "later": _("Send later"),
    "known-issue": _("Known issue"),
}
LEFT_OUT: Words = {
    "STOP": _("asked not to be written to"),
    "SUPPRESSED": _("was erased and is not written to"),
    "ANSWERED_BY_HAND": _("a colleague answered meanwhile"),
    "TOLD_ELSEWHERE": _("hears it in another case"),
    "NO_WORDING": _("no released wording in this language"),
    "NOBODY_TO_ANSWER": _("there is no post to answer"),
    "NOT_ALLOWED": _("the guideline does not allow it here"),
    "BY_HAND_ONLY": _("the network takes no answer to this from here"),
    "TAKEN_BACK": _("was taken back"),
}
ISSUE_STATES: Words = {"OPEN": _("open"), "SOLVED": _("solved")}
WORDING_STATES: Words = {
    "DRAFT": _("not released yet"),
    "AWAITING": _("awaits a signature"),
    "RELEASED": _("released"),
}
TELLINGS: Words = {
    "NOT_BEGUN": _("nobody was told yet"),
    "RUNNING": _("is being told"),
    "DONE": _("told"),
    "STOPPED": _("stopped"),
}
OCCASIONS: Words = {"OPEN": _("While it lasts"), "SOLVED": _("Once it is solved")}
BULK_ACTS: Words = {
    "assign": _("Assign"),
    "claim": _("Take"),
    "tag": _("Tag"),
    "snooze": _("Snooze"),
    "resolve": _("Resolve"),
    "merge": _("Merge"),
    "known-issue": _("Known issue"),
    "hand-over": _("Hand over"),
}
ALIKE: Words = {
    "PERSON": _("same person"),
    "THREAD": _("same conversation"),
    "TOPIC": _("same topic, lately"),
}
SNOOZES: Words = {
    "IN_HOURS": _("In 3 hours"),
    "TOMORROW": _("Next working day"),
    "MONDAY": _("Next week"),
    "ANSWER": _("When they write again"),
}
TAG_COLOURS: Words = {
    TagColour.PLAIN: _("without colour"),
    TagColour.ACCENT: _("blue-green"),
    TagColour.GOOD: _("green"),
    TagColour.SOON: _("amber"),
    TagColour.LATE: _("red"),
}
AUDIENCES: Words = {
    Audience.OWN: _("only me"),
    Audience.TEAM: _("a team"),
    Audience.EVERYBODY: _("everybody"),
}
OUTGOING_STATES: Words = {
    OutgoingState.DRAFT: _("draft"),
    OutgoingState.AWAITING: _("waits for approval"),
    OutgoingState.QUEUED: _("about to be sent"),
    OutgoingState.SENDING: _("being sent"),
    OutgoingState.SENT: _("sent"),
    OutgoingState.FAILED: _("not sent"),
    OutgoingState.UNKNOWN: _("unclear whether it arrived; being checked"),
    OutgoingState.ASSISTED: _("to be posted by hand"),
    OutgoingState.CANCELLED: _("taken back"),
}
APPROVAL_STATES: Words = {
    ApprovalState.WAITING: _("waits for approval"),
    ApprovalState.APPROVED: _("approved"),
    ApprovalState.REFUSED: _("not approved"),
    ApprovalState.WITHDRAWN: _("taken back by its author"),
    ApprovalState.SUPERSEDED: _("no longer needed"),
}
PROOFS: Words = {
    Proof.READ_BACK: _("posted by hand, found there"),
    Proof.PERMALINK: _("posted by hand, address shown"),
    Proof.CONFIRMED: _("posted by hand, confirmed"),
}
NO_ADDRESS: Words = {
    NoAddress.NONE_SHOWN: _("The network shows none"),
    NoAddress.MEMBERS_ONLY: _("Only members can see it"),
    NoAddress.BEING_CHECKED: _("It is being checked there first"),
}
# The other networks have names of their own, which their classes declare.
HOUSE_NETWORKS: Words = {
    "capture": _("Captured by hand"),
    "feeds": _("Feed"),
    "files": _("Import"),
    "mail": _("E-mail"),
    "memory": _("Practice network"),
    "service_provider": _("Service provider"),
}
NETWORKS: Words = {
    **CAPTURED_NETWORKS,
    **{name: HOUSE_NETWORKS.get(name, registry.connector(name).title) for name in registry.names()},
}
PURPOSES: Words = {
    Purpose.SERVICE: _("service"),
    Purpose.REPUTATION: _("reputation"),
    Purpose.SALES: _("sales"),
    Purpose.RESEARCH: _("research"),
}
KEEP_REASONS: Words = {
    KeepReason.LEGAL_HOLD: _("legal dispute"),
    KeepReason.COMMERCIAL_LETTER: _("commercial letter"),
    KeepReason.CLAIM: _("claim"),
    KeepReason.PRODUCT_SAFETY: _("product safety"),
}
SENTIMENTS: Words = {"positive": _("positive"), "neutral": _("neutral"), "negative": _("negative")}
EVENTS: Words = {
    "case.opened": _("Case opened"),
    "case.post_added": _("Another post joined the case"),
    "case.assigned": _("Assigned"),
    "case.claimed": _("Taken over"),
    "case.handed_out": _("Taken as the next case"),
    "case.spread": _("Passed on because somebody is away"),
    "case.passed_on": _("Passed on because somebody left"),
    "case.escalated": _("Nobody took it, so it went a step further"),
    "enquiry.asked": _("A colleague was asked"),
    "case.released": _("Released"),
    "case.handed_over": _("Handed over"),
    "case.tagged": _("Tagged"),
    "case.snoozed": _("Snoozed"),
    "case.woken": _("Taken back from being snoozed"),
    "case.returned": _("Came back"),
    "case.linked": _("Linked with another case"),
    "case.unlinked": _("No longer linked with another case"),
    "case.merged": _("Merged"),
    "case.issue_bound": _("About a known issue"),
    "case.issue_unbound": _("Not about the known issue after all"),
    "case.split": _("Split off"),
    "case.parted": _("Parted from a private case of several people"),
    "case.resolved": _("Resolved"),
    "case.reopened": _("Opened again"),
    "case.none_needed": _("A post was settled without an answer"),
    "case.continued_in_private": _("Goes on in private"),
    "case.given_to_neutral": _("Given to a neutral person, because an employee is named"),
    "case.made_of_post": _("Made a case of a post"),
    "case.answered_elsewhere": _("Answered outside of Resonanz"),
    "case.heard_there": _("Heard on the network itself, and goes on there"),
    "case.post_removed": _("A post was removed by its author"),
    "reply.queued": _("Reply written"),
    "reply.cancelled": _("Reply taken back"),
    "reply.sent": _("Reply sent"),
    "reply.failed": _("Reply not sent"),
    "reply.undelivered": _("Reply not delivered"),
    "approval.requested": _("Sent for approval"),
    "approval.given": _("Reply approved"),
    "approval.refused": _("Reply not approved"),
    "approval.withdrawn": _("Taken back before approval"),
    "approval.superseded": _("Approval no longer needed; the text is kept as a draft"),
    "case.moderated": _("Done on the network"),
    "answer.put_right": _("An answer was put right"),
    "moderation.approved": _("Moderation approved"),
    "moderation.refused": _("Moderation not approved"),
    "case.crisis": _("Judged to be a crisis, so it stands above all others"),
    "case.no_crisis": _("Not a crisis"),
    "declaration.found": _("Looks like a declaration"),
    "declaration.none": _("Not a declaration"),
    "declaration.is_one": _("It is a declaration; its time runs"),
    "declaration.done": _("The declaration was dealt with"),
    "must.assigned": _("Given to whom the guideline names, not the matrix"),
    "must.breached": _("Not answered within the time that the guideline sets"),
}
PLACES: Words = {
    Place.HOUSE: _("in-house"),
    Place.EEA: _("in the European Economic Area"),
    Place.ADEQUATE: _("in a country with an adequacy decision"),
    Place.CLAUSES: _("elsewhere, by standard contractual clauses"),
}
ASSISTANT_FIELDS: Words = {
    "endpoint": _("Address"),
    "model": _("Model"),
    "processor": _("Processor"),
    "place": _("Place"),
    "address": _("Town and country"),
    "contract_on": _("Date of the contract"),
}
AREAS: Words = {
    "LISTENING": _("Listening: hear what is said about us and our topics"),
    "SERVICE": _("Service: answer those who speak to us"),
}
STEP_TO: Words = {
    StepTo.DEPUTY: _("the deputy"),
    StepTo.ON_CALL: _("whoever is on call"),
    StepTo.TEAM: _("everybody in the team"),
    StepTo.LEAD: _("a lead"),
}
LANGUAGES: Words = {"de": _("German"), "en": _("English")}
RULINGS: Words = {
    "ALLOWED": _("Allowed"),
    "NEEDS_APPROVAL": _("Needs approval"),
    "FORBIDDEN": _("Not allowed"),
}

SERVER_FACTS: Words = {
    "server_title": _("Server"),
    "server_rules": _("Rules of the server"),
    "server_text_length": _("Characters in an answer"),
}
_KINDS: Mapping[str, Words] = {
    "places": PLACES,
    "assistant_fields": ASSISTANT_FIELDS,
    "roles": ROLES,
    "roles_explained": ROLES_EXPLAINED,
    "intents": INTENTS,
    "case_states": CASE_STATES,
    "kinds": KINDS,
    "media_kinds": MEDIA_KINDS,
    "visible": VISIBLE,
    "channel_states": CHANNEL_STATES,
    "none_needed": NONE_NEEDED,
    "outcomes": OUTCOMES,
    "outcomes_explained": OUTCOMES_EXPLAINED,
    "closed_because": CLOSED_BECAUSE,
    "snoozes": SNOOZES,
    "listings": LISTINGS,
    "doings": DOINGS,
    **KINDS_OF_MODERATION_WORDS,
    "alike": ALIKE,
    "bulk_acts": BULK_ACTS,
    "left_out": LEFT_OUT,
    "issue_states": ISSUE_STATES,
    "wording_states": WORDING_STATES,
    "tellings": TELLINGS,
    "occasions": OCCASIONS,
    "tag_colours": TAG_COLOURS,
    "audiences": AUDIENCES,
    "outgoing_states": OUTGOING_STATES,
    "approval_states": APPROVAL_STATES,
    "proofs": PROOFS,
    "no_address": NO_ADDRESS,
    "networks": NETWORKS,
    "capture_places": CAPTURE_PLACES,
    "server_facts": SERVER_FACTS,
    **KINDS_OF_ENTRY_WORDS,
    **KINDS_OF_BUDGET_WORDS,
    **KINDS_OF_CONNECTING_WORDS,
    "purposes": PURPOSES,
    "keep_reasons": KEEP_REASONS,
    "sentiments": SENTIMENTS,
    **KINDS_OF_JUDGED_WORDS,
    "events": EVENTS,
    "rulings": RULINGS,
    "areas": AREAS,
    "languages": LANGUAGES,
    "step_to": STEP_TO,
}
KINDS_OF_WORDS: Mapping[str, Words] = {**_KINDS, **KINDS_OF_GUIDELINE_WORDS}


def word(kind: str, code: str) -> str:
    """The word for a code of a kind; a code nobody named is shown as it is."""
    return str(KINDS_OF_WORDS[kind].get(code, code))


def sentence(code: str, params: Mapping[str, object]) -> str:
    """The sentence for a code, with its parameters filled in."""
    if code not in SENTENCES:
        return str(UNFORESEEN) % {"code": code}
    try:
        return str(SENTENCES[code]) % params
    except KeyError:  # a code alone, without its parameters
        return str(UNFORESEEN) % {"code": code}


def told(error: ResonanzError) -> str:
    """What a person reads of an error."""
    return sentence(error.code, error.params)


def choices(kind: str) -> list[tuple[str, str]]:
    """The codes of a kind with their words, for a form."""
    return [(code, str(text)) for code, text in KINDS_OF_WORDS[kind].items()]
