from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from resonanz.service.assistant import client
from resonanz.service.assistant.client import Endpoint, Limits
from tests.service.model_process import ModelProcess
from tests.service.model_server import KEY

MESSAGES = [{"role": "user", "content": "Hallo"}]


@pytest.fixture(scope="module")
def server() -> Iterator[ModelProcess]:
    process = ModelProcess()
    process.start()
    yield process
    process.stop()


def ask(server: ModelProcess, model: str, *, key: str = KEY, in_house: bool = True, seconds: float = 10) -> client.Said:
    endpoint = Endpoint(base_url=server.base_url, model=model, key=key, in_house=in_house)
    return client.ask(endpoint=endpoint, messages=MESSAGES, limits=Limits(seconds=seconds, tokens_out=50))


def test_client_asks_as_the_protocol_says(server: ModelProcess) -> None:
    said = ask(server, "words")

    asked = server.last()
    assert (said.tokens_in, said.tokens_out) == (200, 40)
    assert said.text.startswith("Danke")
    assert asked["path"] == "/v1/chat/completions"
    assert {name: asked["asked"][name] for name in ("model", "messages", "max_tokens", "n")} == {
        "model": "words", "messages": MESSAGES, "max_tokens": 50, "n": 1,
    }  # fmt: skip
    told = {name.lower() for name in asked["headers"]}
    assert told == {
        "host", "authorization", "content-type", "content-length", "user-agent", "accept-encoding", "connection",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("model", "code"),
    [
        ("busy", "assistant.busy_there"),
        ("overloaded", "assistant.busy_there"),
        ("broken", "assistant.failed"),
        ("unknown", "assistant.unknown_model"),
        ("no_choices", "assistant.unreadable"),
        ("odd", "assistant.unreadable"),
        ("broken_json", "assistant.unreadable"),
        ("page", "assistant.unreadable"),
        ("dies", "assistant.unreadable"),
        ("huge", "assistant.unreadable"),
        ("moved", "assistant.failed"),
        ("empty", "assistant.empty"),
        ("refuses", "assistant.empty"),
        ("endless", "assistant.cut_off"),
    ],
)
def test_what_goes_wrong_has_its_own_name(server: ModelProcess, model: str, code: str) -> None:
    with pytest.raises(client.AssistantError) as raised:
        ask(server, model)

    assert raised.value.code == code


def test_a_slow_one_is_waited_for_only_so_long(server: ModelProcess) -> None:
    with pytest.raises(client.TooSlow) as raised:
        ask(server, "slow", seconds=1)

    assert not raised.value.is_free


def test_a_wrong_key_is_told(server: ModelProcess) -> None:
    with pytest.raises(client.NotLetIn):
        ask(server, "words", key="another")


def test_a_private_address_is_asked_only_in_the_house(server: ModelProcess) -> None:
    before = server.last()

    with pytest.raises(client.Unreachable) as raised:
        ask(server, "echo", in_house=False)

    assert raised.value.is_free
    assert server.last() == before


def test_nobody_there_costs_nothing() -> None:
    endpoint = Endpoint(base_url="http://127.0.0.1:9/v1", model="m", in_house=True)

    with pytest.raises(client.Unreachable):
        client.ask(endpoint=endpoint, messages=MESSAGES)


def test_log_says_nothing_of_the_conversation_or_the_key(
    server: ModelProcess, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_LOG", "debug")
    monkeypatch.setattr(logging.getLogger("openai"), "level", logging.DEBUG)
    caplog.set_level(logging.DEBUG)

    ask(server, "words")

    assert "Hallo" not in caplog.text
    assert KEY not in caplog.text
