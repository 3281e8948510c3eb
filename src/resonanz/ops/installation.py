"""Makes the environment that everything else runs in. The launcher starts this file with a bare Python.

So it uses the standard library alone, and imports nothing of Resonanz. It prints the folder of the finished environment
to standard output and what it is doing to standard error. A stamp, written last, says that an environment is whole: a
folder without one was interrupted and is made anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STAMP = "resonanz-installed.json"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
DEV_COMMANDS = {"test", "check"}


class InstallationFailed(Exception):
    """The environment cannot be made; the message is the sentence for the person at the terminal."""


@dataclass(frozen=True)
class Checkout:
    """Where the code lies, and where this user's environment for it belongs."""

    root: Path
    environment: Path

    def wanted(self, kind: str) -> str:
        return hashlib.sha256((self.root / LOCKS[kind]).read_bytes()).hexdigest()

    @property
    def python(self) -> Path:
        return self.environment / "bin" / "python"


def main(root: str, command: str) -> int:
    """Make or complete the environment for `command` and print its folder."""
    try:
        checkout = _choose(Path(root))
        kind = "dev" if command in DEV_COMMANDS else "run"
        if not _is_ready(checkout, kind):
            _prepare(checkout, kind)
        _point_to_sources(checkout)
        _build_translations(checkout)
        _build_chart_bundle(checkout)
    except InstallationFailed as failure:
        _say(str(failure))
        return 1
    except OSError as error:
        _say(f"The environment cannot be made: {error.strerror} ({error.filename}).")
        return 1
    except KeyboardInterrupt:
        _say("Stopped; the next start goes on from here.")
        return 130
    sys.stdout.write(f"{checkout.environment}\n")
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _choose(root: Path) -> Checkout:
    """The environment beside the code, or one of this user's own where the code belongs to somebody else."""
    beside = Checkout(root, root / ".venv")
    if root.stat().st_uid == os.geteuid() and os.access(root, os.W_OK):
        return beside
    if _is_ready(beside, "run") and not os.access(beside.environment, os.W_OK):
        return beside
    name = hashlib.sha256(str(root).encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Checkout(root, cache / "resonanz" / f"venv-{name}")


def _is_ready(checkout: Checkout, kind: str) -> bool:
    """Whether everything of the lock file is installed and the Python it was made with is still the same."""
    stamp = _read_stamp(checkout)
    return (
        stamp.get(kind) == checkout.wanted(kind)
        and stamp.get("python") == os.path.realpath(checkout.python)
        and os.access(checkout.python, os.X_OK)
    )


def _read_stamp(checkout: Checkout) -> dict[str, str]:
    try:
        found = json.loads((checkout.environment / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _prepare(checkout: Checkout, kind: str) -> None:
    """One at a time: who waited for another start finds its work done."""
    checkout.environment.mkdir(parents=True, exist_ok=True)
    with _alone(checkout.environment):
        if _is_ready(checkout, kind):
            return
        stamp = _read_stamp(checkout)
        whole = "run" in stamp or "dev" in stamp
        if not whole or stamp.get("python") != os.path.realpath(checkout.python):
            stamp = {}
            _make_anew(checkout)
        (checkout.environment / STAMP).unlink(missing_ok=True)
        _install(checkout, LOCKS[kind])
        _compile(checkout)
        _write_stamp(checkout, kind, stamp)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another start is making the environment; waiting for it …")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make_anew(checkout: Checkout) -> None:
    """An empty environment in the same folder, which stays because the lock hangs on it."""
    _say(f"Making the Python environment in {checkout.environment} …")
    for entry in checkout.environment.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    try:
        venv.create(checkout.environment, with_pip=False, symlinks=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise InstallationFailed(f"Python could not make an environment in {checkout.environment}: {error}") from error


def _install(checkout: Checkout, lock: str) -> None:
    _say(f"Installing the packages of {lock}; this takes a minute or two the first time …")
    command = [
        *pip_command(checkout.python),
        "install",
        "-qq",
        "--require-hashes",
        "--no-input",
        "--progress-bar",
        "off",
    ]
    command += ["--disable-pip-version-check", "--no-warn-script-location", "--requirement", str(checkout.root / lock)]
    if wheels := os.environ.get("RESONANZ_WHEELS"):
        command += ["--no-index", "--find-links", wheels]
    done = subprocess.run(command, stdout=sys.stderr, check=False)
    if done.returncode:
        raise InstallationFailed(
            "The packages could not be installed (pip's words stand above). Without internet, put the wheels into a "
            "folder and start with RESONANZ_WHEELS=FOLDER; behind a proxy, set HTTPS_PROXY."
        )


def _compile(checkout: Checkout) -> None:
    """Our own modules too, so that every process starts quickly even where Python may not write beside the sources."""
    if os.access(checkout.root / "src", os.W_OK):
        command = [str(checkout.python), "-m", "compileall", "-q", str(checkout.root / "src")]
        subprocess.run(command, stdout=sys.stderr, check=False)  # it only saves time; a failure harms nothing


def pip_command(python: Path) -> list[str]:
    """The command of a pip that installs into this Python's environment without being installed there itself."""
    if wheel := _pip_wheel():
        return [str(python), str(wheel / "pip")]
    # Debian's python3-pip without python3-venv: the system's pip can work on another environment.
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        return [sys.executable, "-m", "pip", "--python", str(python)]
    raise InstallationFailed(
        "This Python has no pip: install it (Debian: apt install python3-venv), or put a pip wheel into the folder "
        "that RESONANZ_WHEELS names."
    )


def _pip_wheel() -> Path | None:
    """The operator's pip wheel, or the one that comes with Python."""
    wheels = os.environ.get("RESONANZ_WHEELS")
    if wheels and (found := sorted(Path(wheels).glob("pip-*-py3-none-any.whl"))):
        return found[-1]
    with contextlib.suppress(ImportError):
        import ensurepip  # noqa: PLC0415  # Debian ships it apart from Python, in python3-venv.

        folders = [Path(ensurepip.__file__).parent / "_bundled", Path("/usr/share/python-wheels")]
        for folder in folders:
            if found := sorted(folder.glob("pip-*.whl")):
                return found[-1]
    return None


def _write_stamp(checkout: Checkout, kind: str, before: dict[str, str]) -> None:
    """`requirements-dev.lock` holds everything of `requirements.lock`, at the same versions."""
    stamp = {**before, kind: checkout.wanted(kind), "python": os.path.realpath(checkout.python)}
    if kind == "dev":
        stamp["run"] = checkout.wanted("run")
    beside = checkout.environment / f"{STAMP}.new"
    beside.write_text(json.dumps(stamp), "utf-8")
    beside.replace(checkout.environment / STAMP)


def _point_to_sources(checkout: Checkout) -> None:
    """Make `import resonanz` find the checkout, also after it was moved."""
    for packages in (checkout.environment / "lib").glob("python3.*/site-packages"):
        pointer, line = packages / "resonanz.pth", f"{checkout.root / 'src'}\n"
        if not pointer.exists() or pointer.read_text("utf-8") != line:
            pointer.write_text(line, "utf-8")


def _build_translations(checkout: Checkout) -> None:
    """Compile the catalogues that changed; when the code is not ours to write, into the environment."""
    sources = checkout.root / "src" / "resonanz" / "web" / "locale"
    target = sources if os.access(sources, os.W_OK) else checkout.environment / "locale"
    for catalogue in sources.glob("*/LC_MESSAGES/*.po"):
        compiled = target / catalogue.relative_to(sources).with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns < catalogue.stat().st_mtime_ns:
            command = [str(checkout.python), "-m", "resonanz.ops.translations", str(catalogue), str(compiled)]
            if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
                raise InstallationFailed(f"The translation {catalogue} cannot be compiled; see above.")


def _build_chart_bundle(checkout: Checkout) -> None:
    """The script that draws charts, once for each version of vl-convert; pages find it below `sys.prefix`."""
    found = next((checkout.environment / "lib").glob("python3.*/site-packages/vl_convert_python-*.dist-info"), None)
    if found is None:
        return
    bundle = checkout.environment / "static" / "vega" / f"{found.name.removesuffix('.dist-info')}.js"
    if not bundle.exists() and os.access(checkout.environment, os.W_OK):
        command = [str(checkout.python), "-m", "resonanz.ops.chart_bundle", str(bundle)]
        if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
            raise InstallationFailed("The script that draws charts cannot be made; see above.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""))
