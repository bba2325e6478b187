"""A certificate authority of this machine alone, and the certificate that it gives the web server.

Both are ECDSA P-256. The authority is good for two years and for names of local networks only (name
constraints, RFC 5280, section 4.2.1.10): whoever steals its key can pretend to be no bank. The server's
certificate is good for less than the 398 days that browsers take (CA/Browser Forum Baseline Requirements,
6.3.2), and is made anew when it is about to end or the machine has other addresses.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.data_folder import write_whole

AUTHORITY_LASTS = timedelta(days=730)
CERTIFICATE_LASTS = timedelta(days=396)
RENEWED_BEFORE = timedelta(days=30)
CLOCKS_DIFFER = timedelta(hours=1)
"""A phone's clock may be slow: what is good from now on would not be good for it."""
AUTHORITY_NAME = "Moveroom on this network"
_LOCAL_NETWORKS = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)
"""RFC 1918, RFC 3927, RFC 1122, RFC 4193, RFC 4291."""
_LOCAL_NAMES = ("localhost", "local", "lan", "home.arpa")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the files are, each readable by this user only."""

    authority: Path
    certificate: Path
    key: Path

    def fingerprint(self) -> str:
        """SHA-256 of the authority's certificate, in pairs of hexadecimal digits, for comparing by eye."""
        return _load(self.authority).fingerprint(hashes.SHA256()).hex(":").upper()

    def authority_der(self) -> bytes:
        """The authority's certificate as phones and computers take it."""
        return _load(self.authority).public_bytes(serialization.Encoding.DER)


def certificates(folder: Path, names: Sequence[str], now: datetime) -> Certificates:
    """Return certificates for these host names and IP addresses, made where there are none that will do.

    `folder` is made for this user only. An authority that is there is kept while it is good, because phones
    trust it already.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    files = Certificates(folder / "authority.crt", folder / "server.crt", folder / "server.key")
    authority_key = folder / "authority.key"
    authority = _good(files.authority, now)
    if authority is None or not _belongs(authority, authority_key) or not _covers(authority, names):
        authority = _make_authority(files.authority, authority_key, names, now)
    leaf = _good(files.certificate, now)
    if (
        leaf is None
        or not _belongs(leaf, files.key)
        or _names_of(leaf) != set(names)
        or not _is_by(leaf, authority)
    ):
        _make_certificate(files, authority, authority_key, names, now)
    return files


def _make_authority(file: Path, key_file: Path, names: Sequence[str], now: datetime) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, AUTHORITY_NAME)])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now + AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False)
        .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_whole(key_file, _pem(key))
    write_whole(file, made.public_bytes(serialization.Encoding.PEM).decode())
    return made


def _make_certificate(
    files: Certificates, authority: x509.Certificate, authority_key: Path, names: Sequence[str], now: datetime
) -> None:
    signer = serialization.load_pem_private_key(authority_key.read_bytes(), password=None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    above = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Moveroom")]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(min(now + CERTIFICATE_LASTS, authority.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above), critical=False)
        .sign(signer, hashes.SHA256())
    )
    write_whole(files.key, _pem(key))
    write_whole(files.certificate, made.public_bytes(serialization.Encoding.PEM).decode())


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _permitted(names: Sequence[str]) -> list[x509.GeneralName]:
    """Local networks and names, and what this machine itself is called beyond them."""
    networks = [ipaddress.ip_network(each) for each in _LOCAL_NETWORKS]
    hosts = list(_LOCAL_NAMES)
    for name in names:
        general = _general(name)
        if isinstance(general, x509.DNSName):
            if not any(name == each or name.endswith(f".{each}") for each in hosts):
                hosts.append(name)
        elif not any(ipaddress.ip_address(name) in network for network in networks):
            networks.append(ipaddress.ip_network(name))
    return [*(x509.DNSName(host) for host in hosts), *(x509.IPAddress(network) for network in networks)]


def _covers(authority: x509.Certificate, names: Sequence[str]) -> bool:
    """Whether the authority may speak for these names: the machine may have an address of another network."""
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    permitted = limits.permitted_subtrees or []
    return all(each in permitted for each in _permitted(names))


def _general(name: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _names_of(certificate: x509.Certificate) -> set[str]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = names.get_values_for_type(x509.IPAddress)
    return {*names.get_values_for_type(x509.DNSName), *(str(each) for each in addresses)}


def _belongs(certificate: x509.Certificate, key_file: Path) -> bool:
    """Whether this is its key: writing the two may have been cut short in between."""
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError):
        return False
    return key.public_key() == certificate.public_key()


def _is_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:  # of several kinds: another name, another key, another algorithm
        return False
    return True


def _good(file: Path, now: datetime) -> x509.Certificate | None:
    """Return what is there, if it can be read and will not end soon."""
    try:
        found = _load(file)
    except (OSError, ValueError):
        return None
    return found if found.not_valid_after_utc - RENEWED_BEFORE > now else None


def _load(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
