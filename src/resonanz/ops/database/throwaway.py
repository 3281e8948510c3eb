"""A PostgreSQL for the time of a block, in a temporary folder: for tests, benches and trying things out.

`python -m resonanz.ops.database.throwaway` prints the superuser's address and keeps the server until Ctrl-C.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from resonanz.core import clock
from resonanz.ops.data_folder import locked, open_data_folder
from resonanz.ops.database.embedded import SUPERUSER, EmbeddedDatabase, running

# Nothing here has to survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


@contextlib.contextmanager
def throwaway_database(settings: Mapping[str, str] = FAST) -> Iterator[EmbeddedDatabase]:
    """An empty cluster in a data folder of its own, both gone after the block."""
    parent = Path(tempfile.mkdtemp(prefix="resonanz-throwaway-"))
    parent.chmod(0o711)
    try:
        folder = open_data_folder(parent / "data")
        database = EmbeddedDatabase(folder, settings)
        with locked(folder), running(database, lambda _text: None):
            yield database
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def main() -> None:
    """Print the address and wait."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), throwaway_database() as database:
        sys.stdout.write(f"{database.url(SUPERUSER, 'postgres')}\n")
        sys.stdout.flush()
        while True:
            clock.sleep(3600)


if __name__ == "__main__":
    main()
