"""Another key for what is encrypted at rest: everything comes under it, also after a kill, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet
from django.db import connection
from psycopg.conninfo import make_conninfo

from resonanz.accounts.models import NotificationService
from resonanz.core import clock, secrets
from resonanz.networks.models import Application, Channel, Registration, Webhook
from resonanz.ops import rotate_key_command
from resonanz.ops.data_folder import open_data_folder
from resonanz.ops.rotate_key_command import MARK, rotate_key
from resonanz.privacy import encrypted
from resonanz.privacy.models import AuditRecord

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, with a key."""
    folder = open_data_folder(tmp_path / "data").path
    monkeypatch.setenv("RESONANZ_DATA", str(folder))
    secrets.ensure_key()
    return folder


def rotated(*options: str) -> Result:
    """The command, here."""
    return CliRunner().invoke(rotate_key, options, catch_exceptions=False)


def fill(channels: int) -> None:
    """A row in every table that holds something encrypted, and many channels, some of them without a token."""
    now = clock.now()
    Channel.objects.bulk_create(
        Channel(
            network="memory", name=f"Kanal {n}", created_at=now,
            encrypted_secret=secrets.encrypt(f"token {n}") if n % 3 else b"",
            encrypted_renewal=secrets.encrypt(f"again {n}"),
        )
        for n in range(channels)
    )  # fmt: skip
    first = Channel.objects.order_by("id")[0]
    Webhook.objects.create(channel=first, key="k", encrypted_secret=secrets.encrypt("hook"), made_at=now)
    Registration.objects.create(
        network="mastodon", server="https://m.example", redirect_uri="https://r.example", client_id="c",
        encrypted_client_secret=secrets.encrypt("client"), created_at=now,
    )  # fmt: skip
    Application.objects.create(network="x", sealed=secrets.encrypt("{}"), registered_at=now, changed_at=now)
    NotificationService.objects.create(name="Raum", encrypted_address=secrets.encrypt("json://x"), created_at=now)


def under(key: bytes) -> int:
    """How many stored values this key alone opens."""
    box, count = Fernet(key), 0
    for model, names in encrypted.tables():
        for row in model._base_manager.all():
            for held in (bytes(getattr(row, name) or b"") for name in names):
                count += bool(held) and _opens(box, held)
    return count


def _opens(box: Fernet, held: bytes) -> bool:
    try:
        box.decrypt(held)
    except Exception:  # noqa: BLE001 (whatever it says, it does not open)
        return False
    return True


def newest(data: Path) -> bytes:
    """The key that encrypts."""
    lines = (data / secrets.KEY_FILE).read_text("ascii").splitlines()
    return next(line.split()[1].encode() for line in lines if line.startswith("encrypt "))


def test_everything_is_encrypted_anew_and_the_old_key_goes(data: Path) -> None:
    fill(7)
    old, digest = newest(data), secrets.keyed_hash("a")
    before = under(old)

    done = rotated()

    assert (under(old), under(newest(data))) == (0, before)
    assert len(secrets.key_ids()) == 1
    assert secrets.keyed_hash("a") == digest
    assert {secrets.decrypt(bytes(one.encrypted_renewal)) for one in Channel.objects.all()} == {
        f"again {n}" for n in range(7)
    }
    assert "networks_channel: 7 of 7, 7 encrypted anew" in done.output
    assert str(data / secrets.KEY_FILE) in done.output
    assert AuditRecord.objects.get().act == "key.rotated"
    assert not (data / MARK).exists()


def test_old_key_that_is_kept_reads_and_goes_the_next_time(data: Path) -> None:
    fill(1)
    first, old = newest(data), secrets.encrypt("in a backup")

    rotated("--keep-old")
    assert secrets.decrypt(old) == "in a backup"
    assert under(first) == 0

    rotated()
    assert len(secrets.key_ids()) == 1
    with pytest.raises(secrets.SecretsError):
        secrets.decrypt(old)


def test_what_no_key_opens_stays_and_is_told(data: Path) -> None:
    fill(2)
    foreign = Fernet(Fernet.generate_key()).encrypt(b"x")
    channel = Channel.objects.order_by("id")[1]
    Channel.objects.filter(pk=channel.pk).update(encrypted_secret=foreign)

    done = rotated()

    assert "networks_channel: no key opens 1" in done.output
    channel.refresh_from_db()
    assert bytes(channel.encrypted_secret) == foreign
    assert secrets.decrypt(bytes(channel.encrypted_renewal)) == "again 1"


@pytest.mark.parametrize("after", [0, 1, 3])
def test_interrupted_it_goes_on_with_the_same_key(data: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    fill(7)
    before, told = under(newest(data)), 0
    monkeypatch.setattr(encrypted, "BATCH", 2)

    def interrupt(_progress: object) -> None:
        nonlocal told
        told += 1
        if told > after:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rotate_key_command, "_tell", interrupt)
        assert rotated().exit_code != 0
    new = newest(data)
    assert len(secrets.key_ids()) == 2

    done = rotated()

    assert "Going on" in done.output
    assert newest(data) == new
    assert (len(secrets.key_ids()), under(new)) == (1, before)


@pytest.mark.parametrize("is_marked", [True, False])
def test_killed_before_the_key_was_made_it_makes_one(data: Path, is_marked: bool) -> None:
    fill(1)
    (data / MARK).write_text(secrets.key_ids()[0] if is_marked else "")
    old = newest(data)

    rotated()

    assert newest(data) != old
    assert under(old) == 0


def test_what_is_written_meanwhile_is_not_lost(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who read the key file before the new one was there commits after the first look."""
    fill(1)
    late = secrets.encrypt("late")

    def commit_late() -> bool:
        Channel.objects.create(network="memory", name="late", encrypted_secret=late, created_at=clock.now())
        return True

    monkeypatch.setattr(encrypted, "wait_for_older_transactions", commit_late)

    rotated()

    assert secrets.decrypt(bytes(Channel.objects.get(name="late").encrypted_secret)) == "late"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_midst_it_loses_nothing(data: Path) -> None:
    fill(2_000)
    before, old = under(newest(data)), newest(data)
    command = [sys.executable, "-m", "resonanz", "rotate-key"]
    with subprocess.Popen(command, env=_environment(data), stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert "encrypts from now on" in running.stdout.readline()
        while "networks_channel" not in running.stdout.readline():
            pass
        running.send_signal(signal.SIGKILL)
    assert 0 < under(old) < before

    done = subprocess.run(command, env=_environment(data), capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert (under(old), under(newest(data)), len(secrets.key_ids())) == (0, before, 1)


def _environment(data: Path) -> dict[str, str]:
    url = make_conninfo(os.environ["TEST_DATABASE_URL"], dbname=str(connection.settings_dict["NAME"]))
    return {**os.environ, "DATABASE_URL": url, "RESONANZ_DATA": str(data)}
