"""Sentences for every code and name that plain rooms return. Only pages know languages."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.models import Role
from resonanz.core.errors import ResonanzError
from resonanz.listening.models import Kind, Visible
from resonanz.networks.models import ChannelState
from resonanz.privacy.models import KeepReason, Purpose
from resonanz.service.models import CaseState, Intent, NoneNeeded, OutgoingState

Words = Mapping[str, Promise]

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
CASE_STATES: Words = {CaseState.OPEN: _("open"), CaseState.RESOLVED: _("resolved")}
KINDS: Words = {
    Kind.POST: _("Post"),
    Kind.COMMENT: _("Comment"),
    Kind.REVIEW: _("Review"),
    Kind.MESSAGE: _("Message"),
    Kind.ARTICLE: _("Article"),
}
VISIBLE: Words = {Visible.PUBLIC: _("public"), Visible.PRIVATE: _("private")}
CHANNEL_STATES: Words = {
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
}
OUTGOING_STATES: Words = {
    OutgoingState.DRAFT: _("draft"),
    OutgoingState.QUEUED: _("about to be sent"),
    OutgoingState.SENDING: _("being sent"),
    OutgoingState.SENT: _("sent"),
    OutgoingState.FAILED: _("not sent"),
    OutgoingState.UNKNOWN: _("unclear whether it arrived; being checked"),
    OutgoingState.ASSISTED: _("to be posted by hand"),
    OutgoingState.CANCELLED: _("taken back"),
}
NETWORKS: Words = {"feed": _("Feed"), "files": _("Import"), "memory": _("Practice network")}
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
CORRECTIONS: Words = {
    "sentiment:positive": _("sounds positive"),
    "sentiment:neutral": _("sounds neutral"),
    "sentiment:negative": _("sounds negative"),
    "question:true": _("is a question"),
    "question:false": _("is no question"),
    "complaint:true": _("is a complaint"),
    "complaint:false": _("is no complaint"),
    "offensive:true": _("is offensive"),
    "offensive:false": _("is not offensive"),
}
EVENTS: Words = {
    "case.opened": _("Case opened"),
    "case.post_added": _("Another post joined the case"),
    "case.assigned": _("Assigned"),
    "case.resolved": _("Resolved"),
    "case.reopened": _("Opened again"),
    "case.none_needed": _("A post was settled without an answer"),
    "case.made_of_post": _("Made a case of a post"),
    "case.answered_elsewhere": _("Answered outside of Resonanz"),
    "case.post_removed": _("A post was removed by its author"),
    "reply.queued": _("Reply written"),
    "reply.cancelled": _("Reply taken back"),
    "reply.sent": _("Reply sent"),
    "reply.failed": _("Reply not sent"),
}
RULINGS: Words = {
    "ALLOWED": _("Allowed"),
    "NEEDS_APPROVAL": _("Needs approval"),
    "FORBIDDEN": _("Not allowed"),
}

SENTENCES: Words = {
    "sign_in_link.unknown": _("This link is not valid. An administrator can make a new one."),
    "sign_in_link.used": _("This link was used before. An administrator can make a new one."),
    "sign_in_link.expired": _("This link has expired; it is valid for 30 minutes. An administrator can make a new one."),
    "colleague.email_taken": _("Somebody with the address %(email)s is already here."),
    "colleague.last_administrator": _("%(name)s is the last administrator and has to stay one."),
    "team.name_taken": _("There is already a team called %(name)s."),
    "page.undeclared": _("This page cannot be shown because of a fault in the product. Nothing was lost."),
    "topic.name_taken": _("There is already a topic called %(name)s."),
    "triage.unknown_label": _("This evaluation cannot be corrected like that; the page may be out of date."),
    "responsibility.own_deputy": _("A deputy has to be somebody else."),
    "responsibility.no_catch_all": _("Nobody gets what no rule speaks of."),
    "responsibility.owner_gone": _("The person responsible no longer works here, and there is no deputy."),
    "audit.words": _("This act could not be recorded and was not done. Nothing was changed."),
    "guideline.no_rule": _("The guideline does not speak of this; so it is not said in the company's name."),
    "starter.nothing_said": _("There is no text yet."),
    "starter.too_long": _("Too long for this network: %(length)s of %(limit)s characters."),
    "starter.analysts_listen": _("With the role Analysis, posts are read, not answered."),
    "starter.colleagues_answer": _("Colleagues may answer."),
}
UNFORESEEN = _("That did not work (%(code)s). Nothing was changed.")

KINDS_OF_WORDS: Mapping[str, Words] = {
    "roles": ROLES,
    "roles_explained": ROLES_EXPLAINED,
    "intents": INTENTS,
    "case_states": CASE_STATES,
    "kinds": KINDS,
    "visible": VISIBLE,
    "channel_states": CHANNEL_STATES,
    "none_needed": NONE_NEEDED,
    "outgoing_states": OUTGOING_STATES,
    "networks": NETWORKS,
    "purposes": PURPOSES,
    "keep_reasons": KEEP_REASONS,
    "sentiments": SENTIMENTS,
    "corrections": CORRECTIONS,
    "events": EVENTS,
    "rulings": RULINGS,
}


def word(kind: str, code: str) -> str:
    """The word for a code of a kind; a code nobody named is shown as it is."""
    return str(KINDS_OF_WORDS[kind].get(code, code))


def sentence(code: str, params: Mapping[str, object]) -> str:
    """The sentence for a code, with its parameters filled in."""
    if code not in SENTENCES:
        return str(UNFORESEEN) % {"code": code}
    return str(SENTENCES[code]) % params


def told(error: ResonanzError) -> str:
    """What a person reads of an error."""
    return sentence(error.code, error.params)


def choices(kind: str) -> list[tuple[str, str]]:
    """The codes of a kind with their words, for a form."""
    return [(code, str(text)) for code, text in KINDS_OF_WORDS[kind].items()]
