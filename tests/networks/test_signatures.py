"""Every scheme by which networks sign deliveries, with the examples of the standards."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.networks import signatures

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BODY = b'{"post":{"id":1}}'
# RFC 4231, test case 2, and RFC 2202, test case 2: key "Jefe".
WHAT = b"what do ya want for nothing?"
SHA256 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
SHA1 = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"


def test_hexadecimal_signature_is_that_of_the_standard() -> None:
    assert signatures.fits_hex("Jefe", WHAT, f"sha256={SHA256}", prefix="sha256=")
    assert signatures.fits_hex("Jefe", WHAT, SHA256)
    assert signatures.fits_hex("Jefe", WHAT, f"sha1={SHA1}", prefix="sha1=", algorithm="sha1")


def test_signature_in_base_64_is_that_of_the_same_bytes() -> None:
    given = "sha256=" + b64encode(bytes.fromhex(SHA256)).decode()

    assert signatures.fits_base64("Jefe", WHAT, given, prefix="sha256=")
    assert signatures.hmac_base64("Jefe", WHAT) == given.removeprefix("sha256=")


@pytest.mark.parametrize(
    "given",
    ["", SHA256, f"sha1={SHA256}", f"sha256={SHA256[:-1]}", f"sha256={SHA256}0", f"SHA256={SHA256}", "sha256=ü\udc80"],
)
def test_what_is_not_quite_the_signature_does_not_fit(given: str) -> None:
    assert not signatures.fits_hex("Jefe", WHAT, given, prefix="sha256=")


def test_one_other_byte_of_the_body_does_not_fit() -> None:
    assert not signatures.fits_hex("Jefe", WHAT + b" ", f"sha256={SHA256}", prefix="sha256=")


def test_empty_secret_fits_nothing() -> None:
    of_nothing = hmac.new(b"", BODY, hashlib.sha256)

    assert not signatures.fits_hex("", BODY, of_nothing.hexdigest())
    assert not signatures.fits_base64("", BODY, b64encode(of_nothing.digest()).decode())
    assert not signatures.fits("", "")


def test_token_fits_itself_alone() -> None:
    assert signatures.fits("a-token", "a-token")
    assert not signatures.fits("a-token", "a-toke")
    assert not signatures.fits("a-token", "A-token")


@pytest.mark.parametrize("seconds", [-299, 0, 299])
def test_time_within_the_window_is_recent(seconds: int) -> None:
    assert signatures.is_recent(str(int((NOON + timedelta(seconds=seconds)).timestamp())), NOON)


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 86_400])
def test_time_outside_of_the_window_is_not(seconds: int) -> None:
    assert not signatures.is_recent(str(int((NOON + timedelta(seconds=seconds)).timestamp())), NOON)


@pytest.mark.parametrize("said", ["", "now", "-1", "1e9", "١٢٣", "9" * 30, " 1"])
def test_what_is_no_time_is_not_recent(said: str) -> None:
    assert not signatures.is_recent(said, NOON)


@given(st.text(min_size=1), st.binary(), st.text())
def test_nobody_without_the_secret_fits(secret: str, body: bytes, given: str) -> None:
    secret = secret.encode("utf-8", "replace").decode()

    assert not signatures.fits_hex(secret, body, given)
    assert not signatures.fits_base64(secret, body, given)
