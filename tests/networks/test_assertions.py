from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from tests.networks.signing_keys import ec_key, pem, rsa_key

from resonanz.networks.assertions import NoKey, key_of, signed


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_word_is_signed_by_rs256_and_verifies() -> None:
    head, claims, signature = signed(key_of(pem(rsa_key())), {"iss": "us"}, key_id="k1").split(".")

    rsa_key().public_key().verify(decoded(signature), f"{head}.{claims}".encode(), PKCS1v15(), SHA256())
    assert json.loads(decoded(head)) == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    assert json.loads(decoded(claims)) == {"iss": "us"}


def test_word_is_signed_by_es256_as_two_numbers_of_32_bytes() -> None:
    for _ in range(20):  # a number that begins with zeros is padded
        head, claims, signature = signed(key_of(pem(ec_key())), {"iss": "us"}).split(".")

        raw = decoded(signature)
        assert len(raw) == 64
        numbers = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        ec_key().public_key().verify(numbers, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    assert json.loads(decoded(head)) == {"alg": "ES256", "typ": "JWT"}


def test_key_is_read_though_the_field_took_its_line_breaks() -> None:
    assert key_of(pem(ec_key()).replace("\n", "")).key_size == 256
    assert key_of(pem(ec_key()).replace("\n", "\r\n").replace("BEGIN", "BEGIN", 1)).key_size == 256


def test_other_keys_are_refused() -> None:
    others: list[ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey] = [
        ed25519.Ed25519PrivateKey.generate(),
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=1024),  # noqa: S505 # it is the one that is refused
    ]

    for key in others:
        typed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        with pytest.raises(NoKey):
            key_of(typed)


@pytest.mark.parametrize("known", ["2a8648ce3d0201", "2a8648ce3d030107"])
def test_key_of_a_kind_that_nobody_knows_is_refused(known: str) -> None:
    number = bytes.fromhex(known)
    unknown = number[:-1] + bytes([number[-1] ^ 0x40])
    written = ec_key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()).replace(number, unknown)

    with pytest.raises(NoKey):
        key_of(f"-----BEGIN PRIVATE KEY-----{b64encode(written).decode()}-----END PRIVATE KEY-----")


@given(st.text(max_size=80))
def test_what_is_no_key_is_refused(inside: str) -> None:
    for typed in (inside, f"-----BEGIN PRIVATE KEY-----{inside}-----END PRIVATE KEY-----"):
        with pytest.raises(NoKey):
            key_of(typed)
