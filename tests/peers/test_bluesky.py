"""Our connector on an AT Protocol network that others wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from resonanz.core import clock
from resonanz.networks.bluesky import BlueskyNetwork
from resonanz.networks.bluesky.posts import address_of
from resonanz.networks.contract import (
    Account,
    Counted,
    Deleted,
    Edited,
    Event,
    Posted,
    Quoted,
    ReplyOrder,
    Report,
    Visibility,
)
from resonanz.networks.errors import NoAnswer, NotAuthorised, TryLater
from tests.peers.atproto_network import AtprotoNetwork
from tests.peers.atproto_person import Person, Picture, Strong, wait_for
from tests.pictures import picture

network = BlueskyNetwork()


@pytest.fixture
def eva(atproto: AtprotoNetwork) -> Person:
    return atproto.open_account("eva")


@pytest.fixture
def shop(atproto: AtprotoNetwork) -> Person:
    return atproto.open_account("werke")


@pytest.fixture
def account(atproto: AtprotoNetwork, shop: Person) -> Account:
    """As somebody connects it."""
    typed = Account(
        network="bluesky", address=atproto.pds_url, handle=f"@{shop.handle}", secret=shop.app_password("Resonanz")
    )
    return network.identify(typed)


class Ear:
    """Listens on, with a round each time."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.cursor = ""
        self.heard: list[Event] = []

    def listen(self) -> list[Event]:
        """All that was heard so far."""
        for batch in network.poll(self.account, self.cursor):
            self.heard += batch.events
            assert batch.cursor is not None
            assert batch.bad == ()
            self.cursor = batch.cursor
        kept = json.loads(self.cursor)
        self.cursor = json.dumps({**kept, "round_at": (clock.now() - timedelta(minutes=1)).isoformat()})
        return self.heard

    def until(self, kind: type[Event], native_id: str) -> Event:
        """Listens until there is such an event of this post."""

        def such() -> list[Event]:
            return [event for event in self.listen() if isinstance(event, kind) and event.native_id == native_id]

        return wait_for(such, bool)[-1]


def order(parent: str, text: str) -> ReplyOrder:
    return ReplyOrder(key="k", text=text, parent_id=parent, root_id=parent, visibility=Visibility.PUBLIC)


def test_account_is_known_by_its_did_and_a_wrong_password_is_refused(account: Account, shop: Person) -> None:
    assert (account.native_id, account.handle, account.origin) == (shop.did, shop.handle, "at://")
    with pytest.raises(NotAuthorised):
        network.identify(replace(account, secret="aaaa-bbbb-cccc-dddd"))


def test_mention_is_heard_with_picture_and_answered_in_its_thread(account: Account, eva: Person, shop: Person) -> None:
    shown = Picture(picture("PNG"), description="Ein Rad ohne Kette")
    post = eva.post(f"Größe 🚲 fehlt, @{shop.handle}!", mentions=[shop], pictures=[shown])

    heard = Ear(account).until(Posted, post.uri)
    receipt = network.reply(
        account, order(post.uri, f"Das tut uns leid, @{eva.handle}. Mehr: https://shop.example/rad")
    )

    assert isinstance(heard, Posted)
    assert heard.text == f"Größe 🚲 fehlt, @{shop.handle}!\n\n[Ein Rad ohne Kette]"
    assert (heard.addressed, heard.root_id, heard.parent_id) == (True, post.uri, "")
    assert shop.did in heard.mentions
    assert [media.alt for media in heard.media] == ["Ein Rad ohne Kette"]
    (answer,) = eva.replies_to(post.uri, at_least=1)
    assert (answer.did, answer.uri) == (shop.did, receipt.native_id)
    record = shop.record(receipt.native_id)
    features = [facet["features"][0] for facet in record["facets"]]
    assert [feature.get("did") or feature.get("uri") for feature in features] == [eva.did, "https://shop.example/rad"]
    assert eva.notifications(at_least=1)[0]["uri"] == receipt.native_id
    assert receipt.url == address_of(receipt.native_id, shop.handle)


def test_answer_deep_in_a_thread_names_its_root_though_that_is_deleted(account: Account, eva: Person) -> None:
    root = eva.post("Wer kennt die?")
    ours = network.reply(account, order(root.uri, "Wir uns."))
    ear = Ear(account)
    (answer,) = eva.replies_to(root.uri, at_least=1)
    again = eva.post("Und sonst?", reply_to=Strong(answer.uri, answer.cid))
    ear.until(Posted, again.uri)
    eva.delete(root.uri)

    last = network.reply(account, order(again.uri, "Alle hier."))

    found = eva.record(again.uri)
    assert found["reply"]["root"]["uri"] == root.uri
    assert eva.ask("com.atproto.repo.getRecord", **_place(last.native_id))["value"]["reply"]["root"]["uri"] == root.uri
    assert ours.native_id != last.native_id


def test_reply_right_after_our_post_is_heard_though_no_notification_may_tell(
    account: Account, eva: Person, shop: Person
) -> None:
    root = shop.post("Heute bis acht offen.")
    answer = eva.post("Auch samstags?", reply_to=root)

    heard = Ear(account).until(Posted, answer.uri)

    assert isinstance(heard, Posted)
    assert (heard.parent_id, heard.root_id, heard.text) == (root.uri, root.uri, "Auch samstags?")


def test_deleted_post_is_gone_and_counts_follow(account: Account, eva: Person, shop: Person) -> None:
    stays = eva.post(f"@{shop.handle} prima!", mentions=[shop])
    goes = eva.post(f"@{shop.handle} Mist!", mentions=[shop])
    ear = Ear(account)
    ear.until(Posted, stays.uri)
    ear.until(Posted, goes.uri)

    eva.delete(goes.uri)
    eva.like(stays)
    counted = ear.until(Counted, stays.uri)
    ear.until(Deleted, goes.uri)

    assert isinstance(counted, Counted)
    assert counted.likes == 1
    assert not [event for event in ear.heard if isinstance(event, Deleted) and event.native_id == stays.uri]


def test_quote_has_its_words_until_these_are_deleted(
    atproto: AtprotoNetwork, account: Account, eva: Person, shop: Person
) -> None:
    ben = atproto.open_account("ben")
    hers, ours = ben.post("Der Sattel ist da"), shop.post("Heute bis acht offen.")
    beside = eva.post(f"@{shop.handle} so geht das also", mentions=[shop], quote=hers)
    about_us = eva.post("Steht da wirklich.", quote=ours)
    ear = Ear(account)

    heard = [ear.until(Posted, one.uri) for one in (beside, about_us)]

    quotes = [one.quoted for one in heard if isinstance(one, Posted) and one.quoted and one.quoted.author]
    assert [(one.native_id, one.author and one.author.native_id, one.text) for one in quotes] == [
        (hers.uri, ben.did, "Der Sattel ist da"),
        (ours.uri, shop.did, "Heute bis acht offen."),
    ]
    assert [one.addressed for one in heard if isinstance(one, Posted)] == [True, True]

    ben.delete(hers.uri)
    edit = ear.until(Edited, beside.uri)
    assert isinstance(edit, Edited)
    assert edit.quoted == Quoted()


def test_whom_we_block_has_deleted_nothing(account: Account, eva: Person, shop: Person) -> None:
    post = eva.post(f"@{shop.handle} Schund!", mentions=[shop])
    ear = Ear(account)
    ear.until(Posted, post.uri)

    network.block(account, eva.did, on=True)
    wait_for(lambda: shop.ask("app.bsky.feed.getPosts", uris=post.uri)["posts"], lambda found: not found)
    for _ in range(4):
        ear.listen()

    assert not [event for event in ear.heard if isinstance(event, Deleted)]


def test_closed_account_takes_its_posts_along(account: Account, eva: Person, shop: Person) -> None:
    post = eva.post(f"@{shop.handle} hallo", mentions=[shop])
    ear = Ear(account)
    ear.until(Posted, post.uri)

    eva.deactivate()

    assert isinstance(ear.until(Deleted, post.uri), Deleted)


def test_hashtag_brings_strangers(account: Account, eva: Person) -> None:
    post = eva.post("alles über #wanderschuhpflege")

    heard = Ear(replace(account, settings={"hashtags": "wanderschuhpflege"})).until(Posted, post.uri)

    assert isinstance(heard, Posted)
    assert not heard.addressed


def test_answer_whose_word_was_lost_is_found_again_and_given_once(
    account: Account, atproto: AtprotoNetwork, eva: Person
) -> None:
    post, since = eva.post("Und?"), clock.now() - timedelta(minutes=1)
    wait_for(lambda: eva.is_shown(post.uri), bool)
    network.identify(account)
    wanted = order(post.uri, "Ja.")
    parent = wait_for(lambda: eva.replies_to(post.uri), lambda _found: True)
    assert parent == []

    atproto.cut("losing")
    with pytest.raises((NoAnswer, TryLater)):
        network.reply(account, wanted)
    atproto.mend()
    found = network.find_sent(account, wanted, since=since, known=frozenset())
    receipt = found or network.reply(account, wanted)

    assert [answer.uri for answer in eva.replies_to(post.uri, at_least=1)] == [receipt.native_id]


def test_what_is_done_to_posts_shows_there_and_is_undone(account: Account, eva: Person, shop: Person) -> None:
    root = shop.post("Neu bei uns")
    below = eva.post("Alles Schund", reply_to=root)
    wait_for(lambda: eva.is_shown(below.uri), bool)

    for on in (True, True, False):
        network.like(account, below.uri, on=on)
        wait_for(lambda: _view(eva, below.uri)["likeCount"], lambda likes, on=on: likes == int(on))  # type: ignore[misc]
        network.hide(account, below.uri, on=on)
    for on in (True, True, False):
        network.block(account, eva.did, on=on)
        wait_for(
            lambda: shop.ask("app.bsky.actor.getProfile", actor=eva.did)["viewer"],
            lambda viewer, on=on: bool(viewer.get("blocking")) == on,  # type: ignore[misc]
        )
    network.report(account, Report(native_id=below.uri, author_id=eva.did, words="Beleidigung"))
    ours = network.reply(account, order(below.uri, "Bitte freundlich.")).native_id
    network.withdraw(account, ours)

    gate = shop.ask("com.atproto.repo.getRecord", repo=shop.did, collection="app.bsky.feed.threadgate", rkey=root.key)
    assert gate["value"]["hiddenReplies"] == []
    assert wait_for(lambda: eva.replies_to(below.uri), lambda found: not found) == []


def test_revoked_password_asks_for_a_person_and_a_cut_off_server_for_patience(
    account: Account, atproto: AtprotoNetwork, shop: Person
) -> None:
    ear = Ear(account)
    ear.listen()

    atproto.cut()
    with pytest.raises(TryLater):
        ear.listen()
    atproto.mend()
    ear.listen()
    shop.revoke_app_password("Resonanz")

    with pytest.raises(NotAuthorised):
        network.identify(replace(account, handle=shop.handle.upper()))


def test_renamed_author_stays_the_same(account: Account, eva: Person, shop: Person) -> None:
    first = eva.post(f"@{shop.handle} eins", mentions=[shop])
    ear = Ear(account)
    before = ear.until(Posted, first.uri)
    eva.rename("neu-" + eva.handle)
    second = eva.post(f"@{shop.handle} zwei", mentions=[shop])
    after = ear.until(Posted, second.uri)

    assert isinstance(before, Posted)
    assert isinstance(after, Posted)
    assert before.author is not None
    assert after.author is not None
    assert before.author.native_id == after.author.native_id == eva.did


def _place(uri: str) -> dict[str, str]:
    repo, collection, key = uri.removeprefix("at://").split("/")
    return {"repo": repo, "collection": collection, "rkey": key}


def _view(person: Person, uri: str) -> dict[str, object]:
    (found,) = person.ask("app.bsky.feed.getPosts", uris=uri)["posts"]
    return dict(found)
