"""Names of the places where something was said that a colleague captured by hand."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from resonanz.networks import capture

_OF_THE_HOUSE: Mapping[str, Promise] = {
    capture.WEB: _("Website or forum"),
    capture.PRINT: _("Newspaper, letter, radio"),
    capture.SPOKEN: _("Conversation"),
    capture.ELSEWHERE: _("Elsewhere"),
}
CAPTURE_PLACES: Mapping[str, Promise | str] = {
    place.code: place.title or _OF_THE_HOUSE[place.code] for place in capture.PLACES
}
CAPTURED_NETWORKS: Mapping[str, str] = {place.network: place.title for place in capture.PLACES if place.network}
"""Under these names posts are stored that no connector of ours has heard."""
_BY_NETWORK = {place.network: place.code for place in capture.PLACES if place.network}


def place_name(*, network: str, origin: str) -> str:
    """Where a captured post was said: the network, or what its origin tells."""
    code = _BY_NETWORK.get(network, origin)
    return str(CAPTURE_PLACES.get(code, code))
