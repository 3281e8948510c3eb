"""Our connector with Dovecot and Postfix."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from uuid import uuid4

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock, wire
from resonanz.listening.models import Post, Speaker
from resonanz.networks.connections import connecting
from resonanz.networks.contract import Account, Posted, ReplyOrder, Visibility
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.mail import MailNetwork, imap
from resonanz.networks.models import Channel
from resonanz.networks.streams import Listening
from resonanz.pipeline.models import PutAside
from resonanz.pipeline.polling import poll_once
from resonanz.service.answers.outbox import send_due
from resonanz.service.answers.replies import queue_reply
from resonanz.service.models import Case, CasePost, CasePostState, OutgoingState
from tests.peers.mail_servers import SHOP, STRANGERS, MailServers, Person
from tests.service.conftest import MovingClock

network = MailNetwork()
MAILS = Path(__file__).parents[1] / "networks" / "mails"


@pytest.fixture
def eva(mail: MailServers) -> Person:
    return mail.open_mailbox("eva")


@pytest.fixture
def shop(mail: MailServers) -> Person:
    return mail.open_mailbox("service", SHOP)


@pytest.fixture
def typed(mail: MailServers, shop: Person) -> Account:
    """As somebody types it: reading by STARTTLS, sending by TLS from the first byte."""
    settings = {"smtp": f"smtps://localhost:{mail.ports['submissions']}", "mail_name": "Nordhain · Größe zählt"}
    address = f"imap://localhost:{mail.ports['imap']}"
    return Account(network="mail", address=address, handle=shop.address, secret=shop.password, settings=settings)


@pytest.fixture
def account(typed: Account) -> Account:
    return network.identify(typed)


def polled(account: Account, cursor: str = "") -> tuple[list[Posted], str]:
    said: list[Posted] = []
    for batch in network.poll(account, cursor):
        said += [event for event in batch.events if isinstance(event, Posted)]
        cursor = batch.cursor or cursor
    return said, cursor


def asked(eva: Person, shop: Person, number: int = 1, words: str = "Gibt es Größe 46?") -> bytes:
    return (
        f"From: Eva Muster <{eva.address}>\r\nTo: {shop.address}\r\nSubject: Frage {number}\r\n"
        f"Message-ID: <{number}.{eva.address}>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
    ).encode()


def order(eva: Person, number: int = 1, text: str = "Ja, gibt es.") -> ReplyOrder:
    parent = f"<{number}.{eva.address}>"
    return ReplyOrder(key=str(uuid4()), text=text, parent_id=parent, root_id=parent, visibility=Visibility.PRIVATE)


def is_there(words: str) -> Callable[[bytes], bool]:
    return lambda raw: words.encode() in raw


def test_mailbox_is_known_by_its_address_and_a_wrong_password_is_refused(
    account: Account, typed: Account, mail: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert account.native_id == typed.handle
    assert account.address == f"imap://localhost:{mail.ports['imap']}"
    with pytest.raises(NotAuthorised):
        network.identify(replace(typed, secret="falsch"))
    with pytest.raises(Refused):  # there is no such folder
        network.identify(replace(typed, settings={**typed.settings, "mail_folders": "INBOX, Nirgends"}))
    monkeypatch.delenv("SSL_CERT_FILE")
    wire.tls.cache_clear()
    with pytest.raises(TryLater):  # nobody vouches for the server any more
        network.identify(typed)


def test_a_mail_is_heard_unread_until_then_and_answered_in_its_thread(
    account: Account, eva: Person, shop: Person
) -> None:
    eva.send(shop.address, asked(eva, shop))
    shop.receives(is_there("Frage 1"))

    batches = network.poll(account, "")
    (said,) = next(batches).events
    assert isinstance(said, Posted)
    assert (said.text, said.author and said.author.name) == ("Frage 1\n\nGibt es Größe 46?", "Eva Muster")
    assert b"\\Seen" not in shop.mails()[0][0]
    assert list(batches)
    assert b"\\Seen" in shop.mails()[0][0]

    answer = order(eva, text=f"Ja, Größe 46 gibt es.\n.\n{'Gern mehr dazu. ' * 30}\nIhr Nordhain")
    receipt = network.reply(account, answer)

    got = message_from_bytes(eva.receives(is_there(receipt.native_id)), policy=policy.default)
    assert got["In-Reply-To"] == got["References"] == said.native_id
    assert got["Subject"] == "Re: Frage 1"
    assert got["From"].addresses[0].display_name == "Nordhain · Größe zählt"
    assert got.get_content().replace("\r\n", "\n").rstrip() == answer.text
    ((flags, copy),) = shop.mails("Sent")
    assert b"\\Flagged" not in flags
    assert receipt.native_id.encode() in copy
    assert network.find_sent(account, answer, since=clock.now(), known=frozenset()) == receipt
    assert network.reply(account, answer) == receipt
    time.sleep(0.5)
    assert len(eva.mails()) == 1


def test_a_folder_with_umlauts_and_one_that_was_moved_to(account: Account, eva: Person, shop: Person) -> None:
    shop.put(asked(eva, shop), "Gesch&AOQ-ft")
    account = replace(account, settings={**account.settings, "mail_folders": "INBOX, Geschäft"})

    said, cursor = polled(account)
    assert [one.native_id for one in said] == [f"<1.{eva.address}>"]
    with shop.open("Gesch&AOQ-ft") as box:
        box.copy("1", "INBOX")
        box.store("1", "+FLAGS", "\\Deleted")
        box.expunge()

    again, _ = polled(account, cursor)
    assert [one.native_id for one in again] == [f"<1.{eva.address}>"]  # known, and stored once
    assert network.reply(account, order(eva)).native_id


def test_a_hundred_mails_while_nobody_listened_are_all_heard_once(account: Account, eva: Person, shop: Person) -> None:
    _, cursor = polled(account)
    for number in range(100):
        shop.put(asked(eva, shop, number))

    said, cursor = polled(account, cursor)

    assert [one.native_id for one in said] == [f"<{number}.{eva.address}>" for number in range(100)]
    assert polled(account, cursor)[0] == []


def test_new_mail_is_told_within_a_moment(
    account: Account, eva: Person, shop: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "QUIET_SECONDS", 1.0)
    stopping = threading.Event()
    stream = network.stream(account, Listening(stopping=stopping.is_set))
    assert next(stream).events == ()

    eva.send(shop.address, asked(eva, shop))
    started = time.monotonic()
    (said,) = next(one for one in stream if one.events).events

    assert said.native_id == f"<1.{eva.address}>"
    assert time.monotonic() - started < 5
    assert b"\\Seen" not in shop.mails()[0][0]
    stopping.set()
    assert [one for one in stream if one.events] == []


@pytest.mark.parametrize(("who", "error"), [("gone", Refused), ("busy", TryLater)])
def test_what_postfix_says_no_to_leaves_no_copy(
    account: Account, shop: Person, who: str, error: type[Exception]
) -> None:
    shop.put(f"From: {who}@{STRANGERS}\r\nMessage-ID: <x@{STRANGERS}>\r\n\r\nHallo\r\n".encode())
    answer = replace(order(shop), parent_id=f"<x@{STRANGERS}>")

    with pytest.raises(error) as refused:
        network.reply(account, answer)

    assert "password" not in str(refused.value)
    assert shop.mails("Sent") == []


def test_a_large_mail_with_a_large_attachment(account: Account, eva: Person, shop: Person) -> None:
    head = asked(eva, shop).split(b"\r\n\r\n")[0].replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=x")
    words = "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSiehe Anhang, Größe.\r\n".encode()
    data = b"--x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    eva.send(shop.address, head + b"\r\n\r\n" + words + data + b"QUJD\r\n" * 1_700_000 + b"--x--\r\n")
    shop.receives(is_there("Frage 1"))

    ((said,), _) = polled(account)

    assert said.text == "Frage 1\n\nSiehe Anhang, Größe.\n\n📎 a.pdf"


def test_notices_of_networks_count_where_our_server_vouches_for_them(
    mail: MailServers, account: Account, shop: Person
) -> None:
    raw = (MAILS / "xing_comment.eml").read_bytes()
    bare = b"\n".join(line for line in raw.split(b"\n") if not line.startswith((b"Authentication", b"Received")))
    Person(mail, "notices@mailrobot.xing.com", "").send(shop.address, bare)
    Person(mail, "forger@mailrobot.xing.com", "").send(shop.address, bare.replace(b"<1@", b"<2@"))
    shop.receives(is_there("<1@mailrobot"))
    shop.receives(is_there("<2@mailrobot"))

    batches = list(network.poll(account, ""))

    heard = [event for batch in batches for event in batch.events if isinstance(event, Posted)]
    assert [(one.network, one.text) for one in heard] == [("xing", "Gibt es den Schuh auch in Größe 46?")]
    assert [one.reason for batch in batches for one in batch.bad] == ["mail.unverified_notice"]
    assert [(b"\\Seen" in flags, b"<1@" in raw) for flags, raw in shop.mails()].count((False, False)) == 1


@pytest.mark.django_db
def test_question_becomes_a_case_its_answer_leaves_and_what_is_said_to_it_comes_back(
    typed: Account,
    eva: Person,
    shop: Person,
    agent: User,
    moving_clock: MovingClock,
) -> None:
    channel = _connected(typed, agent)
    eva.send(shop.address, asked(eva, shop))
    shop.receives(is_there("Frage 1"))
    poll_once(channel.pk)
    case, post = Case.objects.get(), Post.objects.get()
    assert (case.visibility, post.author_name) == ("PRIVATE", "Eva Muster")

    outgoing = queue_reply(case_id=case.pk, post_id=post.pk, text="Ja, gibt es.", author=agent, key=uuid4())
    moving_clock.forward(seconds=11)
    send_due(outgoing_id=outgoing.pk)
    outgoing.refresh_from_db()
    assert outgoing.state == OutgoingState.SENT
    assert CasePost.objects.get(case=case).state == CasePostState.ANSWERED
    eva.receives(is_there(outgoing.native_id))

    thanks = asked(eva, shop, 2, "Danke! Und Größe 47?\r\n\r\nOn Mon, Service <x> wrote:\r\n> Ja, gibt es.")
    above = f"In-Reply-To: {outgoing.native_id}\r\nReferences: {post.native_id} {outgoing.native_id}\r\n".encode()
    eva.send(shop.address, above + thanks.replace(b"Subject: ", b"Subject: Re: "))
    shop.receives(is_there("Danke!"))
    poll_once(channel.pk)

    assert Case.objects.get() == case
    assert list(Post.objects.order_by("id").values_list("text", flat=True))[1:] == ["Danke! Und Größe 47?"]
    assert not Post.objects.filter(speaker=Speaker.OWN).exists()
    assert all(b"\\Seen" in flags for flags, _ in shop.mails())
    channel.refresh_from_db()
    assert (channel.failure_code, channel.state) == ("", "ACTIVE")


@pytest.mark.django_db
def test_what_is_said_on_xing_is_answered_there_by_hand(
    mail: MailServers,
    typed: Account,
    shop: Person,
    agent: User,
    moving_clock: MovingClock,
) -> None:
    channel = _connected(typed, agent)
    raw = (MAILS / "xing_comment.eml").read_bytes()
    Person(mail, "notices@mailrobot.xing.com", "").send(shop.address, raw.split(b"\n", 2)[2])
    shop.put(raw.replace(b"kommentiert", b"gelesen"))
    shop.receives(is_there("kommentiert"))
    poll_once(channel.pk)
    case, post = Case.objects.get(), Post.objects.get()
    assert (post.network, case.visibility) == ("xing", "PUBLIC")
    assert [(one.raw, one.reason) for one in PutAside.objects.all()] == [
        ("mailrobot.xing.com", "mail.unverified_notice")
    ]

    outgoing = queue_reply(case_id=case.pk, post_id=post.pk, text="Ja, gibt es.", author=agent, key=uuid4())
    moving_clock.forward(seconds=11)
    send_due(outgoing_id=outgoing.pk)

    outgoing.refresh_from_db()
    assert outgoing.state == OutgoingState.ASSISTED
    assert shop.mails("Sent") == []


def _connected(typed: Account, actor: User) -> Channel:
    channel = connecting.by_token(name="Service", account=typed, actor=actor)
    Channel.objects.filter(pk=channel.pk).update(state="ACTIVE")
    return channel
