"""The programs of docs/provider.md, run as they stand there, against the real entrance over HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.networks.provider_asking import batch, line
from tests.web.test_webhooks import ask
from tests.web.test_webhooks import door as door

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.networks import signatures
from resonanz.networks.connections import batch_keys
from resonanz.networks.connections.batch_keys import NewKey
from resonanz.networks.connections.channels import connect
from resonanz.networks.models import Channel, Webhook
from resonanz.networks.provider import signing
from resonanz.pipeline import arrivals

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = (Path(__file__).parents[2] / "docs" / "provider.md").read_text("utf-8")


class Entrance(BaseHTTPRequestHandler):
    """Hands what comes over HTTP to the entrance for webhooks."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        given = {name.lower(): value for name, value in self.headers.items()}
        status, answered, said = ask("POST", self.path, sent=body, given=given)
        self.send_response(status)
        for name, value in answered.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    found = ThreadingHTTPServer(("127.0.0.1", 0), Entrance)
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{found.server_address[1]}"
    found.shutdown()
    thread.join(10)
    found.server_close()


@pytest.fixture
def key() -> NewKey:
    ada = User.objects.create_user("ada@nordhain.example", name="Ada", role="ADMIN", created_at=clock.now())
    channel = connect(network="service_provider", name="Agency", is_live=True, actor=None)
    return batch_keys.make(channel_id=channel.pk, actor=ada)


def program(language: str) -> list[str]:
    """How the example in this language is run."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return ["sh", "-eu", "-c", found] if language == "sh" else [sys.executable, "-I", "-c", found]


def run(language: str, key: NewKey, server: str, number: int, sent: Path) -> list[str]:
    """What it prints, asking the one address that there is."""
    return run_program(language, key, f"{server}/webhooks/{Webhook.objects.get().key}", number, sent)


def run_program(language: str, key: NewKey, address: str, number: int, sent: Path) -> list[str]:
    """What it prints."""
    given = {
        "ADDRESS": address,
        "KEY": key.key_id,
        "SECRET": key.secret,
        "NUMBER": str(number),
        "BATCH": str(sent),
        "PATH": os.environ["PATH"],
        "NO_PROXY": "*",
    }
    ran = subprocess.run(program(language), env=given, check=True, capture_output=True, text=True, timeout=60)
    return ran.stdout.splitlines()


@pytest.mark.parametrize("language", ["sh", "python"])
def test_program_brings_a_batch_and_is_told_what_is_wrong(
    language: str, key: NewKey, server: str, tmp_path: Path
) -> None:
    sent, many = tmp_path / "batch.jsonl", tmp_path / "many.jsonl"
    sent.write_bytes(batch(line("1", "Grüße, wann kommt mein Rad?")))
    many.write_bytes(b"\n" * 1_001)

    assert run(language, key, server, 1, sent) == ["200"]
    assert run(language, key, server, 1, sent) == ["200"]
    told, status = run(language, key, server, 2, many)
    assert ('"error": "too_many_lines"' in told, "Send fewer lines" in told, status) == (True, True, "413")
    Channel.objects.update(state="PAUSED")
    assert run(language, key, server, 2, sent)[-1] == "503"
    Channel.objects.update(state="ACTIVE")
    sent.write_bytes(batch(line("2")))
    assert run(language, key, server, 1, sent)[-1] == "409"
    assert run(language, NewKey(key.key_id, "another"), server, 2, sent) == ["403"]

    arrivals.take_waiting()
    assert list(Post.objects.values_list("text", flat=True)) == ["Grüße, wann kommt mein Rad?"]


def test_signature_on_the_page_is_right() -> None:
    signed = signing.signed("abcdefgh", "1795000000", "7", b"{}\n")
    expected = signatures.hmac_hex("correct horse battery staple", signed)

    assert f"`v1={expected}`" in PAGE
