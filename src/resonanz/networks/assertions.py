"""Saying who we are by a signed word of our own (JWT, RFC 7519): by RS256 or ES256, whichever the key is for."""

from __future__ import annotations

import json
import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key

Key = RSAPrivateKey | EllipticCurvePrivateKey
_LEAST_BITS = 2048
_NUMBER = 32  # the bytes of each of the two numbers of a signature by ES256 (RFC 7518, 3.4)
_MOST_TYPED = 20_000
_PEM = re.compile(r"-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", re.DOTALL)


class NoKey(ValueError):
    """It is no private key that we can sign with."""


def key_of(typed: str) -> Key:
    """The private key (PKCS #8) that somebody pasted, also where the field took its line breaks away."""
    found = _PEM.search(typed[:_MOST_TYPED])
    try:
        key = load_der_private_key(b64decode("".join(found[1].split()), validate=True), None) if found else None
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NoKey from error
    if isinstance(key, RSAPrivateKey) and key.key_size >= _LEAST_BITS:
        return key
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
        return key
    raise NoKey


def signed(key: Key, claims: Mapping[str, object], *, key_id: str = "") -> str:
    """The claims as a word that only whoever has the key can say."""
    algorithm = "RS256" if isinstance(key, RSAPrivateKey) else "ES256"
    head = {"alg": algorithm, "typ": "JWT"} | ({"kid": key_id} if key_id else {})
    words = f"{_coded(_written(head))}.{_coded(_written(claims))}"
    return f"{words}.{_coded(_signature(key, words.encode()))}"


def _signature(key: Key, words: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.sign(words, PKCS1v15(), SHA256())
    r, s = decode_dss_signature(key.sign(words, ECDSA(SHA256())))
    return r.to_bytes(_NUMBER, "big") + s.to_bytes(_NUMBER, "big")


def _written(found: Mapping[str, object]) -> bytes:
    return json.dumps(dict(found), separators=(",", ":")).encode()


def _coded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
