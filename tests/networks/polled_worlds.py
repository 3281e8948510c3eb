"""Each network that is polled over HTTP, as own servers on the loopback show it: somebody speaks to us there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from tests.networks import (
    discourse_asking,
    facebook_asking,
    instagram_asking,
    reddit_asking,
    telegram_asking,
    x_asking,
    youtube_asking,
)
from tests.networks.app_store_server import AppStoreServer
from tests.networks.atproto_server import AtprotoServer
from tests.networks.bad_answers import BAD, Bad, always
from tests.networks.discourse_server import MENTIONED, NO_ACCESS, DiscourseServer
from tests.networks.facebook_server import PAGE, FacebookServer
from tests.networks.google_business_server import GoogleBusinessServer
from tests.networks.google_play_server import GooglePlayServer
from tests.networks.hackernews_server import HackerNewsServer, story
from tests.networks.instagram_server import InstagramServer
from tests.networks.kin_server import KinServer
from tests.networks.linkedin_server import LinkedInServer
from tests.networks.linkedin_server import no as no_of_linkedin
from tests.networks.loopback_server import Answer
from tests.networks.meta_server import EXPIRED
from tests.networks.meta_server import no as no_of_meta
from tests.networks.page_server import PageServer, page
from tests.networks.reddit_server import RedditServer, fault
from tests.networks.review_server import ReviewServer, as_json
from tests.networks.spoiling_front import SpoilingFront
from tests.networks.telegram_server import ADA, BOT, TelegramServer
from tests.networks.telegram_server import no as no_of_telegram
from tests.networks.test_threads import account as account_at_threads
from tests.networks.threads_server import ThreadsServer
from tests.networks.trustpilot_server import TrustpilotServer
from tests.networks.x_server import XServer
from tests.networks.youtube_server import YouTubeServer
from tests.networks.youtube_server import fault as fault_of_youtube

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks import hackernews as hacker_news
from resonanz.networks.contract import Account

AGO = timedelta(minutes=2)
WRONG = "wrong"
NEVER_ASKED: Answer = (401, {}, b"")
DOWN_AT_META = no_of_meta(2, "Service temporarily unavailable", status=200)


@dataclass
class World:
    """A network of its own. `say`: somebody says this to us, a moment ago; its id. `wrong`: an error behind a 200.

    `revoked`: what it says to a token that it takes no more. `reads`: a bad answer out of which something can be read
    there, were it only that nobody said anything.
    """

    server: Any
    account: Callable[[], Account]
    say: Callable[[str], str]
    wrong: Answer
    revoked: Answer = NEVER_ASKED
    begin: Callable[[], None] = field(default=lambda: None)
    reads: str = ""

    @property
    def host(self) -> str:
        """Where it answers."""
        found: str = self.server.hosts[0] if isinstance(self.server, KinServer) else self.server.host
        return found


def mastodon() -> World:
    kin = KinServer()
    wrong = as_json({"error": "Database is down"})
    return World(
        kin,
        kin.account,
        lambda words: str(kin.mention(words)["id"]),
        wrong,
        as_json({"error": "The access token was revoked"}, 401),
        reads="empty list",
    )


def bluesky() -> World:
    there = AtprotoServer()
    wrong = as_json({"error": "InternalServerError", "message": "Internal Server Error"})
    return World(
        there,
        lambda: there.account,
        lambda words: there.mention(words, at=clock.now() - AGO),
        wrong,
        as_json({"error": "AuthenticationRequired", "message": "Revoked"}, 401),
    )


def x() -> World:
    there = XServer()
    wrong = as_json({"title": "Service Unavailable", "detail": "Service Unavailable", "type": "about:blank",
                     "status": 503})  # fmt: skip
    return World(
        there, lambda: x_asking.account(there),
        lambda words: str(there.say("ada", f"@nordhain {words}", ago=AGO)["id"]), wrong,
        as_json({"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}, 401),
    )  # fmt: skip


def facebook() -> World:
    there, own = FacebookServer(), dict[str, Any]()
    return World(
        there, lambda: facebook_asking.account(there),
        lambda words: str(there.comment("11", words, own, ago=AGO)["id"]), DOWN_AT_META,
        EXPIRED,
        lambda: own.update(there.post(PAGE, "Neue Räder")),
    )  # fmt: skip


def instagram() -> World:
    there, own = InstagramServer(), dict[str, Any]()
    return World(
        there, lambda: instagram_asking.account(there),
        lambda words: str(there.comment("11", words, own, ago=AGO)["id"]), DOWN_AT_META,
        EXPIRED,
        lambda: own.update(there.post()),
    )  # fmt: skip


def threads() -> World:
    there, own = ThreadsServer(), dict[str, Any]()
    return World(
        there, lambda: account_at_threads(there),
        lambda words: str(there.post("ada", words, below=own, ago=AGO)["id"]), DOWN_AT_META,
        EXPIRED,
        lambda: own.update(there.post("nordhain", "Neue Räder")),
    )  # fmt: skip


def linkedin() -> World:
    there = LinkedInServer()
    wrong = as_json({"status": 500, "code": "INTERNAL_SERVER_ERROR", "message": "Internal Server Error"})
    return World(
        there,
        there.account,
        lambda words: there.comment(words, ago=AGO),
        wrong,
        no_of_linkedin(401, "REVOKED_ACCESS_TOKEN", "Revoked"),
    )


def youtube() -> World:
    there, film = YouTubeServer(), list[str]()
    _, headers, body = fault_of_youtube(500, "backendError", "Backend Error")
    return World(
        there, lambda: youtube_asking.account(there),
        lambda words: str(there.say("ada", words, on=film[0], ago=AGO)["id"]), (200, headers, body),
        fault_of_youtube(401, "authError", "Invalid Credentials", "global"),
        lambda: film.append(there.show("Neu")),
    )  # fmt: skip


def reddit() -> World:
    there, own = RedditServer(left=60_000), dict[str, Any]()
    _, headers, body = fault(500, "Internal Server Error")
    return World(
        there, lambda: reddit_asking.account(there),
        lambda words: str(there.say("Ada", words, own, inbox="post_reply", ago=AGO)["name"]), (200, headers, body),
        fault(401, "Unauthorized"),
        lambda: own.update(there.post("Nordhain", "Neue Räder")),
    )  # fmt: skip


def discourse() -> World:
    there = DiscourseServer()

    def say(words: str) -> str:
        said = there.say("ada", f"@nordhain {words}", ago=AGO)
        there.notify(MENTIONED, said, ago=AGO)
        return str(said["id"])

    wrong = as_json({"errors": ["Something is wrong."], "error_type": "internal"})
    return World(there, lambda: discourse_asking.account(there), say, wrong, NO_ACCESS)


def telegram() -> World:
    there = TelegramServer()

    def say(words: str) -> str:
        said = there.say(ADA, words, ago=AGO)
        return f"{said['chat']['id']}:{said['message_id']}:{BOT}"

    return World(
        there,
        lambda: telegram_asking.account(there),
        say,
        no_of_telegram(500, "Internal Server Error", status=200),
        no_of_telegram(401, "Unauthorized"),
    )


def feeds() -> World:
    there, entries = PageServer(), list[str]()

    def say(words: str) -> str:
        said = f"<title>{words}</title><pubDate>{format_datetime(clock.now() - AGO)}</pubDate>"
        entries.insert(0, f"<item><guid isPermaLink='false'>e{len(entries)}</guid>{said}</item>")
        items = "".join(entries)
        there.pages["/feed"] = page(f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode())
        return f"e{len(entries) - 1}"

    wrong = (200, {"Content-Type": "application/xml"}, b"<?xml version='1.0'?><error>Database is down</error>")
    return World(there, lambda: Account(network="feeds", address=there.url("/feed")), say, wrong, reads="cut in half")


def hackernews() -> World:
    there = HackerNewsServer()

    def say(words: str) -> str:
        number = 4_000 + len(there.hits)
        at = int((clock.now() - AGO).timestamp())
        there.hits.append(story(number, at, f"nordhain: {words}"))
        return str(number)

    found = Account(network="hackernews", address="", settings={"words": "nordhain"})
    return World(there, lambda: found, say, as_json({"message": "Internal error", "status": 500}))


def reviews(there: ReviewServer, *, reads: str = "") -> World:
    say: Callable[[str], str] = lambda words: there.say(words, ago=AGO)  # noqa: E731 (as those above)
    return World(there, there.account, say, there.error_in_a_200(), there.refused_token(), reads=reads)


WITH_TOKENS = (
    "mastodon", "bluesky", "x", "facebook", "instagram", "threads", "linkedin", "youtube", "reddit", "discourse",
    "telegram", "app_store", "google_business", "google_play", "trustpilot",
)  # fmt: skip
WORLDS: dict[str, Callable[[], World]] = {
    "mastodon": mastodon,
    "bluesky": bluesky,
    "x": x,
    "facebook": facebook,
    "instagram": instagram,
    "threads": threads,
    "linkedin": linkedin,
    "youtube": youtube,
    "reddit": reddit,
    "discourse": discourse,
    "telegram": telegram,
    "feeds": feeds,
    "hackernews": hackernews,
    "app_store": lambda: reviews(AppStoreServer()),
    "google_business": lambda: reviews(GoogleBusinessServer(), reads="empty object"),
    "google_play": lambda: reviews(GooglePlayServer()),
    "trustpilot": lambda: reviews(TrustpilotServer()),
}


@dataclass
class Standing:
    """A world that stands, behind a front that spoils its answers on command."""

    network: str
    world: World
    front: SpoilingFront

    def account(self) -> Account:
        """Ours, as if the network stood where the front does."""
        account = self.world.account()
        path = account.address.partition("://")[2].partition("/")[2]
        return replace(account, address=f"{self.front.url}/{path}" if path else self.front.url)

    def bad(self, name: str) -> Bad:
        """A bad answer; "wrong": an error behind a 200, in the network's own words."""
        return Bad(always(*self.world.wrong)) if name == WRONG else BAD[name]


@contextmanager
def standing(network: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Standing]:
    """A network's world, which the client may reach by its front alone."""
    world = WORLDS[network]()
    with world.server:
        world.begin()
        with SpoilingFront(world.host) as front:
            monkeypatch.setenv(ALLOWED_VARIABLE, front.host)
            monkeypatch.setattr(hacker_news, "SEARCH", front.url)
            monkeypatch.setattr(hacker_news, "ITEMS", front.url)
            yield Standing(network, world, front)
