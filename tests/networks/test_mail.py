"""E-mail: what is read, marked, answered and found again, and what an unkind server makes of it.

The real pair is in tests/peers.
"""

from __future__ import annotations

import json
import quopri
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.networks.mail_server import DROP, USER, FakeMail

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks.contract import Account, Batch, Posted, PostKind, ReplyOrder, Visibility
from resonanz.networks.errors import NoAnswer, NotAuthorised, PersonalAccount, Refused, TryLater, Unsupported
from resonanz.networks.mail import MailNetwork, imap
from resonanz.networks.streams import Listening

network = MailNetwork()
ASKED = """From: Eva Muster <Eva@Strangers.example>
To: info@shop.example
Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?= 46
Message-ID: <frage@strangers.example>
Date: Mon, 16 Nov 2020 10:00:00 +0100
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gibt es den Schuh auch in Gr=F6=DFe 46?
--=20
Eva
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMail]:
    with FakeMail() as found:
        monkeypatch.setenv(ALLOWED_VARIABLE, found.allowed)
        yield found


def polled(account: Account, cursor: str = "") -> tuple[list[Posted], str, list[str]]:
    """What was heard, the cursor afterwards, and why something was put aside."""
    said: list[Posted] = []
    bad: list[str] = []
    for batch in network.poll(account, cursor):
        said += [event for event in batch.events if isinstance(event, Posted)]
        bad += [one.reason for one in batch.bad]
        cursor = batch.cursor or cursor
    return said, cursor, bad


def order(parent: str = "<frage@strangers.example>", text: str = "Ja, gibt es.") -> ReplyOrder:
    return ReplyOrder(key="k1", text=text, parent_id=parent, root_id=parent, visibility=Visibility.PRIVATE)


def simple(number: int, **headers: str) -> str:
    kept = {"From": "bob@strangers.example", "Message-ID": f"<{number}@strangers.example>", "Subject": "Hallo"}
    kept |= {name.replace("_", "-"): value for name, value in headers.items()}
    return "".join(f"{name}: {value}\n" for name, value in kept.items() if value) + f"\nNummer {number}\n"


def test_a_mail_is_a_private_message_from_who_wrote_it_and_read_only_once_it_was_taken_in(server: FakeMail) -> None:
    kept = server.arrives(ASKED)
    batches = network.poll(server.account, "")

    first = next(batches)
    (said,) = first.events
    assert kept.flags == set()
    assert isinstance(said, Posted)
    assert (said.native_id, said.root_id, said.parent_id) == ("<frage@strangers.example>",) * 2 + ("",)
    assert said.author is not None
    assert (said.author.native_id, said.author.name) == ("eva@strangers.example", "Eva Muster")
    assert said.text == "Größe 46\n\nGibt es den Schuh auch in Größe 46?"
    assert (said.kind, said.visibility, said.addressed) == (PostKind.MESSAGE, Visibility.PRIVATE, True)
    # When it reached us, whatever its writer's clock says.
    assert clock.now() - said.posted_at < timedelta(minutes=1)
    rest = list(batches)
    assert kept.flags == {"\\Seen"}
    assert polled(server.account, rest[-1].cursor or "")[0] == []


def test_what_was_taken_in_is_marked_later_where_we_died_before(server: FakeMail) -> None:
    kept = server.arrives(ASKED)
    batches = network.poll(server.account, "")
    cursor = next(batches).cursor
    batches.close()  # type: ignore[attr-defined] # a generator
    assert kept.flags == set()

    said, _, _ = polled(server.account, cursor or "")

    assert said == []
    assert kept.flags == {"\\Seen"}


def test_a_new_channel_begins_with_what_nobody_has_read_in_the_last_week(server: FakeMail) -> None:
    now = datetime.now(UTC)
    server.arrives(simple(1), at=now - timedelta(days=30))
    server.arrives(simple(2), at=now - timedelta(days=2), flags=("\\Seen",))
    server.arrives(simple(3), at=now - timedelta(days=2))

    said, cursor, _ = polled(server.account)
    assert [one.text for one in said] == ["Hallo\n\nNummer 3"]

    server.arrives(simple(4), flags=("\\Seen",))  # read in another program before we came by
    assert [one.text for one in polled(server.account, cursor)[0]] == ["Hallo\n\nNummer 4"]


def test_a_mailbox_that_is_numbered_anew_is_read_by_its_days(server: FakeMail) -> None:
    server.arrives(simple(1))
    _, cursor, _ = polled(server.account)
    server.validity += 1
    server.folders["INBOX"].clear()
    server.arrives(simple(1))
    server.arrives(simple(2))

    said, cursor, _ = polled(server.account, cursor)

    assert [one.native_id for one in said] == ["<1@strangers.example>", "<2@strangers.example>"]
    assert json.loads(cursor)["folders"]["INBOX"][:2] == [server.validity, 2]


def test_many_mails_come_in_portions_the_oldest_first(server: FakeMail) -> None:
    for number in range(25):
        server.arrives(simple(number))

    batches = [batch for batch in network.poll(server.account, "") if batch.events]

    assert [len(batch.events) for batch in batches] == [10, 10, 5]
    texts = [event.text for batch in batches for event in batch.events if isinstance(event, Posted)]
    assert texts == [f"Hallo\n\nNummer {number}" for number in range(25)]


def test_a_mail_in_two_folders_is_one_mail(server: FakeMail) -> None:
    for folder in ("INBOX", "Kontakt formular"):
        server.arrives(ASKED, folder)
        server.arrives(simple(2, Message_ID="", Received=f"by {folder}"), folder)
    account = replace(server.account, settings={**server.account.settings, "mail_folders": "INBOX, Kontakt formular"})

    said, _, _ = polled(account)

    assert len(said) == 4
    assert len({one.native_id for one in said}) == 2


def test_mails_of_a_program_that_has_one_id_for_all_are_told_apart_and_answered(server: FakeMail) -> None:
    one_id = {"Message_ID": "<0@form.example>"}
    server.arrives(simple(1, **one_id))
    server.arrives("X-Spam: no\nReceived: by x\n" + simple(1, **one_id))
    first, cursor, _ = polled(server.account)
    server.arrives(simple(2, From="eva@strangers.example", **one_id))

    second, _, _ = polled(server.account, cursor)

    assert [one.native_id for one in first] == ["<0@form.example>"] * 2
    (other,) = second
    assert other.native_id.startswith("<0@form.example>#")
    assert (other.text, other.root_id) == ("Hallo\n\nNummer 2", other.native_id)
    network.reply(server.account, order(other.native_id))
    assert b"To: eva@strangers.example" in server.sent[0]
    assert b"In-Reply-To: <0@form.example>" in server.sent[0]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.strangers.example>"},
        {"List_Unsubscribe": "<mailto:no@strangers.example>"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@strangers.example"},
        {"From": "nobody at all"},
        {"From": f"Wir <{USER}>"},
        {"Content_Type": "multipart/report; report-type=delivery-status; boundary=x"},
    ],
)
def test_what_no_human_being_wrote_to_us_is_left_unread(server: FakeMail, headers: dict[str, str]) -> None:
    kept = server.arrives(simple(1, **headers))

    said, cursor, bad = polled(server.account)

    assert (said, bad, kept.flags) == ([], [], set())
    assert json.loads(cursor)["folders"]["INBOX"][1] == 1


def test_what_colleagues_send_with_another_program_is_heard_but_not_our_own_answers(server: FakeMail) -> None:
    server.arrives(simple(1, From=USER, In_Reply_To="<frage@strangers.example>"), "Sent", at=datetime.now(UTC))
    server.arrives(simple(2, From=USER, Message_ID="<resonanz.abc@shop.example>"), "Sent", at=datetime.now(UTC))

    said, _, _ = polled(server.account)

    (ours,) = said
    assert ours.author is not None
    assert (ours.author.native_id, ours.parent_id) == (USER, "<frage@strangers.example>")
    assert all(one.flags == set() for one in server.folders["Sent"])


def test_a_form_of_our_own_site_speaks_for_who_filled_it_in(server: FakeMail) -> None:
    server.arrives(simple(1, From="Formular <web@shop.example>", Reply_To="Eva <eva@strangers.example>"))
    server.arrives(simple(2, From="Bob <bob@strangers.example>", Reply_To="Eva <eva@strangers.example>"))

    said, _, _ = polled(server.account)

    assert [one.author.native_id for one in said if one.author] == ["eva@strangers.example", "bob@strangers.example"]


def test_a_large_mail_is_read_to_its_words_and_no_further(server: FakeMail) -> None:
    head = "From: a@b.example\nMessage-ID: <g@b.example>\nContent-Type: multipart/mixed; boundary=x\n\n"
    words = "--x\nContent-Type: text/plain\n\nSiehe Anhang.\n"
    data = (
        "--x\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n" + "QUJD\n" * 2_000_000
    )
    server.arrives(head + words + data + "--x--\n")
    server.arrives(head.replace("<g@", "<h@") + data + words + "--x--\n")

    said, _, bad = polled(server.account)

    assert bad == []
    assert [one.text for one in said] == ["Siehe Anhang.\n\n📎 a.pdf"] * 2


def test_new_mails_are_told_as_they_arrive(server: FakeMail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "QUIET_SECONDS", 0.5)
    server.arrives(simple(1))
    stops: list[bool] = []
    stream = network.stream(server.account, Listening(stopping=lambda: bool(stops)))

    assert next(stream) == Batch((), None)
    assert next(stream) == Batch((), None)
    kept = server.arrives(ASKED)
    said = next(one for one in stream if one.events)

    assert [event.native_id for event in said.events] == ["<frage@strangers.example>"]
    assert (said.cursor, kept.flags) == (None, set())
    stops.append(True)
    assert [one for one in stream if one.events] == []


def test_a_server_that_does_not_tell_is_only_polled(server: FakeMail) -> None:
    server.capabilities = "IMAP4rev1 AUTH=PLAIN"
    with pytest.raises(Unsupported):
        next(network.stream(server.account, Listening(stopping=lambda: False)))


@pytest.mark.parametrize("broken", [DROP, b"TAG NO not now", b"+ idling\r\n* BYE going down"])
def test_a_stream_that_breaks_is_opened_again_later(server: FakeMail, broken: bytes) -> None:
    server.says["IDLE"] = broken
    stream = network.stream(server.account, Listening(stopping=lambda: False))
    assert next(stream) == Batch((), None)
    with pytest.raises(TryLater):
        next(stream)


def test_an_answer_goes_to_the_writer_in_the_thread_and_stands_among_the_sent_ones(server: FakeMail) -> None:
    server.arrives(ASKED.replace("Date:", "References: <a@x.example> <b@x.example>\nDate:"))
    said = f"Grüße!\n.\nFrom hier\n{'lang ' * 60}"

    receipt = network.reply(server.account, order(text=said))

    (raw,) = server.sent
    head, _, body = raw.decode("ascii").partition("\r\n\r\n")
    assert "To: Eva Muster <eva@strangers.example>" in head
    assert f"From: {USER}" in head
    assert f"Message-ID: {receipt.native_id}" in head
    assert "In-Reply-To: <frage@strangers.example>" in head
    assert "References: <a@x.example>\r\n <b@x.example>\r\n <frage@strangers.example>" in head
    assert "Subject: =?utf-8?" in head
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    (copy,) = server.folders["Sent"]
    assert (copy.raw, copy.flags) == (raw, {"\\Seen"})
    assert network.find_sent(server.account, order(), since=clock.now(), known=frozenset()) == receipt
    assert quopri.decodestring(body).decode().replace("\r\n", "\n").rstrip() == said.rstrip()


@pytest.mark.parametrize("header", ["In_Reply_To", "References"])
def test_who_names_nothing_but_our_answer_stays_in_the_thread(server: FakeMail, header: str) -> None:
    server.arrives(ASKED)
    _, cursor, _ = polled(server.account)
    receipt = network.reply(server.account, order())
    server.arrives(simple(2, **{header: receipt.native_id}))
    server.arrives(simple(3))

    said, _, _ = polled(server.account, cursor)

    assert [one.root_id for one in said] == ["<frage@strangers.example>", "<3@strangers.example>"]
    assert said[0].parent_id == receipt.native_id
    assert all(one.flags == {"\\Seen"} for one in server.folders["INBOX"])


def test_an_answer_is_sent_once_however_often_it_is_asked_for(server: FakeMail) -> None:
    server.arrives(ASKED)

    assert network.reply(server.account, order()) == network.reply(server.account, order())

    assert len(server.sent) == 1


def test_a_folder_for_sent_mails_is_made_where_there_is_none(server: FakeMail) -> None:
    server.arrives(ASKED)
    del server.folders["Sent"]

    network.reply(server.account, order())

    assert len(server.folders["Sent"]) == 1


def test_a_mail_without_an_id_is_answered_wherever_it_was_moved_to(server: FakeMail) -> None:
    server.arrives(ASKED.replace("Message-ID: <frage@strangers.example>\n", ""))
    ((said,), _, _) = polled(server.account)
    server.folders["Archiv"] = server.folders["INBOX"][:]
    server.folders["INBOX"].clear()

    network.reply(server.account, order(said.native_id))

    assert b"To: Eva Muster <eva@strangers.example>" in server.sent[0]
    assert b"In-Reply-To" not in server.sent[0]


def test_a_notice_of_another_network_is_not_answered_by_mail(server: FakeMail) -> None:
    with pytest.raises(Unsupported):
        network.reply(server.account, order("4711"))
    assert server.asked == []


def test_the_mail_that_is_answered_has_to_be_there(server: FakeMail) -> None:
    with pytest.raises(Refused, match="parent_is_gone"):
        network.reply(server.account, order())
    assert (server.sent, server.folders["Sent"]) == ([], [])


@pytest.mark.parametrize(
    ("step", "answer", "error"),
    [
        ("", b"421 too many", TryLater),
        ("", DROP, TryLater),
        ("", b"554 go away", Refused),
        ("", b"hallo", TryLater),
        ("EHLO", DROP, TryLater),
        ("AUTH", b"535 5.7.8 wrong", NotAuthorised),
        ("AUTH", b"454 4.7.0 not now", TryLater),
        ("MAIL", b"530 5.7.0 sign in first", NotAuthorised),
        ("MAIL", b"451 busy", TryLater),
        ("MAIL", b"552 5.3.4 too large", Refused),
        ("RCPT", b"550 5.1.1 nobody here", Refused),
        ("RCPT", b"450 4.2.1 come again", TryLater),
        ("RCPT", DROP, TryLater),
        ("DATA", b"503 no", Refused),
        ("DATA", DROP, TryLater),
        (".", b"554 5.7.1 spam", Refused),
        (".", b"451 4.3.0 disk full", TryLater),
    ],
)
def test_what_the_server_says_no_to_is_not_sent_and_leaves_no_copy(
    server: FakeMail, step: str, answer: bytes, error: type[Exception]
) -> None:
    server.arrives(ASKED)
    server.smtp_says[step] = answer

    with pytest.raises(error):
        network.reply(server.account, order())

    assert server.folders["Sent"] == []
    assert network.find_sent(server.account, order(), since=clock.now(), known=frozenset()) is None


def test_an_answer_that_was_taken_is_one_though_its_copy_cannot_be_marked(server: FakeMail) -> None:
    server.arrives(ASKED)
    server.says["UID STORE"] = DROP

    receipt = network.reply(server.account, order())

    assert receipt.native_id.encode() in server.sent[0]
    assert [one.flags for one in server.folders["Sent"]] == [{"\\Flagged", "\\Seen"}]


def test_what_cannot_be_put_among_the_sent_ones_is_not_sent_and_tried_again(server: FakeMail) -> None:
    server.arrives(ASKED)
    server.says["APPEND"] = b"TAG NO [OVERQUOTA] full"

    with pytest.raises(TryLater):
        network.reply(server.account, order())

    assert server.sent == []


def test_a_copy_that_could_not_be_taken_back_is_used_for_the_next_attempt(server: FakeMail) -> None:
    server.arrives(ASKED)
    server.smtp_says["RCPT"], server.says["UID EXPUNGE"] = b"450 later", DROP
    server.says["UID STORE"] = DROP
    with pytest.raises(TryLater):
        network.reply(server.account, order())
    server.smtp_says.clear()
    server.says.clear()

    network.reply(server.account, order())

    assert len(server.sent) == 1
    assert [one.flags for one in server.folders["Sent"]] == [{"\\Seen"}]


@pytest.mark.parametrize("silence", [DROP, b"nonsense"])
def test_silence_after_the_last_line_is_settled_by_nobody_but_a_person(server: FakeMail, silence: bytes) -> None:
    server.arrives(ASKED)
    server.smtp_says["."] = silence

    with pytest.raises(NoAnswer):
        network.reply(server.account, order())

    assert [one.flags for one in server.folders["Sent"]] == [{"\\Flagged", "\\Seen"}]
    with pytest.raises(Refused, match="perhaps_sent"):
        network.find_sent(server.account, order(), since=clock.now(), known=frozenset())


def test_identify_tries_both_servers_and_a_persons_mailbox_only_when_told(server: FakeMail) -> None:
    typed = replace(server.account, native_id="", origin="", handle=" Info@Shop.example ")

    assert network.identify(typed) == server.account
    with pytest.raises(NotAuthorised):
        network.identify(replace(typed, secret="falsch"))
    with pytest.raises(PersonalAccount):
        network.identify(replace(typed, handle="eva.muster@shop.example"))
    with pytest.raises(NotAuthorised):  # asked for, and there is no such mailbox
        network.identify(
            replace(typed, handle="eva.muster@shop.example", settings={**typed.settings, "mailbox": "role"})
        )
    for wrong in ("kein Postfach", "info@", ""):
        with pytest.raises(ValueError, match=wrong.strip() or "^$"):
            network.identify(replace(typed, handle=wrong))
    server.smtp_says["AUTH"] = b"535 no"
    with pytest.raises(NotAuthorised):
        network.identify(typed)


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("", b"* BYE full", TryLater),
        ("", DROP, TryLater),
        ("", b"HTTP/1.1 400 Bad Request\r\n", TryLater),
        ("", b"* PREAUTH welcome", NotAuthorised),
        ("AUTHENTICATE", b"TAG NO [AUTHENTICATIONFAILED] no", NotAuthorised),
        ("AUTHENTICATE", b"TAG NO [UNAVAILABLE] later", TryLater),
        ("AUTHENTICATE", b"TAG NO [ALERT] Too many simultaneous connections", TryLater),
        ("AUTHENTICATE", b"TAG NO no", NotAuthorised),
        ("SELECT", b"TAG NO [NONEXISTENT] gone", Refused),
        ("SELECT", DROP, TryLater),
        ("UID SEARCH", b"* SEARCH eins zwei\r\nTAG OK done", TryLater),
        ("UID SEARCH", b"TAG BAD what", TryLater),
        ("UID FETCH", b"* 1 FETCH (UID 1 BODY[] {99999999999999999999}\r\n", TryLater),
        ("UID FETCH", b"* 1 FETCH (UID 1 BODY[] {2000000000}\r\n", TryLater),
        ("UID FETCH", b"TAG NO later", TryLater),
        ("UID FETCH", b"\xff\xfe\x00 {-1}\r\n", TryLater),
        ("LIST", b"* LIST (\r\nTAG OK done", None),
    ],
)
def test_an_unkind_server_becomes_the_error_that_says_what_to_do(
    server: FakeMail, command: str, answer: bytes, error: type[Exception] | None
) -> None:
    server.arrives(ASKED)
    server.says[command] = answer

    if error is None:
        assert len(polled(server.account)[0]) == 1
    else:
        with pytest.raises(error):
            polled(server.account)


def test_a_server_without_end_is_left(server: FakeMail) -> None:
    server.arrives(ASKED)
    server.says["UID SEARCH"] = b"* 1 FETCH (FLAGS ())\r\n" * 300_000
    with pytest.raises(TryLater, match="try_later"):
        polled(server.account)


def test_no_password_leaves_without_encryption_or_for_a_private_address(
    server: FakeMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ALLOWED_VARIABLE, "")
    with pytest.raises(Refused, match=r"address_refused|mail\.no_server"):
        polled(server.account)
    assert server.asked == []


def test_no_name_of_an_account_and_no_error_shows_its_password(server: FakeMail) -> None:
    server.says["AUTHENTICATE"] = b"TAG NO no"
    with pytest.raises(NotAuthorised) as refused:
        polled(server.account)
    assert server.account.secret not in f"{refused.value!r} {refused.value} {server.account!r}"
