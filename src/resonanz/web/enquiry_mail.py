"""The two letters of an enquiry: the link, and the code. Neither says a word of the matter itself.

They are sent at once, not by a job: whoever waits is told the truth, and no link rests in a queue.
"""

from __future__ import annotations

import smtplib
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from resonanz.accounts.company import company
from resonanz.core.errors import ResonanzError
from resonanz.service.models import Enquiry
from resonanz.web import times


class MailNotSent(ResonanzError):
    """The mail server did not take it."""

    code = "enquiry.mail_not_sent"


def is_ready() -> bool:
    """Whether a mail server is set up; without one, link and code are passed on by whoever asks."""
    return bool(settings.MAIL_IS_READY)


def send_link(*, enquiry: Enquiry, address: str) -> None:
    """Send the link to the addressee; raises MailNotSent."""
    with override(enquiry.language or None):
        asker = str(enquiry.asked_by or company())
        subject = _("A question from %(name)s") % {"name": asker}
        text = _(
            "%(asker)s has a question for you. It can be read and answered here:\n\n%(address)s\n\n"
            "The page sends a code to this address first. The link ends on %(day)s."
        ) % {"asker": asker, "address": address, "day": _day(enquiry.ends_at)}
    _send(enquiry, subject, text)


def send_code(*, enquiry: Enquiry, code: str, minutes: int) -> None:
    """Send the code to the addressee; raises MailNotSent."""
    with override(enquiry.language or None):
        subject = _("Code: %(code)s") % {"code": code}
        text = _("The code for the question is %(code)s. It is valid for %(minutes)d minutes.") % {
            "code": code,
            "minutes": minutes,
        }
    _send(enquiry, subject, text)


def _day(moment: datetime) -> str:
    """In the company's zone: nobody knows the one of somebody without a seat."""
    with timezone.override(ZoneInfo(settings.DEFAULT_TIME_ZONE)):
        return times.day(moment)


def _send(enquiry: Enquiry, subject: str, text: str) -> None:
    try:
        EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [enquiry.email]).send()
    except (OSError, smtplib.SMTPException) as error:
        raise MailNotSent from error
