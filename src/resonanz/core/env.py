"""Reading the environment: `NAME`, or the file that `NAME_FILE` points to; a wrong value stops the start."""

from __future__ import annotations

import os
from pathlib import Path

from resonanz.core.errors import ResonanzError


class WrongSetting(ResonanzError):
    """A setting in the environment is missing or cannot be understood."""

    code = "setting.wrong"

    def __str__(self) -> str:
        return f"The setting {self.params['name']} {self.params['problem']}."


def text(name: str, default: str | None = None) -> str:
    """The value of `name`; raises WrongSetting when it is unset and has no default."""
    if name in os.environ:
        return os.environ[name]
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text("utf-8").strip()
        except OSError as error:
            problem = f"points to {file}, which cannot be read: {error.strerror}"
            raise WrongSetting(name=f"{name}_FILE", problem=problem) from error
    if default is None:
        raise WrongSetting(name=name, problem="is missing; set it in the environment, or start with ./resonanz up")
    return default


def flag(name: str, default: bool = False) -> bool:
    """true/false, yes/no, on/off, 1/0."""
    value = text(name, str(default)).strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise WrongSetting(name=name, problem=f"must be true or false, not {value!r}")


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number of at least `least`."""
    value = text(name, str(default))
    try:
        found = int(value)
    except ValueError as error:
        raise WrongSetting(name=name, problem=f"must be a whole number, not {value!r}") from error
    if found < least:
        raise WrongSetting(name=name, problem=f"must be at least {least}")
    return found


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas; blanks around each word do not count."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
