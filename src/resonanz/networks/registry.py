"""The register of networks: one literal list. To add a network, write its file and name its class here."""

from __future__ import annotations

from resonanz.core.errors import ResonanzError
from resonanz.networks.app_store import AppStoreNetwork
from resonanz.networks.bluesky import BlueskyNetwork
from resonanz.networks.capture import CaptureNetwork
from resonanz.networks.contract import Network
from resonanz.networks.discourse import DiscourseNetwork
from resonanz.networks.facebook import FacebookNetwork
from resonanz.networks.feeds import FeedNetwork
from resonanz.networks.files import FileNetwork
from resonanz.networks.google_business import GoogleBusinessNetwork
from resonanz.networks.google_play import GooglePlayNetwork
from resonanz.networks.hackernews import HackerNewsNetwork
from resonanz.networks.instagram import InstagramNetwork
from resonanz.networks.linkedin import LinkedInNetwork
from resonanz.networks.mail import MailNetwork
from resonanz.networks.mastodon import MastodonNetwork
from resonanz.networks.memory import MemoryNetwork
from resonanz.networks.provider import ProviderNetwork
from resonanz.networks.reddit import RedditNetwork
from resonanz.networks.telegram import TelegramNetwork
from resonanz.networks.threads import ThreadsNetwork
from resonanz.networks.trustpilot import TrustpilotNetwork
from resonanz.networks.whatsapp import WhatsAppNetwork
from resonanz.networks.x import XNetwork
from resonanz.networks.youtube import YouTubeNetwork

NETWORKS: tuple[type[Network], ...] = (
    AppStoreNetwork,
    BlueskyNetwork,
    CaptureNetwork,
    DiscourseNetwork,
    FacebookNetwork,
    FeedNetwork,
    FileNetwork,
    GoogleBusinessNetwork,
    GooglePlayNetwork,
    HackerNewsNetwork,
    InstagramNetwork,
    LinkedInNetwork,
    MailNetwork,
    MastodonNetwork,
    MemoryNetwork,
    ProviderNetwork,
    RedditNetwork,
    TelegramNetwork,
    ThreadsNetwork,
    TrustpilotNetwork,
    WhatsAppNetwork,
    XNetwork,
    YouTubeNetwork,
)
_BY_NAME: dict[str, Network] = {network.name: network() for network in NETWORKS}


class UnknownNetwork(ResonanzError):
    """No connector has this name."""

    code = "network.unknown"


def names() -> tuple[str, ...]:
    """The names of all networks, in the order of the register."""
    return tuple(_BY_NAME)


def tellers() -> list[str]:
    """Those by which others than the networks themselves tell what was said, wherever that was."""
    return [name for name in names() if connector(name).limits.is_hearsay]


def tells_of(network: str) -> list[str]:
    """Those through whose channels may come what was said on a network: its own, and those that bring of any."""
    return [network, *(name for name in names() if name != network and connector(name).limits.tells_of_others)]


def connector(name: str) -> Network:
    """The connector of this name; it keeps no state, so one serves all channels. Raises UnknownNetwork."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise UnknownNetwork(name=name) from None
