"""A WebSub hub that others wrote, Flask-WebSub, on the loopback: `python hub.py PORT FOLDER`.

It runs in an environment of its own. What it would give to Celery is done at once, by threads.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage


class Task:
    """What Celery makes of a function, as far as the hub uses it."""

    def __init__(self, function: Callable[..., Any], is_bound: bool) -> None:
        self._function = function
        self._is_bound = is_bound
        self.request = self
        self.retries = 0

    def delay(self, *arguments: Any) -> None:
        """Later, somewhere else."""
        threading.Thread(target=self._run, args=arguments, daemon=True).start()

    def retry(self, countdown: float) -> None:
        """Failed deliveries are not tried again here."""

    def _run(self, *arguments: Any) -> None:
        self._function(*((self, *arguments) if self._is_bound else arguments))


class Threads:
    """Where Celery would stand."""

    def task(self, bind: bool = False, **_options: Any) -> Callable[[Callable[..., Any]], Task]:
        """Like Celery's."""
        return lambda function: Task(function, bind)


def members_only(_callback: str, topic: str, *_more: Any) -> str | None:
    """A policy of this hub."""
    return "Only members" if "members" in topic else None


def main(port: int, folder: Path) -> None:
    """Until it is killed."""
    app = Flask(__name__)
    app.config.update(PUBLISH_SUPPORTED=True, REQUEST_TIMEOUT=30)  # it asks once alone, and this machine may be busy
    hub = Hub(SQLite3HubStorage(str(folder / "hub.sqlite3")), Threads(), **app.config)
    hub.register_validator(members_only)
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    app.run("127.0.0.1", port, threaded=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
