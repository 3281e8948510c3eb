"""What else than answering a network lets us do: on the practice network, and on a Mastodon that others wrote."""

from __future__ import annotations

import sqlite3
import urllib.error
from itertools import count

import pytest
from tests.networks.mastodon_process import MastodonProcess
from tests.networks.memory_process import MemoryProcess

from resonanz.networks.contract import (
    Account,
    Correction,
    Deleted,
    Edited,
    Event,
    Posted,
    ReplyOrder,
    Report,
    Visibility,
)
from resonanz.networks.errors import NoAnswer, Refused
from resonanz.networks.mastodon import MastodonNetwork
from resonanz.networks.memory import MemoryNetwork

practice = MemoryNetwork()
fediverse = MastodonNetwork()
_numbers = count(1)


def heard(account: Account) -> list[Event]:
    return [event for batch in practice.poll(account, "") for event in batch.events]


def reports(network: MemoryProcess) -> list[str]:
    with sqlite3.connect(network.file) as connection:
        found = [words for (words,) in connection.execute("SELECT words FROM report ORDER BY id")]
    connection.close()
    return found


def test_practice_network_hides_and_deletes_only_below_own_posts(memory_network: MemoryProcess) -> None:
    us, ada = (memory_network.open_account(handle) for handle in ("werke", "ada"))
    ours = memory_network.say(us, "Neuer Fahrplan")
    below = memory_network.say(ada, "Idioten", parent_id=ours["id"])
    elsewhere = memory_network.say(ada, "@werke Idioten")

    practice.hide(us, below["id"], on=True)
    with pytest.raises(Refused):
        practice.hide(us, elsewhere["id"], on=True)
    with pytest.raises(Refused):
        practice.delete(us, elsewhere["id"])
    practice.hide(us, below["id"], on=False)
    practice.delete(us, below["id"])
    practice.delete(us, below["id"])

    assert [event.native_id for event in heard(us) if isinstance(event, Deleted)] == [below["id"]]


def test_lost_answer_of_a_deletion_is_repeated_without_harm(memory_network: MemoryProcess) -> None:
    us, ada = (memory_network.open_account(handle) for handle in ("werke", "ada"))
    below = memory_network.say(ada, "Idioten", parent_id=memory_network.say(us, "Fahrplan")["id"])
    memory_network.trouble("lost", method="DELETE")

    with pytest.raises(NoAnswer):
        practice.delete(us, below["id"])
    practice.delete(us, below["id"])

    assert len([event for event in heard(us) if isinstance(event, Deleted)]) == 1


def test_blocked_account_neither_answers_nor_is_heard(memory_network: MemoryProcess) -> None:
    us, ada = (memory_network.open_account(handle) for handle in ("werke", "ada"))
    ours = memory_network.say(us, "Fahrplan")

    practice.block(us, ada.native_id, on=True)
    practice.block(us, ada.native_id, on=True)
    with pytest.raises(urllib.error.HTTPError) as refused:
        memory_network.say(ada, "Hört mich jemand?", parent_id=ours["id"])
    refused.value.close()
    memory_network.say(ada, "@werke hallo")
    practice.block(us, ada.native_id, on=False)
    memory_network.say(ada, "@werke wieder da")

    addressed = [event.text for event in heard(us) if isinstance(event, Posted) and event.addressed]
    assert addressed == ["@werke wieder da"]


def test_report_is_told_as_often_as_it_is_said(memory_network: MemoryProcess) -> None:
    us, ada = (memory_network.open_account(handle) for handle in ("werke", "ada"))
    post = memory_network.say(ada, "@werke Idioten")

    practice.report(us, Report(native_id=post["id"], author_id=ada.native_id, words="Beleidigung"))

    assert reports(memory_network) == ["Beleidigung"]


def test_correction_with_the_same_words_is_no_edit(memory_network: MemoryProcess) -> None:
    us, ada = (memory_network.open_account(handle) for handle in ("werke", "ada"))
    post = memory_network.say(ada, "@werke wann?")
    ours = memory_network.say(us, "Um acht", parent_id=post["id"])
    correction = Correction(native_id=ours["id"], parent_id=post["id"], text="Um neun")

    practice.correct(us, correction)
    practice.correct(us, correction)
    practice.withdraw(us, ours["id"])
    practice.withdraw(us, ours["id"])

    changes = [type(event) for event in heard(ada) if isinstance(event, Edited | Deleted)]
    assert changes == [Deleted]  # the edited words are withdrawn with the post


@pytest.fixture
def us(mastodon: MastodonProcess) -> Account:
    return mastodon.open_account(f"acting{next(_numbers)}")


@pytest.fixture
def ada(mastodon: MastodonProcess) -> Account:
    return mastodon.open_account(f"acted{next(_numbers)}")


def test_mastodon_favourite_is_given_once_and_taken_back(mastodon: MastodonProcess, us: Account, ada: Account) -> None:
    status = mastodon.say(ada, "Danke")

    fediverse.like(us, status["id"], on=True)
    fediverse.like(us, status["id"], on=True)
    liked = mastodon.call("GET", f"/api/v1/statuses/{status['id']}", ada.secret)["favourites_count"]
    fediverse.like(us, status["id"], on=False)

    assert liked == 1
    assert mastodon.call("GET", f"/api/v1/statuses/{status['id']}", ada.secret)["favourites_count"] == 0


def test_mastodon_answer_is_corrected_with_its_mention_and_withdrawn(
    mastodon: MastodonProcess, us: Account, ada: Account
) -> None:
    status = mastodon.say(ada, f"@{us.handle.split('@')[0]} wann?")
    order = ReplyOrder(
        key="c1", text="Um acht", parent_id=status["id"], root_id=status["id"], visibility=Visibility.PUBLIC
    )
    receipt = fediverse.reply(us, order)

    fediverse.correct(us, Correction(native_id=receipt.native_id, parent_id=status["id"], text="Um neun"))
    source = mastodon.call("GET", f"/api/v1/statuses/{receipt.native_id}/source", us.secret)["text"]
    fediverse.withdraw(us, receipt.native_id)
    fediverse.withdraw(us, receipt.native_id)

    assert source == f"@{ada.handle.split('@')[0]} Um neun"
    with pytest.raises(urllib.error.HTTPError) as gone:
        mastodon.call("GET", f"/api/v1/statuses/{receipt.native_id}", us.secret)
    gone.value.close()


def test_mastodon_account_is_blocked_and_let_in_again(mastodon: MastodonProcess, us: Account, ada: Account) -> None:
    fediverse.block(us, ada.native_id, on=True)
    blocked = mastodon.call("GET", f"/api/v1/accounts/relationships?id[]={ada.native_id}", us.secret)[0]["blocking"]
    fediverse.block(us, ada.native_id, on=False)

    assert blocked is True
    assert (
        mastodon.call("GET", f"/api/v1/accounts/relationships?id[]={ada.native_id}", us.secret)[0]["blocking"] is False
    )


def test_mastodon_report_reaches_the_moderators(mastodon: MastodonProcess, us: Account, ada: Account) -> None:
    status = mastodon.say(ada, "Idioten")

    fediverse.report(us, Report(native_id=status["id"], author_id=ada.native_id, words="Beleidigung " * 200))

    with sqlite3.connect(mastodon.folder / "server.sqlite3", timeout=20) as connection:
        told = connection.execute("SELECT comment FROM reports WHERE target_account_id = ?", [int(ada.native_id)])
        comments = [comment for (comment,) in told]
    connection.close()
    assert comments == [("Beleidigung " * 200)[:1000]]


def test_mastodon_report_without_answer_says_so(mastodon: MastodonProcess, us: Account, ada: Account) -> None:
    status = mastodon.say(ada, "Idioten")
    mastodon.trouble("/api/v1/reports", {"status": 500}, method="POST")

    with pytest.raises(NoAnswer):
        fediverse.report(us, Report(native_id=status["id"], author_id=ada.native_id, words="Beleidigung"))


def test_mastodon_refuses_what_is_somebody_elses_in_its_own_words(
    mastodon: MastodonProcess, us: Account, ada: Account
) -> None:
    status = mastodon.say(ada, "Meins")

    with pytest.raises(Refused):
        fediverse.withdraw(us, status["id"])
