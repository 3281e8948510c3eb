"""Tokens at rest and hashes that cannot be guessed back, both with the one key file of the data folder.

The file holds one `hash` key, which never changes (tombstones must stay comparable), and any number of `encrypt` keys,
the newest first: the newest one encrypts, every one decrypts. Whoever loses the file loses the tokens, not the posts.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import hmac
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from resonanz.core import env
from resonanz.core.errors import ResonanzError

KEY_FILE = Path("secrets", "key")
FINGERPRINT_FILE = Path("key.id")
_HEADER = "# The key file of Resonanz. Without it the stored tokens cannot be read. Keep a copy in a safe place.\n"


class SecretsError(ResonanzError):
    """The key file is lost, wrong or readable by others, or a stored token was made with another one."""

    code = "secrets.error"

    def __str__(self) -> str:
        sentence = _SENTENCES.get(self.code, "The key file cannot be used ({file}).")
        return sentence.format(file=self.params.get("file", ""), problem=self.params.get("problem", ""))


class NotOurs(SecretsError):
    """It was encrypted with a key that is in another key file, or in none any more."""

    code = "secrets.not_ours"


_SENTENCES = {
    "secrets.key_lost": "The key file {file} is gone; put it back from your safe copy, or remove {problem} "
    "to begin with a new key and reconnect every channel.",
    "secrets.key_wrong": "The key file {file} is not the one this data folder was made with; put the right one back.",
    "secrets.key_readable": "The key file {file} may be read by others; run: chmod 600 {file}",
    "secrets.key_unreadable": "The key file {file} cannot be read or written: {problem}.",
    "secrets.not_ours": "A stored token was made with another key file; put the right one back to {file}, "
    "or reconnect the channel.",
}


@dataclass(frozen=True, slots=True)
class _Keys:
    hashing: bytes
    encrypting: tuple[bytes, ...]

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(b"resonanz key file\0" + self.hashing).hexdigest()[:32]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(hashlib.sha256(b"resonanz encrypting key\0" + key).hexdigest()[:16] for key in self.encrypting)

    @property
    def box(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.encrypting])

    def as_text(self) -> str:
        lines = [b"hash " + base64.urlsafe_b64encode(self.hashing), *(b"encrypt " + key for key in self.encrypting)]
        return _HEADER + b"\n".join(lines).decode("ascii") + "\n"


def encrypt(text: str) -> bytes:
    """`text` as an authenticated token that only this data folder's key file opens."""
    return seal(text.encode("utf-8"))


def decrypt(token: bytes) -> str:
    """The text of a token; raises NotOurs when no key of the file fits."""
    return unseal(token).decode("utf-8")


def seal(data: bytes) -> bytes:
    """Like `encrypt`, for bytes that need not be text."""
    return _keys().box.encrypt(data)


def unseal(token: bytes) -> bytes:
    """The bytes that were sealed; raises NotOurs when no key of the file fits."""
    try:
        return _keys().box.decrypt(bytes(token))
    except InvalidToken as error:
        raise NotOurs(file=str(_path())) from error


def rotate(token: bytes) -> bytes:
    """The same text under the newest key; after all rows went through, `drop_old_keys` may be called."""
    try:
        return _keys().box.rotate(bytes(token))
    except InvalidToken as error:
        raise NotOurs(file=str(_path())) from error


def is_current(token: bytes) -> bool:
    """Whether the newest key made it."""
    try:
        Fernet(_keys().encrypting[0]).decrypt(bytes(token))
    except InvalidToken:
        return False
    return True


def keyed_hash(*parts: str) -> bytes:
    """32 bytes that equal parts give again and nobody without the key file can guess; the parts are kept apart."""
    digest = hmac.new(_keys().hashing, digestmod=hashlib.sha256)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.digest()


def ensure_key() -> None:
    """Make the key file if this data folder has none yet; raises SecretsError when the present one cannot be used."""
    _keys()


def fingerprint() -> str:
    """What tells one key file from another and says nothing about its keys; stays the same after rotation."""
    return _keys().fingerprint


def key_ids() -> tuple[str, ...]:
    """What tells the encrypting keys from each other and says nothing about them, the newest first."""
    return _keys().ids


def add_key() -> None:
    """Put a new encrypting key before the others; running processes take it up at their next use."""
    keys = _keys()
    _write(_path(), _Keys(keys.hashing, (Fernet.generate_key(), *keys.encrypting)), replace=True)


def drop_old_keys() -> None:
    """Keep the newest alone; what another one encrypted can be read no more."""
    keys = _keys()
    _write(_path(), _Keys(keys.hashing, keys.encrypting[:1]), replace=True)


def ids_in(text: str) -> tuple[str, ...]:
    """The ids of the keys of another copy of this key file; raises SecretsError `secrets.key_wrong` if it is none."""
    return _other(text).ids


def join_keys(text: str) -> None:
    """Read with the keys of another copy of this key file, too; ours stay before them. Raises as `ids_in`."""
    keys, other = _keys(), _other(text)
    more = tuple(key for key in other.encrypting if key not in keys.encrypting)
    if more:
        _write(_path(), _Keys(keys.hashing, (*keys.encrypting, *more)), replace=True)


def _other(text: str) -> _Keys:
    try:
        other = _parse(text)
    except ValueError as error:
        raise SecretsError("secrets.key_wrong", file=str(_path())) from error
    if other.hashing != _keys().hashing:
        raise SecretsError("secrets.key_wrong", file=str(_path()))
    return other


def _data() -> Path:
    return Path(env.text("RESONANZ_DATA"))


def _path() -> Path:
    return _data() / KEY_FILE


def _keys() -> _Keys:
    path = _path()
    try:
        found = path.stat()
    except FileNotFoundError:
        _make(path)
        found = path.stat()
    except OSError as error:
        raise SecretsError("secrets.key_unreadable", file=str(path), problem=error.strerror) from error
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise SecretsError("secrets.key_readable", file=str(path))
    return _read(path, found.st_mtime_ns, found.st_ino)


@functools.lru_cache(maxsize=8)
def _read(path: Path, _changed: int, _inode: int) -> _Keys:
    """The keys of the file, read anew only when it changed."""
    try:
        keys = _parse(path.read_text("ascii"))
    except OSError as error:
        raise SecretsError("secrets.key_unreadable", file=str(path), problem=error.strerror) from error
    except ValueError as error:
        raise SecretsError("secrets.key_wrong", file=str(path)) from error
    _compare_fingerprint(path, keys)
    return keys


def _parse(text: str) -> _Keys:
    words = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    hashing = [base64.urlsafe_b64decode(value) for kind, value in words if kind == "hash"]
    encrypting = tuple(value.encode("ascii") for kind, value in words if kind == "encrypt")
    if len(hashing) != 1 or len(hashing[0]) != 32 or not encrypting:
        raise ValueError("not a key file")
    for key in encrypting:
        Fernet(key)
    return _Keys(hashing[0], encrypting)


def _compare_fingerprint(path: Path, keys: _Keys) -> None:
    """The fingerprint beside the folder of secrets tells a lost or foreign key file from a first use."""
    file = path.parent.parent / FINGERPRINT_FILE
    if not file.exists():
        file.write_text(keys.fingerprint + "\n", "ascii")
    elif file.read_text("ascii").strip() != keys.fingerprint:
        raise SecretsError("secrets.key_wrong", file=str(path))


def _make(path: Path) -> None:
    fingerprint = path.parent.parent / FINGERPRINT_FILE
    if fingerprint.exists() and not path.exists():
        raise SecretsError("secrets.key_lost", file=str(path), problem=str(fingerprint))
    _write(path, _Keys(os.urandom(32), (Fernet.generate_key(),)), replace=False)


def _write(path: Path, keys: _Keys, *, replace: bool) -> None:
    """Written beside, then put in place at once; of two that make it at the same time the first one stays."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".key-")
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(keys.as_text())
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(beside).replace(path)
            return
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
        Path(beside).unlink()
    except OSError as error:
        raise SecretsError("secrets.key_unreadable", file=str(path), problem=error.strerror) from error
