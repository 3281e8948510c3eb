"""The model server as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

SERVER = Path(__file__).with_name("model_server.py")


class ModelProcess:
    """Begins with `start`, ends with `stop`."""

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(SERVER), "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def last(self) -> dict[str, Any]:
        """What was asked last."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/asked") as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()
