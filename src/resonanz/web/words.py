"""Words for every name that plain rooms store or return. Only pages know languages."""

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
from resonanz.web.sentences import SENTENCES, UNFORESEEN

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
CASE_STATES: Words = {CaseState.OPEN: _("still open"), CaseState.RESOLVED: _("resolved")}
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
NETWORKS: Words = {
    "feeds": _("Feed"),
    "files": _("Import"),
    "mastodon": _("Mastodon"),
    "memory": _("Practice network"),
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
    "case.claimed": _("Taken over"),
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
AREAS: Words = {
    "LISTENING": _("Listening: hear what is said about us and our topics"),
    "SERVICE": _("Service: answer those who speak to us"),
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
OPTIONS: Words = {"hashtags": _("Hashtags"), "public": _("Public timeline")}
OPTIONS_EXPLAINED: Words = {
    "hashtags": _("Without #, with blanks between them. What bears one of them is heard if a topic touches it."),
}
OPTION_CHOICES: Words = {
    "public.": _("is not listened to"),
    "public.local": _("of this server"),
    "public.all": _("of all servers that this one knows"),
}
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
    "server_facts": SERVER_FACTS,
    "options": OPTIONS,
    "options_explained": OPTIONS_EXPLAINED,
    "option_choices": OPTION_CHOICES,
    "purposes": PURPOSES,
    "keep_reasons": KEEP_REASONS,
    "sentiments": SENTIMENTS,
    "corrections": CORRECTIONS,
    "events": EVENTS,
    "rulings": RULINGS,
    "areas": AREAS,
    "languages": LANGUAGES,
}


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
