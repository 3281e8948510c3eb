"""A sentence for everything that a check on a draft points at: `checks.<name>.<kind>`; parameters fill it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHECK_SENTENCES: Mapping[str, Promise] = {
    "checks.context_invalid": _("A check on a draft was asked in a way that is not known here (%(field)s)."),
    "checks.address.FAMILIAR": _("The guideline says Sie; this is familiar."),
    "checks.address.FORMAL": _("The guideline says Du; this is formal."),
    "checks.address.MIXED": _("Du and Sie are mixed here."),
    "checks.personal_data.IBAN": _("A bank account does not belong in public."),
    "checks.personal_data.MAIL": _("An email address does not belong in public."),
    "checks.personal_data.PHONE": _("A phone number does not belong in public."),
    "checks.personal_data.POSTAL": _("A postal address does not belong in public."),
    "checks.personal_data.NUMBER": _("A number that leads to a person does not belong in public."),
    "checks.promise.MONEY": _("This promises money or a replacement."),
    "checks.promise.GOODWILL": _("This promises goodwill."),
    "checks.promise.DATE": _("This promises a time."),
    "checks.promise.LEGAL": _("This takes a legal position."),
    "checks.advertising.OFFER": _("An offer is advertising."),
    "checks.advertising.FOLLOW": _("Asking to follow, subscribe or take part is advertising."),
    "checks.advertising.SURVEY": _("Asking for a rating or an opinion is advertising."),
    "checks.advertising.PRAISE": _("Praise of oneself is advertising."),
    "checks.advertising.private": _("Advertising in a private message needs a consent, and none is on record."),
    "checks.referral.ONLY": _("The answer only sends the person elsewhere."),
    "checks.escalation.LEGAL": _("Lawyers, courts or authorities come up."),
    "checks.escalation.PRESS": _("The press comes up."),
    "checks.escalation.HARM": _("An accident or harm comes up."),
    "checks.escalation.PERSON": _("The person wrote of it: “%(word)s”."),
    "checks.confidential.TERM": _("This term is confidential."),
    "checks.employee_names.NAMED": _("A colleague is named."),
    "checks.tone.INSULT": _("This can be read as an insult."),
    "checks.tone.SCOLDING": _("This can be read as scolding."),
    "checks.tone.SHOUTING": _("This reads as shouting."),
    "checks.tone.CURT": _("This is very short; a friendly word is missing."),
    "checks.language.OTHER": _("The person wrote in another language (%(wanted)s)."),
    "checks.repeated.REPEATED": _("Nearly the same was sent before; this is time number %(times)s."),
    "checks.signature.INITIALS": _("The initials are missing at the end."),
    "checks.signature.LABEL": _("A machine wrote this, and nothing says so."),
    "checks.links.FOREIGN": _("This link leads to others: %(host)s."),
    "checks.links.TRACKING": _("This link follows the person (%(names)s)."),
    "checks.length.TOO_LONG": _("%(over)s characters too many. It would end after “%(kept)s”."),
    "checks.length.UNREAD": _("The text is too long to be checked; what follows was not read."),
    "checks.invisible.UNSEEN": _("Characters that nobody sees (%(codes)s)."),
    "checks.invisible.DIRECTION": _("Characters that nobody sees turn the direction of reading (%(codes)s)."),
    "checks.advertising": _("Advertising in a private message needs a consent, and none is on record."),
    "checks.signature": _("What a machine wrote says so."),
    "checks.length": _("A text that is too long to be checked is not sent."),
}
MENDS: Mapping[str, Promise] = {
    "personal_data": _("Take it out"),
    "invisible": _("Take them out"),
    "links": _("Strip it"),
    "signature": _("Add initials"),
}
