"""Opening accounts on the practice network and speaking there, as people who practise do."""

from __future__ import annotations

from resonanz.core import http
from resonanz.networks.asking import ask, json_object
from resonanz.networks.contract import Account
from resonanz.networks.errors import Refused, TryLater
from resonanz.networks.memory import MemoryNetwork

_BOUNDS = http.Bounds(most_bytes=1024 * 1024, connect_seconds=2.0, read_seconds=5.0, seconds=10.0)


def open_account(*, address: str, handle: str, name: str) -> Account:
    """A new account there; raises Refused where the handle is taken."""
    made = _post(address, "/accounts", "", {"handle": handle, "name": name})
    return Account(
        network=MemoryNetwork.name, address=address, native_id=made["id"], handle=made["handle"], secret=made["token"]
    )


def say(*, account: Account, text: str) -> None:
    """A public post of `account`."""
    _post(account.address, "/posts", account.secret, {"text": text})


def _post(address: str, path: str, token: str, body: dict[str, str]) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = ask("POST", address.rstrip("/") + path, headers=headers, body=body, bounds=_BOUNDS)
    if answer.status != 201:
        raise Refused(f"http.{answer.status}")
    try:
        return {name: str(value) for name, value in json_object(answer).items()}
    except ValueError as error:
        raise TryLater(MemoryNetwork.limits.poll_seconds, "answer.unreadable") from error
