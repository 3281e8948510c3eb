"""Bounces of our own answers: which one did not arrive, and why, in the words of whoever refused it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.networks.mail_server import FakeMail
from tests.networks.test_mail import ASKED, order

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks.contract import BadEvent, Event, Undelivered
from resonanz.networks.mail import MailNetwork, bounces
from resonanz.networks.mail.mime import FAULTS, read
from resonanz.networks.streams import Listening

network = MailNetwork()
OURS = "<resonanz.0123@shop.example>"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMail]:
    with FakeMail() as found:
        monkeypatch.setenv(ALLOWED_VARIABLE, found.allowed)
        yield found


def report(
    original: str = OURS,
    *,
    action: str = "failed",
    words: str = "Diagnostic-Code: smtp; 550 5.1.1 <eva@strangers.example>:\n    Recipient address rejected",
    shown_as: str = "message/rfc822",
    kind: str = "delivery-status",
) -> str:
    """As a mail server writes it, with what it says to people, to programs, and the mail that it is about."""
    return f"""From: MAILER-DAEMON@mail.shop.example (Mail Delivery System)
To: info@shop.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <bounce-1@mail.shop.example>
Content-Type: multipart/report; report-type={kind}; boundary="B"

--B
Content-Type: text/plain

I'm sorry to have to inform you.
--B
Content-Type: message/{kind}

Reporting-MTA: dns; mail.shop.example

Final-Recipient: rfc822; eva@strangers.example
Action: {action}
Status: 5.1.1
{words}
--B
Content-Type: {shown_as}

From: info@shop.example
To: eva@strangers.example
Message-ID: {original}
Subject: Re: Hallo

Ja, gibt es.
--B--
"""


def polled(server: FakeMail) -> tuple[list[Event], list[BadEvent]]:
    batches = list(network.poll(server.account, ""))
    return [event for one in batches for event in one.events], [bad for one in batches for bad in one.bad]


def test_answer_that_came_back_is_told_with_the_reason_and_the_bounce_stays_unread(server: FakeMail) -> None:
    kept = server.arrives(report())

    ((found,), bad) = polled(server)

    assert isinstance(found, Undelivered)
    assert (found.network, found.origin, found.native_id) == ("mail", "mailto:", OURS)
    assert found.reason == "550 5.1.1 <eva@strangers.example>: Recipient address rejected"
    assert bad == []
    assert kept.flags == set()


def test_it_is_the_answer_by_the_receipt_that_it_got(server: FakeMail) -> None:
    server.arrives(ASKED)
    receipt = network.reply(server.account, order())
    server.arrives(report(receipt.native_id))

    found = [event for event in polled(server)[0] if isinstance(event, Undelivered)]

    assert [one.native_id for one in found] == [receipt.native_id]


def test_bounce_is_told_as_it_arrives(server: FakeMail) -> None:
    batches = network.stream(server.account, Listening(lambda: False))
    next(batches)
    server.arrives(report())

    found = next(event for batch in batches for event in batch.events)

    assert isinstance(found, Undelivered)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"shown_as": "text/rfc822-headers"}, "550 5.1.1 <eva@strangers.example>: Recipient address rejected"),
        ({"words": ""}, "5.1.1"),
        ({"action": "Failed"}, "550 5.1.1 <eva@strangers.example>: Recipient address rejected"),
    ],
)
def test_reports_are_written_in_many_ways(server: FakeMail, other: dict[str, str], reason: str) -> None:
    server.arrives(report(**other))

    ((found,), _) = polled(server)

    assert isinstance(found, Undelivered)
    assert found.reason == reason


@pytest.mark.parametrize(
    "other",
    [
        {"action": "delayed"},
        {"action": "delivered"},
        {"original": "<by-hand@shop.example>"},
        {"kind": "disposition-notification"},
    ],
)
def test_what_is_no_bounce_of_an_answer_of_ours_is_left_alone(server: FakeMail, other: dict[str, str]) -> None:
    server.arrives(report(**other))

    assert polled(server) == ([], [])


@given(st.binary(max_size=300), st.sampled_from(["rfc822", "delivery-status"]))
@settings(deadline=None)
def test_any_report_is_read_or_none(garbage: bytes, kind: str) -> None:
    raw = report().encode().replace(b"Reporting-MTA", garbage + b"\n\n").replace(b"rfc822\n", f"{kind}\n".encode())
    try:
        found = bounces.read(read(raw), at=clock.now())
    except FAULTS:
        return
    assert found is None or found.native_id == OURS
