"""The address of a server, for what people type."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from resonanz.core import env
from resonanz.core.http import ALLOWED_VARIABLE

_HOST = re.compile(r"(?=.{1,253}(?::\d+)?$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


def server_of(typed: str) -> str:
    """The server's address, for what people type: its name, an address on it, or an account; raises ValueError.

    It is always https, but for a host and port that the operator allows by name, in practice and tests.
    """
    words = typed.strip().rstrip("/")
    if "://" not in words:
        words = f"https://{words.rsplit('@', 1)[-1]}"
    try:
        found = urlsplit(words)
        name, port = (found.hostname or "").lower(), found.port
        host = name.encode("idna").decode()
        if name not in {host, host.encode().decode("idna")}:
            raise ValueError(typed)  # the old encoding makes another name of it: "straße" would become "strasse"
    except UnicodeError as error:
        raise ValueError(typed) from error
    is_allowed = f"{host}:{port or 80}" in env.words(ALLOWED_VARIABLE)
    if found.scheme not in {"http", "https"} or not _HOST.fullmatch(host) or not (is_allowed or "." in host):
        raise ValueError(typed)
    scheme = "http" if found.scheme == "http" and is_allowed else "https"
    return f"{scheme}://{host}" + (f":{port}" if port else "")
