"""Bounces of our own answers (RFC 3464): a mail server says that it could not deliver one, and for what reason.

Nobody vouches for them. Only who has the answer, or carried it, knows its Message-ID; what they could gain by telling a
lie is that somebody looks after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.message import Message
from email.parser import HeaderParser

from resonanz.core import text
from resonanz.networks.contract import Undelivered
from resonanz.networks.mail import letters
from resonanz.networks.mail.mime import Mail, line_of, read_headers

_REPORT, _STATUS = "multipart/report", "message/delivery-status"
_ORIGINALS = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_FAILED = "failed"
_MOST_BLOCKS = 50
_MOST_REASON = 300
_TYPE = re.compile(r"^[\w.-]{1,40};\s*")
"""What kind of address or words follows in a field of a report ("smtp; 550 …")."""


def read(mail: Mail, *, at: datetime) -> Undelivered | None:
    """Which of our answers did not arrive; None where it reports nothing of that. Raises one of FAULTS."""
    if mail.headers.get_content_type() != _REPORT:
        return None
    failed = next((one for one in _reports(mail) if line_of(one.get("Action")).lower() == _FAILED), None)
    ours = next((one for one in _originals(mail) if letters.is_ours(one)), "")
    if failed is None or not ours:
        return None
    return Undelivered(network=letters.NAME, origin=letters.WORLD, native_id=ours, failed_at=at, reason=_reason(failed))


def _reports(mail: Mail) -> Iterator[Message]:
    """One block of fields for each receiver, behind one for the mail."""
    for part in mail.parts:
        if part.content_type == _STATUS:
            blocks = re.split(r"\n[ \t]*\n", part.text().replace("\r\n", "\n").strip())
            yield from (HeaderParser(policy=policy.compat32).parsestr(block) for block in blocks[:_MOST_BLOCKS])


def _originals(mail: Mail) -> Iterator[str]:
    """The mail that it is about, as it is shown or referred to."""
    for part in mail.parts:
        if part.content_type in _ORIGINALS:
            yield letters.id_of(read_headers(part.text().encode("utf-8", "replace")))
    yield from letters.references_of(mail)


def _reason(report: Message) -> str:
    """In the words of the server that refused it, else by its number."""
    said = line_of(report.get("Diagnostic-Code")) or line_of(report.get("Status"))
    return text.clean(_TYPE.sub("", said), most=_MOST_REASON)
