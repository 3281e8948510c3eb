"""Pictures on networks: what they tell of those of others, and ours brought before the answer that names them."""

from __future__ import annotations

import io
import json
import urllib.request
from dataclasses import replace

import pytest
from PIL import Image
from tests.networks.mastodon_process import MastodonProcess
from tests.networks.memory_process import MemoryProcess
from tests.networks.page_server import PageServer, page

from resonanz.networks.contract import Account, Edited, Media, MediaKind, Posted, ReplyOrder, Visibility
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused
from resonanz.networks.feeds.reading import read_feed
from resonanz.networks.mastodon import MastodonNetwork
from resonanz.networks.mastodon.media import media_of
from resonanz.networks.memory import MemoryNetwork
from resonanz.networks.pictures import Picture

ALT = "Ein Ladegerät, grün leuchtend – „voll“"


def png(*, side: int = 20) -> bytes:
    into = io.BytesIO()
    Image.new("RGB", (side, side), "green").save(into, "PNG")
    return into.getvalue()


PICTURE = Picture(content_type="image/png", data=png(), alt=ALT)


def answer_to(native_id: str, *picture_ids: str, key: str = "k1") -> ReplyOrder:
    return ReplyOrder(
        key=key, text="So sieht es aus.", parent_id=native_id, root_id=native_id, visibility=Visibility.PUBLIC,
        picture_ids=picture_ids,
    )  # fmt: skip


def told(account: Account) -> list[Posted | Edited]:
    found = [event for batch in MemoryNetwork().poll(account, "") for event in batch.events]
    return [event for event in found if isinstance(event, Posted | Edited)]


def test_picture_stands_beside_the_answer_with_what_it_shows(memory_network: MemoryProcess) -> None:
    us, ada = (memory_network.open_account(handle) for handle in ("werke", "ada"))
    asked = memory_network.say(ada, "@werke leuchtet es?")

    brought = MemoryNetwork().upload(us, PICTURE)
    MemoryNetwork().reply(us, answer_to(asked["id"], brought.native_id))

    answer = told(ada)[-1]
    assert isinstance(answer, Posted)
    (shown,) = answer.media
    assert (shown.kind, shown.alt) == (MediaKind.IMAGE, ALT)
    with urllib.request.urlopen(shown.url) as found:  # noqa: S310 # our own process
        assert (found.read(), found.headers["Content-Type"]) == (PICTURE.data, "image/png")


def test_picture_changes_with_its_post_and_leaves_with_it(memory_network: MemoryProcess) -> None:
    us, ada = (memory_network.open_account(handle) for handle in ("werke", "ada"))
    first, second = (MemoryNetwork().upload(ada, PICTURE).native_id for _ in range(2))
    said = memory_network.say(ada, "@werke so leuchtet es", pictures=[first])
    memory_network.call("PATCH", f"/posts/{said['id']}", ada.secret, text="@werke jetzt", pictures=[second])

    edited = told(us)[-1]
    assert isinstance(edited, Edited)
    assert [one.url.rpartition("/")[2] for one in edited.media or ()] == [second]

    memory_network.call("DELETE", f"/posts/{said['id']}", ada.secret)
    with pytest.raises(urllib.error.HTTPError):
        memory_network.call("GET", f"/media/{second}")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"content_type": "image/svg+xml"}, "A picture is image/png or image/jpeg."),
        ({"data": bytes(3 * 1024 * 1024)}, "A picture has 1 to 2097152 bytes."),
        ({"alt": "x" * 1501}, "A description has up to 1500 characters."),
    ],
)
def test_network_says_what_it_does_not_take(
    memory_network: MemoryProcess, change: dict[str, object], words: str
) -> None:
    us = memory_network.open_account("werke")

    with pytest.raises(Refused) as refused:
        MemoryNetwork().upload(us, replace(PICTURE, **change))  # type: ignore[arg-type]

    assert refused.value.words == words


def test_picture_of_somebody_else_cannot_be_named(memory_network: MemoryProcess) -> None:
    us, ada = (memory_network.open_account(handle) for handle in ("werke", "ada"))
    asked = memory_network.say(ada, "@werke Hallo?")
    theirs = MemoryNetwork().upload(ada, PICTURE)

    with pytest.raises(Refused):
        MemoryNetwork().reply(us, answer_to(asked["id"], theirs.native_id))

    assert [event.text for event in told(ada)] == ["@werke Hallo?"]


def test_mastodon_takes_pictures_and_tells_of_them(mastodon: MastodonProcess) -> None:
    us, ada = mastodon.open_account("pictured"), mastodon.open_account("beholder")  # all tests share the server
    asked = mastodon.say(ada, "@pictured leuchtet es?")
    network = MastodonNetwork()

    brought = network.upload(us, PICTURE)
    assert network.is_ready(us, brought.native_id)
    receipt = network.reply(us, answer_to(asked["id"], brought.native_id))
    again = network.reply(us, answer_to(asked["id"], brought.native_id))

    assert again.native_id == receipt.native_id
    own = [event for batch in network.poll(us, "") for event in batch.events if isinstance(event, Posted)]
    (answer,) = (post for post in own if post.native_id == receipt.native_id)
    assert [(one.kind, one.alt) for one in answer.media] == [(MediaKind.IMAGE, ALT)]


def us_at(pages: PageServer) -> Account:
    return Account(network="mastodon", address=pages.url("").rstrip("/"), native_id="1", secret="token")


def test_picture_that_the_server_works_on_is_waited_for(pages: PageServer) -> None:
    pages.pages["/api/v2/media"] = page(json.dumps({"id": "7", "url": None}).encode(), 202)
    pages.pages["/api/v1/media/7"] = page(json.dumps({"id": "7"}).encode(), 206)
    network, us = MastodonNetwork(), us_at(pages)

    brought = network.upload(us, PICTURE)
    assert (brought.native_id, brought.is_ready, network.is_ready(us, "7")) == ("7", False, False)
    sent = pages.bodies[0]
    assert PICTURE.data in sent
    assert ALT.encode() in sent

    pages.pages["/api/v1/media/7"] = page(json.dumps({"id": "7"}).encode(), 200)
    assert network.is_ready(us, "7")
    pages.pages["/api/v1/media/7"] = page(json.dumps({"error": "Record not found"}).encode(), 404)
    with pytest.raises(Refused):
        network.is_ready(us, "7")


def test_older_server_takes_pictures_by_the_older_way(pages: PageServer) -> None:
    pages.pages["/api/v2/media"] = page(b'{"error": "Not found"}', 404)
    pages.pages["/api/v1/media"] = page(b'{"id": 8}')

    assert MastodonNetwork().upload(us_at(pages), PICTURE).native_id == "8"


def test_what_a_server_answers_to_a_picture_is_told_apart(pages: PageServer) -> None:
    network, us = MastodonNetwork(), us_at(pages)
    pages.pages["/api/v2/media"] = page(b'{"error": "Validation failed: File is too big"}', 422)
    with pytest.raises(Refused) as refused:
        network.upload(us, PICTURE)
    assert refused.value.words == "Validation failed: File is too big"

    pages.pages["/api/v2/media"] = page(b'{"error": "This action is outside the authorized scopes"}', 403)
    with pytest.raises(NotAuthorised):
        network.upload(us, PICTURE)

    pages.pages["/api/v2/media"] = page(b"<h1>Hello</h1>")
    with pytest.raises(NoAnswer):
        network.upload(us, PICTURE)


def test_attachments_of_any_shape_are_read_or_passed_over() -> None:
    found = media_of(
        [
            {"type": "gifv", "url": "https://a.example/1.mp4", "preview_url": "https://a.example/1.png", "meta": []},
            {"type": "image", "url": None, "remote_url": "https://b.example/2.png", "description": 7},
            {"type": "image", "url": "javascript:alert(1)"},
            {"type": ["unknown"], "url": "https://c.example/3", "meta": {"original": {"width": 3, "height": "x"}}},
            "rubbish",
        ]
    )

    assert found == (
        Media(MediaKind.VIDEO, "https://a.example/1.mp4", "https://a.example/1.png"),
        Media(MediaKind.IMAGE, "https://b.example/2.png"),
        Media(MediaKind.DOCUMENT, "https://c.example/3", width=3),
    )
    assert media_of(None) == ()


def test_feed_tells_of_enclosures_and_media() -> None:
    body = """<?xml version="1.0"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>
    <title>Z</title><item><guid>a</guid><title>Rad</title>
    <media:content url="https://z.example/a.jpg" medium="image" width="640" height="480"/>
    <media:thumbnail url="https://z.example/small.jpg"/>
    <enclosure url="https://z.example/a.mp3" type="audio/mpeg" length="1"/>
    <enclosure url="file:///etc/passwd" type="image/png"/></item></channel></rss>"""

    (post,) = read_feed(body.encode(), origin="https://z.example/feed")

    assert isinstance(post, Posted)
    small = "https://z.example/small.jpg"
    assert post.media == (
        Media(MediaKind.IMAGE, "https://z.example/a.jpg", small, width=640, height=480),
        Media(MediaKind.AUDIO, "https://z.example/a.mp3", small),
    )


def test_json_feed_tells_of_its_picture_and_attachments() -> None:
    item = {
        "id": "1", "content_text": "Rad", "image": "https://z.example/a.png",
        "attachments": [{"url": "https://z.example/a.pdf", "mime_type": "application/pdf", "title": "Plan"}, 3],
    }  # fmt: skip
    body = {"version": "https://jsonfeed.org/version/1.1", "title": "Z", "items": [item]}

    (post,) = read_feed(json.dumps(body).encode(), origin="https://z.example/feed")

    assert isinstance(post, Posted)
    assert post.media == (
        Media(MediaKind.IMAGE, "https://z.example/a.png"),
        Media(MediaKind.DOCUMENT, "https://z.example/a.pdf", alt="Plan"),
    )
