"""What a mail says, whatever program wrote it and whoever broke it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonanz.networks.contract import Account, Posted
from resonanz.networks.mail import imap, letters, reading
from resonanz.networks.mail.cursor import Cursor
from resonanz.networks.mail.imap import Fetched
from resonanz.networks.mail.mime import read
from resonanz.networks.mail.plain_words import without_history
from resonanz.networks.mail.servers import imap_servers, is_of_a_role, organisation_of, smtp_servers

MAILBOX = "info@shop.example"
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
ACCOUNT = Account(network="mail", address="imaps://imap.shop.example:993", native_id=MAILBOX, handle=MAILBOX)


def said(raw: str | bytes) -> Posted:
    data = raw.encode() if isinstance(raw, str) else raw
    return letters.posted(read(data), mailbox=MAILBOX, at=NOW)


@pytest.mark.parametrize(
    ("whole", "wanted"),
    [
        ("Danke!\n\nAm 12.11.2026 um 10:00 schrieb Werke <info@shop.example>:\n> Guten Tag\n> Eva\n", "Danke!"),
        ("Danke!\n\nAm Do., 12. Nov. 2026 um 10:00 schrieb Werke <\ninfo@shop.example>:\n\n> Guten Tag\n", "Danke!"),
        ("Thanks!\n\nOn Thu, Nov 12, 2026 at 10:00 AM Works <info@shop.example> wrote:\n\n> Hello\n", "Thanks!"),
        ("Danke!\n\nAm 12.11.2026 um 10:00 schrieb Werke:\nGuten Tag\nWas können wir tun?", "Danke!"),
        ("> Welche Größe?\n46\n> Welche Farbe?\nBlau\n", "46\nBlau"),
        ("Am 1.1.2026 schrieb Werke:\n> Welche Größe?\n46\n", "46"),
        ("Danke\n\n-----Ursprüngliche Nachricht-----\nVon: Werke\nAn: Eva\nBetreff: x\n\nHallo", "Danke"),
        ("Thanks\n\n-----Original Message-----\nFrom: Works\nHello", "Thanks"),
        (f"Danke\n{'_' * 32}\nVon: Werke <i@s.example>\nGesendet: heute\nAn: Eva\nBetreff: x\n\nHallo", "Danke"),
        ("Größe 46 bitte\n-- \nEva Muster\nMusterweg 1", "Größe 46 bitte"),
        ("Größe 46 bitte\n\nVon meinem iPhone gesendet\n", "Größe 46 bitte"),
        ("Größe 46 bitte\n\nSent from my iPad", "Größe 46 bitte"),
        ("A\u200bb\u00a0c", "Ab c"),
    ],
)  # fmt: skip
def test_history_and_signature_are_left_out(whole: str, wanted: str) -> None:
    assert without_history(whole) == wanted


@pytest.mark.parametrize(
    "whole",
    [
        "> nur ein Zitat\n> und noch eins",
        "--\nnur eine Signatur",
        "Am Montag schrieb ich Ihnen: bis heute keine Antwort!",
        "Ich schrieb am Montag: Größe 46.\nUnd am Dienstag noch einmal.",
        "---------- Forwarded message ---------\nFrom: Bob <b@b.example>\n\nSo ein Schrott",
        "-----Weitergeleitete Nachricht-----\nSo ein Schrott",
        "Preise:\n\nA - 5 Euro -- das ist viel",
    ],
)
def test_where_nothing_would_remain_everything_stays(whole: str) -> None:
    assert without_history(whole) == whole


def test_flowed_lines_are_joined() -> None:
    flowed = "Das ist eine Zeile, die \nweitergeht, und \nnoch weiter.\nNeu.\n-- \nEva"
    made = f"From: a@b.example\nContent-Type: text/plain; charset=utf-8; format=flowed\n\n{flowed}"
    assert said(made).text == "Das ist eine Zeile, die weitergeht, und noch weiter.\nNeu."


def test_of_alternatives_the_plain_one_counts_and_html_where_there_is_no_other() -> None:
    made = EmailMessage()
    made["From"] = "Eva <eva@strangers.example>"
    made["Subject"] = "Frage"
    made.set_content("Nur Text")
    made.add_alternative("<p>Bunt</p>", subtype="html")
    assert said(made.as_bytes()).text == "Frage\n\nNur Text"

    html = (
        "<html><head><title>Weg</title><style>p{color:red}</style></head><body><!-- weg --><p>Größe 46?</p>"
        "<script>alert(1)</script><p onclick='x'>Danke &amp; Gruß</p><div class='gmail_quote'>"
        "Am 1.1. schrieb Werke:<br><blockquote><p>Alt</p></blockquote></div></body></html>"
    )
    alone = EmailMessage()
    alone["From"], alone["Subject"] = "eva@strangers.example", "Frage"
    alone.set_content(html, subtype="html")
    assert said(alone.as_bytes()).text == "Frage\n\nGröße 46?\nDanke & Gruß"


def test_a_style_sheet_of_a_program_does_not_hide_the_words() -> None:
    html = f"<html><head><style>{'p{}' * 100_000}</style></head><p>Hallo</p><div id=divRplyFwdMsg>Von: x</div><p>Alt"
    assert said(f"From: a@b.example\nContent-Type: text/html\n\n{html}").text == "Hallo"


def test_what_is_attached_is_named_below_and_logos_are_not() -> None:
    made = EmailMessage()
    made["From"] = "eva@strangers.example"
    made["Subject"] = "Kaputt"
    made.set_content("Siehe Fotos")
    made.add_attachment(b"x", maintype="image", subtype="jpeg", filename="Größe \n46.jpg")
    made.add_attachment(b"x", maintype="application", subtype="pdf")
    made.add_attachment(b"x", maintype="image", subtype="png", cid="<logo>", disposition="inline")
    for number in range(6):
        made.add_attachment(b"x", maintype="text", subtype="plain", filename=f"{number}.txt")

    assert said(made.as_bytes()).text == (
        "Kaputt\n\nSiehe Fotos\n\n📎 Größe 46.jpg, application/pdf, 0.txt, 1.txt, 2.txt (+3)"
    )


def test_the_thread_is_what_the_references_say() -> None:
    headers = "From: a@b.example\nMessage-ID: <c@b.example>\nReferences: <a@b.example>\n <b@b.example>\n"
    one = said(f"{headers}In-Reply-To: <b@b.example> (of today)\nSubject: Re: x\n\nJa")
    assert (one.root_id, one.parent_id, one.text) == ("<a@b.example>", "<b@b.example>", "Ja")
    two = said("From: a@b.example\nMessage-ID: <c@b.example>\nIn-Reply-To: <b@b.example>\n\nJa")
    assert (two.root_id, two.parent_id) == ("", "<b@b.example>")  # the house knows its thread, or it begins one
    itself = said("From: a@b.example\nMessage-ID: <c@b.example>\nReferences: <c@b.example>\n\nJa")
    assert (itself.root_id, itself.parent_id) == ("<c@b.example>", "")


def test_a_mail_without_an_id_is_the_same_in_every_folder_and_no_other() -> None:
    mail = "From: a@b.example\nSubject: x\nDate: Mon, 16 Nov 2026 10:00:00 +0100\n\nJa"
    one, again = said(mail), said(f"Received: from x\nDelivered-To: y\n{mail}")
    assert one.native_id == again.native_id
    assert said(f"{mail}!").native_id != one.native_id


@pytest.mark.parametrize(
    ("charset", "raw"),
    [
        ("utf-8", "Größe".encode()),
        ("iso-8859-1", "Größe".encode("latin-1")),
        ("windows-1252", "Größe".encode("cp1252")),
        ("", "Größe".encode()),
        ("", "Größe".encode("latin-1")),
        ("x-unknown", "Größe".encode()),
        ("hex", "Größe".encode()),
        ("utf-16", "Größe".encode("utf-16")),
        ("ISO-2022-JP", "Größe".encode()),
    ],
)
def test_charsets_named_wrong_or_not_at_all(charset: str, raw: bytes) -> None:
    kind = f"text/plain; charset={charset}" if charset else "text/plain"
    assert said(f"From: a@b.example\nContent-Type: {kind}\n\n".encode() + raw).text == "Größe"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("=?utf-8?q?M=C3=BCller=2C_Eva?= <eva@strangers.example>", "Müller, Eva"),
        ('"Müller, Eva" <eva@strangers.example>', "Müller, Eva"),
        ("info@bank.example <eva@strangers.example>", ""),
        ('"Bank, info@bank.example" <eva@strangers.example>', "Bank, info@bank.example"),
        ("=?broken?x?y?= <eva@strangers.example>", "=?broken?x?y?="),
        ("eva@strangers.example", ""),
        ("Eva <EVA@Strangers.Example>, Bob <bob@b.example>", "Eva"),
    ],
)
def test_a_name_stays_what_it_is_and_the_address_stands_beside_it(header: str, name: str) -> None:
    author = said(f"From: {header}\n\nJa").author
    assert author is not None
    assert author.handle == "eva@strangers.example"
    assert author.name == name


def test_a_thousand_levels_a_thousand_parts_and_ten_megabytes_are_read_in_moments() -> None:
    deep = "From: a@b.example\nSubject: Tief\n" + "".join(
        f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(1_000)
    )
    wide = 'From: a@b.example\nContent-Type: multipart/mixed; boundary="x"\n\n' + "--x\n\nJa\n" * 5_000
    tags = "From: a@b.example\nContent-Type: text/html\n\n" + "<div><blockquote>" * 3_000 + "Ja"
    quotes = "From: a@b.example\n\n" + "> x\nOn y\n" * 200_000
    large = "From: a@b.example\nSubject: Groß\nContent-Transfer-Encoding: base64\n\n" + "QUJD\n" * 2_000_000
    started = time.monotonic()
    assert said(deep).text == "Tief"
    assert said(wide).text.startswith("Ja\n\nJa")
    assert said(tags).text == "Ja"
    assert said(quotes).text
    assert said(large).text.startswith("Groß\n\nABCABC")
    assert time.monotonic() - started < 20


_LINES = st.sampled_from(
    [
        "From: a@b.example", "From: =?utf-8?b?////?= <", "Subject: =?x?q?=00?=", "Message-ID: <a b@c>",
        "Message-ID: <a@b>", "References: <" + "a" * 2_000 + ">", "Content-Type: multipart/mixed; boundary=x",
        "--x", "--x--", "Content-Type: text/html; charset=\x00", "Content-Transfer-Encoding: base64", "=", "A===",
        "Content-Type: multipart/alternative; boundary*0=a; boundary*1=b", "Am schrieb:", "-- ", "Auto-Submitted:",
        "Content-Disposition: attachment; filename*=utf-8''%ff", "", "> x", "Authentication-Results: ;;;=",
        "X-Discourse-Post-Id: 9", "<p>" * 30, "Content-Type: message/rfc822", "Received: by", "\ud800",
        "Date: Mon, 99 Foo 0000", "From: x@xing.com",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_LINES | st.text(max_size=30), max_size=25), st.binary(max_size=60))
def test_whatever_comes_is_understood_left_alone_or_put_aside(lines: list[str], more: bytes) -> None:
    raw = "\n".join(lines).encode("utf-8", "surrogatepass") + more
    found = reading.understood(ACCOUNT, Fetched(raw, len(raw), NOW))
    if found.said:
        assert 0 < len(found.said.native_id) <= 512
        assert found.said.posted_at == NOW


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_words_are_never_lost_altogether(whole: str) -> None:
    kept = without_history(whole)
    assert bool(kept) or not any(letter.isalnum() for letter in whole)


@given(
    st.text(max_size=100) | st.sampled_from(['{"a": [1, 2]}', '{"a": 3}', "[1]", '{"a": [1, 2, "x", []]}', "1" * 9_999])
)
def test_a_broken_cursor_is_a_fresh_one(text: str) -> None:
    assert Cursor.read(text).places == {}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_folders_of_any_name_are_named_as_the_server_names_them(name: str) -> None:
    written = imap._quoted(name)
    assert written.isascii()
    row = b'(\\HasNoChildren) "/" ' + written.encode()
    found = imap._folder(row)
    assert found is not None
    assert found.name == name


@given(st.binary(max_size=200) | st.tuples(st.binary(max_size=50), st.binary(max_size=50)) | st.none())
def test_whatever_a_server_calls_a_folder_or_a_mail_is_read_or_passed_over(row: object) -> None:
    found = imap._folder(row)
    assert found is None or found.name
    fetched = imap._fetched([row, b")"])
    assert fetched is None or fetched.arrived_at.tzinfo


def test_servers_are_typed_or_guessed() -> None:
    (typed,) = imap_servers("imap.shop.example", MAILBOX)
    assert (typed.host, typed.port, typed.encrypted) == ("imap.shop.example", 993, True)
    assert imap_servers("imap.shop.example:143", MAILBOX)[0].encrypted is False
    assert (
        imap_servers("imaps://imap.shop.example:10993", MAILBOX)[0].written("imap") == "imaps://imap.shop.example:10993"
    )
    assert smtp_servers("smtp.shop.example", MAILBOX)[0].written("smtp") == "smtps://smtp.shop.example:465"
    assert smtp_servers("smtp.shop.example:587", MAILBOX)[0].written("smtp") == "smtp://smtp.shop.example:587"
    assert [one.host for one in imap_servers("", MAILBOX)] == ["imap.shop.example", "mail.shop.example", "shop.example"]
    for wrong in ("http://imap.shop.example", "imap", "a b.example", "imaps://x@y@z", "imap.shop.example:99999"):
        with pytest.raises(ValueError):  # noqa: PT011 - whichever it is, the form says that it names no server
            imap_servers(wrong, MAILBOX)


@pytest.mark.parametrize(
    ("mailbox", "is_role"),
    [
        ("info@x.example", True), ("service-de@x.example", True), ("kunden.service@x.example", True),
        ("presse2@x.example", True), ("social-media@x.example", True), ("e.info1@x.example", True),
        ("eva.muster@x.example", False), ("eva@x.example", False), ("informatik@x.example", False),
        ("emuster@info.example", False),
    ],
)  # fmt: skip
def test_a_role_is_known_by_its_name(mailbox: str, is_role: bool) -> None:
    assert is_of_a_role(mailbox) is is_role


def test_who_registered_a_domain() -> None:
    found = [organisation_of(one) for one in ("mail.shop.example", "a.b.shop.co.uk", "shop.de", "mx.shop.de.")]
    assert found == ["shop.example", "shop.co.uk", "shop.de", "shop.de"]
