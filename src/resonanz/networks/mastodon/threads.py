"""Where a status belongs: the first status of its thread, asked for once and within a budget."""

from __future__ import annotations

from resonanz.networks.contract import Account
from resonanz.networks.errors import NetworkError
from resonanz.networks.mastodon import client
from resonanz.networks.mastodon.statuses import Status, id_of, parent_of
from resonanz.networks.rates import Buckets, Rate

# Beside the pages of a poll this stays within the 300 requests in five minutes that Mastodon grants.
_QUESTIONS = Rate(12, 60.0)
_MOST_KNOWN = 5_000


class Threads:
    """Roots by status id, of one poll or one stream."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._roots: dict[str, str] = {}
        self._budget = Buckets(_QUESTIONS)

    def root_of(self, status: Status) -> str:
        """The id of the first status of the thread, "" if it cannot be known now."""
        native_id, parent = id_of(status), parent_of(status)
        if not parent:
            return self._keep([native_id], native_id)
        root = self._roots.get(parent) or self._roots.get(native_id) or self._ask(native_id)
        return self._keep([native_id], root) if root else ""

    def _ask(self, native_id: str) -> str:
        if self._budget.wait("") > 0:
            return ""
        try:
            found = client.get_object(self._account, f"/api/v1/statuses/{client.path_id(native_id)}/context")
            ancestors = [id_of(one) for one in found["ancestors"]]
        except (NetworkError, ValueError, KeyError, TypeError, AttributeError):
            return ""
        return self._keep(ancestors, ancestors[0]) if ancestors else ""

    def _keep(self, native_ids: list[str], root: str) -> str:
        if len(self._roots) > _MOST_KNOWN:
            self._roots.clear()
        self._roots |= dict.fromkeys(native_ids, root)
        return root
