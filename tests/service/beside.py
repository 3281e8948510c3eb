"""What somebody else does at the same moment: on a connection of its own, up to where it waits for us."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection, connections

from resonanz.core import clock

_LONGEST = 10.0


class Beside(threading.Thread):
    """`work` in a thread; what it raised comes out of `finished`."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        """Runs in the thread."""
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 # raised again where it is asked for
            self._error = error
        finally:
            connections.close_all()

    def finished(self) -> None:
        """Wait until it is done; raise what it raised."""
        self.join(_LONGEST)
        assert not self.is_alive()
        if self._error is not None:
            raise self._error

    def waits(self) -> None:
        """Wait until it waits for a lock, or is done."""
        until = clock.monotonic() + _LONGEST
        while self.is_alive() and clock.monotonic() < until and not _somebody_waits():
            clock.sleep(0.02)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])
