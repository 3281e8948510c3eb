"""Words for what judges say of a post: what each label is called, what it means, and how far it is to be trusted."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from resonanz.triage.evaluate import ADDED
from resonanz.web import times

Words = Mapping[str, Promise]

LABELS: Words = {
    "declaration": _("Declaration"),
    "crisis": _("Crisis"),
    "cancellation_threat": _("Threat to leave"),
    "complaint": _("Complaint"),
    "offensive": _("Offensive"),
    "toxic": _("Toxic tone"),
    "spam": _("Spam"),
    "request": _("Request"),
    "question": _("Question"),
    "purchase_interest": _("Interest in buying"),
    "praise": _("Praise"),
    "suggestion": _("Suggestion"),
    "sentiment": _("Sentiment"),
    "constructive": _("Constructive"),
    "claims_fact": _("Claim of fact"),
    "about_us": _("About us"),
    "sensitive": _("Sensitive details"),
}
"""The weightiest first, as chips stand."""
LABELS_EXPLAINED: Words = {
    "sentiment": _("How the text feels, whatever it wants."),
    "question": _("Whoever wrote it wants an answer; a question mark alone proves nothing."),
    "complaint": _("Something that was expected did not happen, and the writer says so."),
    "praise": _("Something good about a company, a product or people, or thanks."),
    "request": _("The company is asked to do something."),
    "suggestion": _("How a product or a service could be better."),
    "purchase_interest": _("The writer may want to buy, book or subscribe, or asks before doing so."),
    "cancellation_threat": _("The writer leaves, cancels or never buys again, or threatens to."),
    "declaration": _(
        "A statement with a legal effect: a withdrawal, a termination, a deadline, a request about personal data, an "
        "objection, the report of an accident."
    ),
    "toxic": _("It would drive others from a discussion."),
    "offensive": _("Insults, threats, vulgar abuse of somebody."),
    "constructive": _("Reasons, experience, a proposal or help, with respect. Nothing is routed by it."),
    "claims_fact": _("It claims something that could be checked. Nothing is routed by it."),
    "spam": _("Advertising by strangers, fraud, bait."),
    "crisis": _("Somebody must look at once: an accident, an injury, a data leak, the press, a lawyer."),
    "about_us": _(
        "It is about this company and not about something else of the same name. Who speaks to us speaks of us; "
        "otherwise names, accounts and what was said of a topic are signs."
    ),
    "sensitive": _(
        "It tells of somebody’s health, opinions, faith, union, sexual life or origin. Which of them is kept nowhere; "
        "it is best passed on to as few people as can be."
    ),
}
CORRECTIONS: Words = {
    "sentiment:positive": _("sounds positive"),
    "sentiment:neutral": _("sounds neutral"),
    "sentiment:negative": _("sounds negative"),
    "question:true": _("is a question"),
    "question:false": _("is no question"),
    "complaint:true": _("is a complaint"),
    "complaint:false": _("is no complaint"),
    "praise:true": _("is praise"),
    "praise:false": _("is no praise"),
    "request:true": _("asks for something to be done"),
    "request:false": _("asks for nothing to be done"),
    "suggestion:true": _("is a suggestion"),
    "suggestion:false": _("is no suggestion"),
    "purchase_interest:true": _("shows interest in buying"),
    "purchase_interest:false": _("shows no interest in buying"),
    "cancellation_threat:true": _("threatens to leave"),
    "cancellation_threat:false": _("does not threaten to leave"),
    "declaration:true": _("is a declaration"),
    "declaration:false": _("is no declaration"),
    "toxic:true": _("is toxic"),
    "toxic:false": _("is not toxic"),
    "offensive:true": _("is offensive"),
    "offensive:false": _("is not offensive"),
    "constructive:true": _("is constructive"),
    "constructive:false": _("is not constructive"),
    "claims_fact:true": _("claims a fact"),
    "claims_fact:false": _("claims no fact"),
    "spam:true": _("is spam"),
    "spam:false": _("is no spam"),
    "crisis:true": _("is a crisis"),
    "crisis:false": _("is no crisis"),
    "about_us:true": _("is about us"),
    "about_us:false": _("is not about us"),
    "sensitive:true": _("tells sensitive details"),
    "sensitive:false": _("tells nothing sensitive"),
}
JUDGES: Words = {
    "SHIPPED": _("ships with Resonanz"),
    "ADDED": _("a classifier of your own"),
    "COMPANY": _("learnt here"),
    "NONE": _("none yet"),
}
FIGURES: Words = {
    "right": _("Right"),
    "precision": _("Precision"),
    "recall": _("Recall"),
    "f1": _("F1"),
    "calibration": _("Calibration error"),
}
FIGURES_EXPLAINED: Words = {
    "right": _("Share of judgements that people confirmed; in brackets where the true share lies with 95% certainty."),
    "precision": _("Of the posts judged to be so, this share is so."),
    "recall": _("Of the posts that are so, this share was found."),
    "f1": _("Precision and recall in one figure; the worse of the two counts more."),
    "calibration": _("How far the stated probability is from how often it is right; 0 is perfect."),
}
BECAUSE: Words = {
    "NEW_LABEL": _("Nobody judges this label yet. The figures rest on few checked posts, as stands below."),
    "BETTER": _("It was right more often on posts it had not learnt from, and beyond chance."),
    "NOT_BETTER": _("It is not offered: on posts it had not learnt from, it is not better beyond chance."),
    "TOO_FEW_CLEAN": _(
        "It is not offered yet: of what people check, one in ten is kept apart to measure. So far there are %(clean)s "
        "of at least %(fewest)s, and they must hold both yes and no."
    ),
    "NO_CHALLENGER": _("Nothing was learnt here yet."),
}
"""Why a head that was learnt is offered, or why not."""
RUN_KINDS: Words = {"REFIT": _("Learning"), "REEVALUATE": _("Judging earlier posts again")}
RUN_STATES: Words = {
    "WAITING": _("waits for its turn"),
    "RUNNING": _("is running"),
    "DONE": _("done"),
    "CANCELLED": _("cancelled"),
    "FAILED": _("did not work"),
}
RUN_STEPS: Words = {
    "READ": _("reads what people checked"),
    "ENCODE": _("reads the texts"),
    "FIT": _("learns"),
    "MEASURE": _("measures on what it did not learn from"),
    "COMPARE": _("compares with the present judge"),
}
KINDS_OF_JUDGED_WORDS: Mapping[str, Words] = {
    "labels": LABELS,
    "labels_explained": LABELS_EXPLAINED,
    "corrections": CORRECTIONS,
    "judges": JUDGES,
    "run_kinds": RUN_KINDS,
    "run_states": RUN_STATES,
    "run_steps": RUN_STEPS,
}
# From this chance of being right on. Judges are calibrated: of what they say with a chance of 0.8, 8 of 10 are right.
_SURENESS: tuple[tuple[float, Promise], ...] = (
    (0.945, _("almost certain")),
    (0.85, _("very sure")),
    (0.75, _("fairly sure")),
    (0.65, _("likely")),
    (0.5, _("more likely than not")),
    (0.0, _("only a suspicion")),
)


def sureness(probability: float) -> str:
    """How far a judgement is to be trusted, in a word or two."""
    return str(next(words for least, words in _SURENESS if probability >= least))


def share_right(probability: float, *, version: str) -> str:
    """The same as what one would count: how many of such judgements are right; "" where nobody has counted."""
    if version.startswith(ADDED):
        return ""
    of = 100 if probability >= _SURENESS[0][0] else 10
    right = min(max(round(probability * of), 1), of - 1)
    told = {"right": times.number(right), "of": times.number(of)}
    return gettext("About %(right)s of %(of)s such judgements are right.") % told


def name_of(label: str, own: Mapping[str, str]) -> str:
    """What a label is called; `own` names those that the company taught."""
    return str(LABELS[label]) if label in LABELS else own.get(label, label)


def said_as(label: str, value: str, own: Mapping[str, str]) -> str:
    """A label with its value as one says it of a post: "is a complaint"."""
    code = f"{label}:{value}"
    if code in CORRECTIONS:
        return str(CORRECTIONS[code])
    told = gettext("is “%(name)s”") if value == "true" else gettext("is not “%(name)s”")
    return told % {"name": name_of(label, own)}
