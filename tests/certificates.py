"""Certificates for servers on the loopback, by an authority that nobody else knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def write_certificates(folder: Path, name: str = "localhost") -> None:
    """ca.pem, and what it vouches for: server.pem with server.key, for the name and for 127.0.0.1."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Testing authority")])
    now = datetime.now(UTC)
    times = {"before": now - timedelta(days=1), "after": now + timedelta(days=2)}
    basic = x509.CertificateBuilder().issuer_name(ca_name).not_valid_before(times["before"])
    basic = basic.not_valid_after(times["after"])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    subject_key = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    ca = basic.subject_name(ca_name).public_key(ca_key.public_key()).serial_number(x509.random_serial_number())
    ca = ca.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).add_extension(
        usage, critical=True
    )
    ca = ca.add_extension(subject_key, critical=False)
    named = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))])
    server = basic.subject_name(x509.Name([])).public_key(key.public_key()).serial_number(x509.random_serial_number())
    server = server.add_extension(named, critical=True).add_extension(authority_key, critical=False)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    (folder / "server.pem").write_bytes(server.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.key").write_bytes(private)
    (folder / "server.key").chmod(0o600)
