"""Notices by mail of networks without an interface. Their wordings here are our own: none is copied from a real one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from resonanz.networks.contract import Account, BadEvent, Posted, PostKind, Visibility
from resonanz.networks.mail import notices, reading
from resonanz.networks.mail.imap import Fetched
from resonanz.networks.mail.mime import read

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
OURS = Account(network="mail", address="imaps://imap.hoster.example:993", native_id="info@shop.example")
FIXTURES = Path(__file__).parent / "mails"


def mail(name: str) -> str:
    return (FIXTURES / f"{name}.eml").read_text("utf-8")


def heard(raw: str, account: Account = OURS) -> Posted | BadEvent | None:
    return notices.read(read(raw.encode()), account=account, at=NOW)


def post_of(raw: str) -> Posted:
    found = heard(raw)
    assert isinstance(found, Posted), found
    return found


@pytest.mark.parametrize(
    ("name", "network", "kind", "author", "text", "url"),
    [
        ("xing_comment", "xing", PostKind.COMMENT, "Eva Muster", "Gibt es den Schuh auch in Größe 46?",
         "https://www.xing.com/pages/nordhain/posts/4711"),
        ("xing_mention", "xing", PostKind.POST, "Dr. Bob Beispiel", "Heute bei Nordhain gewesen.\nSehr nett dort.",
         "https://www.xing.com/discover/detail-activities/815?sc=1"),
        ("linkedin_comment", "linkedin", PostKind.COMMENT, "Eva Example", "Does it come in size 46?",
         "https://www.linkedin.com/feed/update/urn:li:activity:7000000000000000001/"),
        ("linkedin_mention", "linkedin", PostKind.POST, "Bob Beispiel", "Danke an Nordhain für den Abend!",
         "https://www.linkedin.com/feed/update/urn:li:activity:7000000000000000002/"),
        ("forum_post", "discourse", PostKind.POST, "eva",
         "Meine Sohle löst sich nach zwei Wochen.\n\nKennt das jemand?", "https://forum.radler.example/t/sohle/42/3"),
    ],
)  # fmt: skip
def test_a_notice_becomes_the_post_that_it_tells_of(
    name: str, network: str, kind: PostKind, author: str, text: str, url: str
) -> None:
    found = post_of(mail(name))

    assert (found.network, found.kind, found.visibility, found.addressed) == (network, kind, Visibility.PUBLIC, True)
    assert found.author is not None
    assert (found.author.name, found.text, found.url, found.posted_at) == (author, text, url, NOW)


def test_the_same_comment_told_to_two_mailboxes_is_one() -> None:
    raw = mail("xing_comment")
    again = raw.replace("utm_source=mail", "utm_source=other").replace("Message-ID: <1@", "Message-ID: <2@")
    other = raw.replace("Größe 46", "Größe 47")

    assert post_of(raw).native_id == post_of(again).native_id
    assert post_of(raw).native_id != post_of(other).native_id


def test_an_address_keeps_what_it_needs() -> None:
    raw = mail("xing_comment").replace("?utm_source=mail&", "?listing=5&reference=7&")
    assert post_of(raw).url == "https://www.xing.com/pages/nordhain/posts/4711?listing=5&reference=7"


def test_a_post_of_a_forum_has_its_number_and_its_topic() -> None:
    found = post_of(mail("forum_post"))
    assert (found.native_id, found.root_id, found.origin) == ("9001", "t42", "forum.radler.example")


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("dkim=pass", "dkim=fail"),
        ("header.d=xing.com", "header.d=evil.example"),
        ("header.d=xing.com", "header.d=notxing.com"),
        ("Authentication-Results: mx.hoster.example;", "Authentication-Results: mx.evil.example;"),
        ("Authentication-Results:", "X-Nothing:"),
        # What another server wrote above it: what stands below may have come with the mail.
        (
            "Authentication-Results: mx",
            "Authentication-Results: mx.evil.example; dkim=none\nAuthentication-Results: mx",
        ),
        ("dkim=pass header.d=xing.com", "dkim=fail (dkim=pass header.d=xing.com)"),
        ("dkim=pass header.d=xing.com", "spf=pass smtp.mailfrom=xing.com"),
    ],
)
def test_nobody_but_the_network_speaks_for_it(was: str, now: str) -> None:
    raw = mail("xing_comment")
    assert was in raw
    assert heard(raw.replace(was, now, 1)) == BadEvent("mailrobot.xing.com", notices.UNVERIFIED)


@pytest.mark.parametrize("name", ["mx.shop.example", "mx.hoster.example", "mx.gate.example"])
def test_our_own_server_is_known_by_the_mailbox_by_its_address_and_by_who_handed_it_over(name: str) -> None:
    raw = mail("xing_comment").replace("mx.hoster.example;", f"{name};")
    assert isinstance(heard(raw if "gate" not in name else f"Received: from x by {name} with LMTP\n{raw}"), Posted)


def test_gmail_checks_under_another_name() -> None:
    raw = mail("xing_comment").replace("mx.hoster.example;", "mx.google.com;")
    assert isinstance(heard(raw, replace(OURS, address="imaps://imap.gmail.com:993")), Posted)
    assert isinstance(heard(raw), BadEvent)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Subject: Eva Muster hat Ihren Beitrag kommentiert", "Subject: Ihre Woche im Netzwerk"),
        ("https://www.xing.com/pages", "https://evil.example/pages"),
        ("https://www.xing.com/pages", "https://www.xing.com.evil.example/pages"),
        ("Eva Muster schreibt:\n\n„Gibt es den Schuh auch in Größe 46?“\n", "\n"),
    ],
)
def test_a_notice_that_is_not_understood_is_counted_and_tells_nothing(was: str, now: str) -> None:
    raw = mail("xing_comment")
    assert was in raw
    assert heard(raw.replace(was, now)) == BadEvent("mailrobot.xing.com", notices.UNKNOWN)


def test_other_mails_are_none_of_it() -> None:
    assert heard("From: eva@strangers.example\nSubject: Eva hat Ihren Beitrag kommentiert\n\nHallo") is None
    assert heard("From: eva@notxing.com\n\nHallo") is None


def test_a_notice_that_is_not_understood_stays_unread_and_nothing_of_it_is_kept() -> None:
    raw = mail("xing_comment").replace("hat Ihren Beitrag kommentiert", "war auf Ihrem Profil").encode()
    found = reading.understood(OURS, Fetched(raw, len(raw), NOW))
    assert found.said is None
    assert found.bad == BadEvent("mailrobot.xing.com", notices.UNKNOWN)
