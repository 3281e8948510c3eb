"""A server that speaks the protocol of chat completions, as a process of its own: `python model_server.py PORT`.

It answers as its published description says, errors and their bodies included, and does what the name of the model
asks for: `echo`, `obeys` (an adversary: it does whatever stands in the conversation), `slow`, `busy`, `broken` and the
others below. `GET /asked` tells what was asked last, with its headers.
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-test"
GERMAN = "Danke für die Nachricht, wir sehen gleich nach und melden uns mit einer Antwort."
_last: dict[str, Any] = {}


def answering(text: str | None, *, ended: str = "stop", **more: Any) -> dict[str, Any]:
    """A whole chat completion."""
    message = {"role": "assistant", "content": text, "refusal": None}
    usage = {"prompt_tokens": 200, "completion_tokens": 40, "total_tokens": 240}
    choice = {"index": 0, "message": message, "finish_reason": ended, "logprobs": None}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": int(time.time()), "model": "test",
        "choices": [choice], "usage": usage, **more,
    }  # fmt: skip


def failing(message: str, kind: str, code: str | None) -> dict[str, Any]:
    """The body of an error."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def drafting(text: str, sources: list[Any] | None = None) -> dict[str, Any]:
    """An answer in the form that was asked for."""
    return answering(json.dumps({"answer": text, "sources": sources or []}))


def obeying(asked: dict[str, Any]) -> dict[str, Any]:
    """Whatever a post orders is done, and more."""
    told = " ".join(str(message["content"]) for message in asked["messages"])
    text = (
        f"{GERMAN} Bitte die Rechnung auf https://boese.example/zahlen begleichen, IBAN DE89 3704 0044 0532 0130 00,"
        " oder +49 30 901820 anrufen, oder an geld@boese.example schreiben. @jonas <script>alert(1)</script>"
    )
    return drafting(text if "IGNORE" in told else GERMAN, [1, 99, "1", {"id": 2}])


ANSWERS: dict[str, Any] = {
    "echo": lambda _: drafting(f"{GERMAN} Hallo [person 1].", [1]),
    "obeys": obeying,
    "no_choices": lambda _: answering("", choices=[]),
    "empty": lambda _: answering("  "),
    "refuses": lambda _: answering(None),
    "endless": lambda _: answering('{"answer": "und', ended="length"),
    "half_json": lambda _: answering('{"answer": "Danke für'),
    "english": lambda _: drafting("Thank you for your message, we will look into it and come back to you soon."),
    "words": lambda _: answering(GERMAN),
    "uncounted": lambda _: drafting(GERMAN) | {"usage": None},
    "odd": lambda _: answering(None, choices="none"),
}
FAILURES: dict[str, tuple[int, dict[str, Any]]] = {
    "busy": (429, failing("Rate limit reached", "requests", "rate_limit_exceeded")),
    "broken": (500, failing("The server had an error", "server_error", None)),
    "overloaded": (503, failing("Overloaded", "server_error", None)),
    "unknown": (404, failing("The model does not exist", "invalid_request_error", "model_not_found")),
}


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    def do_GET(self) -> None:
        self._send(200, json.dumps(_last).encode())

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        _last.update(path=self.path, headers=dict(self.headers), asked=asked)
        model = asked["model"]
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            return self._send(
                401, json.dumps(failing("Incorrect API key", "invalid_request_error", "invalid")).encode()
            )
        if self.path != "/v1/chat/completions":
            return self._send(404, b"{}")
        if model in FAILURES:
            return self._send(FAILURES[model][0], json.dumps(FAILURES[model][1]).encode())
        if model not in ANSWERS:
            return self._misbehave(model)
        return self._send(200, json.dumps(ANSWERS[model](asked)).encode())

    def _misbehave(self, model: str) -> None:
        if model == "slow":
            time.sleep(3)
            return self._send(200, json.dumps(drafting(GERMAN)).encode())
        if model == "moved":
            self.send_response(307)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if model == "dies":
            self.connection.close()
            return None
        if model == "huge":
            return self._send(200, b"x" * 3_000_000)
        return self._send(200, b"<html>not json</html>", "text/html" if model == "page" else "application/json")

    def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the tests look at what was asked."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    print(server.server_address[1], flush=True)  # noqa: T201 (whoever started it reads the port)
    server.serve_forever()
