"""Which user of the operating system PostgreSQL runs as: it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from resonanz.ops.errors import OperatorError


@dataclass(frozen=True)
class OSUser:
    """A user that a child process becomes."""

    name: str
    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    def popen_arguments(self) -> dict[str, object]:
        """What subprocess needs to start a child as this user; nothing when that is who we are."""
        if self.is_us:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give `path` to this user."""
        if not self.is_us:
            os.chown(path, self.uid, self.gid)


def database_user() -> OSUser:
    """Ourselves; for root, `postgres` where it exists, else `nobody`."""
    if os.geteuid() != 0:
        return OSUser(pwd.getpwuid(os.geteuid()).pw_name if _is_named() else "", os.geteuid(), os.getegid())
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return OSUser(name, found.pw_uid, found.pw_gid)
    raise OperatorError(
        "ops.database.no_user",
        "PostgreSQL does not run as root, and this system has neither a user postgres nor nobody; "
        "start Resonanz as an ordinary user, or set DATABASE_URL to a database of your own.",
    )


def can_enter(user: OSUser, path: Path) -> bool:
    """Whether `user` can pass through every folder above `path` and into it."""
    command = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(path)]
    arguments = user.popen_arguments()
    done = subprocess.run(command, cwd="/", stderr=subprocess.DEVNULL, check=False, **arguments)  # type: ignore[call-overload]
    return bool(done.returncode == 0)


def _is_named() -> bool:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return True
