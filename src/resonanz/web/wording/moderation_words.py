"""Words for moderation: what is done, how it reads once it was done, where it stands on its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from resonanz.guidelines import in_force
from resonanz.service.models import Moderation, ModerationAct, ModerationState

Words = Mapping[str, Promise]

MODERATIONS: Words = {
    ModerationAct.LIKE: _("Like"),
    ModerationAct.UNLIKE: _("Take the like back"),
    ModerationAct.HIDE: _("Hide"),
    ModerationAct.UNHIDE: _("Show again"),
    ModerationAct.DELETE: _("Delete"),
    ModerationAct.BLOCK: _("Block the account"),
    ModerationAct.UNBLOCK: _("Let the account in again"),
    ModerationAct.REPORT: _("Report"),
    ModerationAct.CORRECT: _("Correct"),
    ModerationAct.WITHDRAW: _("Withdraw"),
}
MODERATED: Words = {
    ModerationAct.LIKE: _("liked"),
    ModerationAct.UNLIKE: _("like taken back"),
    ModerationAct.HIDE: _("hidden"),
    ModerationAct.UNHIDE: _("shown again"),
    ModerationAct.DELETE: _("deleted"),
    ModerationAct.BLOCK: _("account blocked"),
    ModerationAct.UNBLOCK: _("account let in again"),
    ModerationAct.REPORT: _("reported"),
    ModerationAct.CORRECT: _("corrected"),
    ModerationAct.WITHDRAW: _("withdrawn"),
}
MODERATION_STATES: Words = {
    ModerationState.AWAITING: _("waits for approval"),
    ModerationState.QUEUED: _("about to happen"),
    ModerationState.SENDING: _("happening"),
    ModerationState.DONE: _("done"),
    ModerationState.FAILED: _("did not happen"),
    ModerationState.UNKNOWN: _("unclear whether it happened; being repeated"),
    ModerationState.REFUSED: _("not approved"),
    ModerationState.CANCELLED: _("taken back"),
}

KINDS_OF_MODERATION_WORDS: Mapping[str, Words] = {
    "moderations": MODERATIONS,
    "moderated": MODERATED,
    "moderation_states": MODERATION_STATES,
}


def rule_of(row: Moderation) -> str:
    """The words of the clause that was broken, in the version that was in force then."""
    guideline_id = row.ruling.get("guideline")
    if not row.rule or not isinstance(guideline_id, int):
        return ""
    return in_force.clause_words(guideline_id=guideline_id, clause=row.rule, language=get_language() or "de")


def with_rules(rows: Iterable[Moderation]) -> list[tuple[Moderation, str]]:
    """The rows with the words of their rules, each rule looked up once."""
    found: dict[tuple[object, str], str] = {}
    listed = list(rows)
    for row in listed:
        key = (row.ruling.get("guideline"), row.rule)
        if key not in found:
            found[key] = rule_of(row)
    return [(row, found[row.ruling.get("guideline"), row.rule]) for row in listed]
