"""The AT Protocol network itself, without Resonanz: what fails here is broken over there, or in how we start it."""

from __future__ import annotations

import http.client
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from tests.peers.atproto_network import AtprotoNetwork, Way
from tests.peers.atproto_person import Person, Picture, XRPCRefused, call, wait_for
from tests.pictures import picture

ROOT = Path(__file__).resolve().parents[2]
_STARTING = """
import sys
from pathlib import Path
from tests.peers.atproto_install import installed
from tests.peers.atproto_network import running_network
with running_network(installed(lambda line: None), Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def eva(atproto: AtprotoNetwork) -> Person:
    return atproto.open_account("eva")


@pytest.fixture
def bahn(atproto: AtprotoNetwork) -> Person:
    return atproto.open_account("bahn")


def test_mention_is_told_to_whom_it_names(eva: Person, bahn: Person) -> None:
    post = eva.post(f"Größe „7“ 👟 fehlt, @{bahn.handle}!", mentions=[bahn])

    told = bahn.notifications(at_least=1)

    assert [(one["reason"], one["uri"], one["author"]["did"]) for one in told] == [("mention", post.uri, eva.did)]
    place = told[0]["record"]["facets"][0]["index"]
    text = told[0]["record"]["text"].encode()
    assert text[place["byteStart"] : place["byteEnd"]].decode() == f"@{bahn.handle}"


def test_replies_stand_in_the_thread_below_its_root(eva: Person, bahn: Person) -> None:
    root = eva.post("Where is my parcel?")
    answer = bahn.post("On its way.", reply_to=root)
    thanks = eva.post("Thanks!", reply_to=answer)

    assert [(reply.did, reply.text, reply.uri) for reply in eva.replies_to(root.uri, at_least=1)] == [
        (bahn.did, "On its way.", answer.uri)
    ]
    assert [reply.uri for reply in eva.replies_to(answer.uri, at_least=1)] == [thanks.uri]
    assert eva.record(thanks.uri)["reply"] == {"root": root.as_json(), "parent": answer.as_json()}


def test_deleted_post_is_gone_from_thread_and_server(eva: Person, bahn: Person) -> None:
    root = eva.post("Where is my parcel?")
    answer = bahn.post("On its way.", reply_to=root)
    eva.replies_to(root.uri, at_least=1)

    bahn.delete(answer.uri)

    assert wait_for(lambda: eva.replies_to(root.uri), lambda found: not found) == []
    assert not bahn.is_shown(answer.uri)
    with pytest.raises(XRPCRefused, match="RecordNotFound"):
        bahn.record(answer.uri)


def test_search_finds_what_is_written_just_so(eva: Person, bahn: Person) -> None:
    post = eva.post("The Blaubeerquark of this week is sour.")
    eva.post("Something else.")

    found = bahn.search("Blaubeerquark", at_least=1)

    assert [(one.uri, one.handle) for one in found] == [(post.uri, eva.handle)]


def test_like_repost_quote_and_follow_are_told(eva: Person, bahn: Person) -> None:
    post = bahn.post("We are open on Sunday.")

    eva.like(post)
    eva.repost(post)
    eva.post("Finally.", quote=post)
    eva.follow(bahn)

    assert {one["reason"] for one in bahn.notifications(at_least=4)} == {"like", "repost", "quote", "follow"}


def test_picture_is_shown_by_the_app_view(eva: Person) -> None:
    post = eva.post("Broken.", pictures=[Picture(picture("PNG"), description="A broken cup")])

    shown = wait_for(lambda: eva.ask("app.bsky.feed.getPosts", uris=post.uri)["posts"], bool)[0]["embed"]["images"][0]

    assert shown["alt"] == "A broken cup"
    with urllib.request.urlopen(shown["fullsize"], timeout=30) as answer:  # noqa: S310
        assert answer.headers["Content-Type"].startswith("image/")


def test_app_password_lets_in_until_it_is_revoked(eva: Person) -> None:
    word = eva.app_password("Resonanz")

    assert eva.sign_in(word)["did"] == eva.did
    eva.revoke_app_password("Resonanz")
    with pytest.raises(XRPCRefused, match="AuthenticationRequired"):
        eva.sign_in(word)


def test_account_lives_where_everybody_reaches_it(atproto: AtprotoNetwork, eva: Person) -> None:
    homes = eva.sign_in(eva.password)["didDoc"]["service"]

    assert [home["serviceEndpoint"] for home in homes] == [atproto.pds_url]


def test_handle_changes_and_the_person_stays(eva: Person, bahn: Person) -> None:
    eva.rename(f"new-{eva.handle}")

    def shown() -> str:
        return str(bahn.ask("app.bsky.actor.getProfile", actor=eva.did)["handle"])

    assert wait_for(shown, lambda handle: handle == eva.handle) == eva.handle


def test_same_name_is_given_out_twice_with_another_number(atproto: AtprotoNetwork) -> None:
    first, second = (atproto.open_account("carl") for _ in range(2))

    assert (first.handle, second.handle) == ("carl-1.test", "carl-2.test")
    assert first.did != second.did


def test_deactivated_account_is_not_there_for_others(eva: Person, bahn: Person) -> None:
    post = eva.post("Bye.")
    wait_for(lambda: bahn.is_shown(post.uri), bool)

    eva.deactivate()

    assert not wait_for(lambda: bahn.is_shown(post.uri), lambda shown: not shown)


@pytest.mark.parametrize("way", ["refusing", "losing"])
def test_cut_network_gives_no_answer_and_comes_back(atproto: AtprotoNetwork, eva: Person, way: Way) -> None:
    atproto.cut(way)
    with pytest.raises((http.client.HTTPException, OSError)):
        eva.post("Is anybody there?")

    atproto.mend()
    found = eva.ask("com.atproto.repo.listRecords", repo=eva.did, collection="app.bsky.feed.post")["records"]

    assert len(found) == (1 if way == "losing" else 0)


def test_silent_network_lets_wait(atproto: AtprotoNetwork) -> None:
    atproto.cut("silent")
    address = f"{atproto.pds_url}/xrpc/com.atproto.server.describeServer"

    with pytest.raises(TimeoutError):
        urllib.request.urlopen(address, timeout=0.5)  # noqa: S310

    atproto.mend()
    assert call(address)["availableUserDomains"]


def test_network_listens_on_the_loopback_alone(atproto: AtprotoNetwork) -> None:
    listening = [one.laddr.ip for one in psutil.Process(atproto.pid).net_connections() if one.status == "LISTEN"]

    assert len(listening) > 5
    assert set(listening) == {"127.0.0.1"}


@pytest.fixture
def leftovers() -> Iterator[Path]:
    """A folder that the user PostgreSQL runs as can reach, for what a killed process leaves."""
    with tempfile.TemporaryDirectory(prefix="resonanz-peers-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.mark.slow
def test_network_ends_with_whoever_started_it(tmp_path: Path, leftovers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(leftovers))
    command = [sys.executable, "-c", _STARTING, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        assert tests.stdout.readline() == "ready\n"
        started = psutil.Process(tests.pid).children(recursive=True)
        names = {process.name() for process in started}
        tests.kill()

    assert {"node", "postgres"} <= names
    _, alive = psutil.wait_procs(started, timeout=20)
    assert alive == []
