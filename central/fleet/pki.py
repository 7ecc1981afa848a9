"""A certificate authority for development and for small networks: who a device is, as the broker sees it.

    ca.crt, ca.key        the authority, in a folder of mode 0700
    NAME.crt, NAME.key    one certificate each: the common name is the device's id, or `central`

EC P-256 throughout. A library with an authority of its own uses that one; only the common name matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from central.config import ConfigError
from central.keys import write_private

AUTHORITY = "ca"
AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 825
"""The longest that common TLS clients accept of a private authority."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")
"""Also a file's name, and the user name that stands in the broker's topics: no `/`, no `+`, no `#`."""
SKEW = timedelta(days=1)
"""A kiosk's clock may be late when it first meets its certificate."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its key, in PEM."""

    certificate: bytes
    key: bytes

    def __repr__(self) -> str:
        return "Issued(…)"


@dataclass(frozen=True, slots=True)
class Authority:
    """Signs certificates."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def issue(self, common_name: str, now: datetime, addresses: Iterable[str] = ()) -> Issued:
        """A certificate of `common_name`.

        Args:
            common_name: device id, `central`, or a server's name.
            now: UTC; valid from a day before for 825 days.
            addresses: host names and IP addresses of a server; none for a client.

        Raises:
            ConfigError: a name that is no plain one.
        """
        if not NAME.fullmatch(common_name):
            raise ConfigError(f"{common_name!r} is no name for a certificate")
        key = ec.generate_private_key(ec.SECP256R1())
        names = [_general_name(address) for address in addresses]
        usage = ExtendedKeyUsageOID.SERVER_AUTH if names else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = (
            _begin(common_name, self.certificate.subject, key.public_key(), now, CERTIFICATE_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return Issued(builder.sign(self.key, SHA256()).public_bytes(Encoding.PEM), _pem(key))


def make(folder: Path, now: datetime) -> Authority:
    """The authority in `folder`; a new one where there is none.

    Raises:
        ConfigError: half of one is there.
    """
    if (folder / f"{AUTHORITY}.crt").exists() or (folder / f"{AUTHORITY}.key").exists():
        return load(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Shuwu development CA")
    certificate = (
        _begin("Shuwu development CA", name, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(key, SHA256())
    )
    save(folder, AUTHORITY, Issued(certificate.public_bytes(Encoding.PEM), _pem(key)))
    return Authority(certificate, key)


def load(folder: Path) -> Authority:
    """The authority in `folder`.

    Raises:
        ConfigError: missing or damaged.
    """
    try:
        certificate = x509.load_pem_x509_certificate((folder / f"{AUTHORITY}.crt").read_bytes())
        key = load_pem_private_key((folder / f"{AUTHORITY}.key").read_bytes(), password=None)
    except (OSError, ValueError) as cause:
        raise ConfigError(f"{folder}: no authority: {cause}; `shuwu-central pki init` makes one") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ConfigError(f"{folder}/{AUTHORITY}.key: not an EC key")
    return Authority(certificate, key)


def save(folder: Path, name: str, issued: Issued) -> None:
    """Write `NAME.key` (0600) and `NAME.crt`.

    Raises:
        ConfigError: that name has a key already.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not write_private(folder / f"{name}.key", issued.key):
        raise ConfigError(f"{folder / name}.key exists; remove it to issue it anew")
    (folder / f"{name}.crt").write_bytes(issued.certificate)


def _begin(
    subject: str, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    """An authority signs certificates, all others sign handshakes."""
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(address: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(address))
    except ValueError:
        return x509.DNSName(address)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
