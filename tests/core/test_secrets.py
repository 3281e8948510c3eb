"""The key file: made once, kept private, rotated, and missed when it is gone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from resonanz.core import secrets


@pytest.fixture(autouse=True)
def _data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path))


def test_encrypt_hides_the_text_and_decrypt_gives_it_back() -> None:
    token = secrets.encrypt("Zugangsschlüssel 🔑")

    assert b"Zugang" not in token
    assert secrets.decrypt(token) == "Zugangsschlüssel 🔑"


def test_key_file_is_made_at_first_use_for_the_owner_alone(tmp_path: Path) -> None:
    secrets.ensure_key()

    assert stat.S_IMODE((tmp_path / "secrets" / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    secrets.ensure_key()
    (tmp_path / "secrets" / "key").chmod(0o640)

    with pytest.raises(secrets.SecretsError) as caught:
        secrets.encrypt("x")

    assert caught.value.code == "secrets.key_readable"


def test_lost_key_file_is_not_replaced_silently(tmp_path: Path) -> None:
    secrets.ensure_key()
    (tmp_path / "secrets" / "key").unlink()

    with pytest.raises(secrets.SecretsError) as caught:
        secrets.encrypt("x")

    assert caught.value.code == "secrets.key_lost"


def test_foreign_key_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets.ensure_key()
    other = tmp_path / "other"
    monkeypatch.setenv("RESONANZ_DATA", str(other))
    secrets.ensure_key()
    (other / "secrets" / "key").replace(tmp_path / "secrets" / "key")
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path))

    with pytest.raises(secrets.SecretsError) as caught:
        secrets.encrypt("x")

    assert caught.value.code == "secrets.key_wrong"


def test_token_of_another_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = secrets.encrypt("x")
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path / "other"))

    with pytest.raises(secrets.SecretsError) as caught:
        secrets.decrypt(token)

    assert caught.value.code == "secrets.not_ours"


def test_rotation_keeps_old_tokens_readable_and_hashes_equal(tmp_path: Path) -> None:
    old, digest = secrets.encrypt("x"), secrets.keyed_hash("a", "b")

    secrets.add_key()
    new = secrets.rotate(old)
    _drop_oldest_key(tmp_path / "secrets" / "key")

    assert secrets.decrypt(new) == "x"
    assert secrets.keyed_hash("a", "b") == digest
    with pytest.raises(secrets.SecretsError):
        secrets.decrypt(old)


def test_keyed_hash_keeps_parts_apart() -> None:
    assert secrets.keyed_hash("ab", "c") == secrets.keyed_hash("ab", "c")
    assert secrets.keyed_hash("ab", "c") != secrets.keyed_hash("a", "bc")


def _drop_oldest_key(file: Path) -> None:
    lines = file.read_text("ascii").splitlines()
    file.write_text("\n".join(lines[:-1]) + "\n", "ascii")


def test_keys_of_an_older_copy_read_again_and_encrypt_nothing(tmp_path: Path) -> None:
    old, copy = secrets.encrypt("x"), (tmp_path / "secrets" / "key").read_text("ascii")
    secrets.add_key()
    secrets.drop_old_keys()
    newest = secrets.key_ids()

    assert secrets.ids_in(copy) != newest
    secrets.join_keys(copy)

    assert secrets.decrypt(old) == "x"
    assert secrets.is_current(secrets.encrypt("y"))
    assert not secrets.is_current(old)
    assert secrets.key_ids() == newest + secrets.ids_in(copy)


def test_copy_of_another_installations_key_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets.ensure_key()
    copy = (tmp_path / "secrets" / "key").read_text("ascii")
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path / "other"))

    for text in (copy, "no key file"):
        with pytest.raises(secrets.SecretsError) as caught:
            secrets.join_keys(text)
        assert caught.value.code == "secrets.key_wrong"
