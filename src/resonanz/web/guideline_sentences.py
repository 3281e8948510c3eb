"""Sentences for what a guideline, its links and the target groups refuse; their parameters fill them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GUIDELINE_SENTENCES: Mapping[str, Promise] = {
    "acknowledgement.not_published": _("Only a version that was published can be acknowledged."),
    "acknowledgement.not_needed": _("Nobody has to acknowledge the starter."),
    "acknowledgement.given": _("The guideline was read and acknowledged."),
    "acknowledgement.day_left": _("A new version waits to be read; until then there is a day left."),
    "acknowledgement.reminder": _("Version %(version)s of the guideline waits to be read."),
    "contradiction.opposite": _("One clause allows what the other one forbids."),
    "contradiction.never_applies": _("Wherever this clause applies, a stricter one does, too."),
    "contradiction.never_true": _("This clause can never apply."),
    "document.invalid": _("%(clause)s cannot be saved like this (%(field)s)."),
    "document.not_an_object": _("%(clause)s cannot be read (%(field)s)."),
    "document.not_a_list": _("%(clause)s cannot be read (%(field)s)."),
    "document.not_a_text": _("%(clause)s cannot be read (%(field)s)."),
    "document.unknown_field": _("%(clause)s says something that is not known here (%(field)s)."),
    "document.unknown_value": _("%(clause)s names something that is not known here: %(value)s"),
    "document.missing": _("%(clause)s lacks something (%(field)s)."),
    "document.too_long": _("Too long: %(length)s, and at most %(limit)s fit."),
    "document.approvers_without_approval": _("%(clause)s names who signs, but asks for no signature."),
    "document.section_twice": _("Two sections have the same name: %(clause)s."),
    "document.number_twice": _("Two clauses have the number %(clause)s."),
    "document.check_twice": _("%(first)s looks at the same thing already; each one belongs to one clause."),
    "guideline.no_such_part": _("%(part)s is not in this version any more; somebody may have removed it."),
    "guideline.not_possible": _("The version cannot be changed like this."),
    "guideline.not_a_draft": _("This version was signed or published meanwhile, or thrown away; nothing was changed."),
    "guideline.changed_meanwhile": _("Somebody else changed it meanwhile; look at it once more."),
    "guideline.newer_version": _("Another version was published meanwhile; its changes have to be taken in first."),
    "guideline.council_unspoken": _(
        "Clauses rule how employees behave: what the works council said, and on which day, is needed."
    ),
    "guideline.day_not_possible": _("This day has passed or is too far away."),
    "guideline.brand_gone": _("This brand was removed."),
    "reader_link.unknown": _(
        "This link leads nowhere. It has ended or was revoked; whoever sent it can send another one."
    ),
    "reader_link.nothing_to_read": _("There is nothing to read yet: no version for all employees was published."),
    "reader_link.not_possible": _(
        "A name, the part behind the @ of the company's addresses and a number of days are needed."
    ),
    "reader_link.reader_not_known": _("Name or address is missing, or it is not an address of the company."),
    "reader_link.too_many": _("Very many have confirmed within the hour. Please try again a little later."),
    "group.name_taken": _("There is already a group of this name, or it has none."),
    "group.rule_invalid": _("The rule cannot be kept like this: %(value)s"),
    "group.handle_without_star": _(
        "A rule describes many accounts, so a star belongs into %(value)s. A single one is put in by hand, on its card."
    ),
}
