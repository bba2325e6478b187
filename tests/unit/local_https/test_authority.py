"""The local authority: what its certificates are good for, when they are made anew, and who can read them."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from server.errors import CannotStart
from server.local_https.addresses import local_names
from server.local_https.authority import Certificates, certificates

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
NAMES = ("localhost", "clinic", "clinic.local", "127.0.0.1", "::1", "192.168.1.20")


def read(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


@pytest.fixture
def made(tmp_path: Path) -> Certificates:
    return certificates(tmp_path / "https", NAMES, NOW)


def test_all_files_are_for_this_user_only(made: Certificates):
    folder = made.authority.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = sorted(each.name for each in folder.iterdir())
    assert files == ["authority.crt", "authority.key", "server.crt", "server.key"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}


def test_the_certificate_is_short_lived_for_this_machine_and_by_the_authority(made: Certificates):
    leaf, authority = read(made.certificate), read(made.authority)
    leaf.verify_directly_issued_by(authority)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=397)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "clinic", "clinic.local"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == [
        "127.0.0.1",
        "::1",
        "192.168.1.20",
    ]
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_the_authority_lasts_two_years_and_speaks_for_local_names_only(made: Certificates):
    authority = read(made.authority)
    assert authority.not_valid_after_utc == NOW + timedelta(days=730)
    constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (constraints.ca, constraints.path_length) == (True, 0)
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    named = {each.value for each in limits.value.permitted_subtrees if isinstance(each, x509.DNSName)}
    assert named == {"localhost", "local", "lan", "home.arpa", "clinic"}
    networks = [each.value for each in limits.value.permitted_subtrees if isinstance(each, x509.IPAddress)]
    assert all(network.is_private for network in networks)


def test_nothing_is_made_anew_while_it_is_good(made: Certificates):
    before = {each.name: each.read_bytes() for each in made.authority.parent.iterdir()}
    certificates(made.authority.parent, NAMES, NOW + timedelta(days=100))
    assert {each.name: each.read_bytes() for each in made.authority.parent.iterdir()} == before


def test_another_address_makes_another_certificate_and_keeps_the_authority(made: Certificates):
    authority, leaf = made.authority.read_bytes(), made.certificate.read_bytes()
    again = certificates(made.authority.parent, (*NAMES[:-1], "192.168.7.4"), NOW)
    assert again.authority.read_bytes() == authority
    assert again.certificate.read_bytes() != leaf
    read(again.certificate).verify_directly_issued_by(read(again.authority))


def test_an_address_outside_local_networks_takes_an_authority_that_may_speak_for_it(made: Certificates):
    authority = made.authority.read_bytes()
    again = certificates(made.authority.parent, (*NAMES, "203.0.113.9"), NOW)
    assert again.authority.read_bytes() != authority
    limits = read(again.authority).extensions.get_extension_for_class(x509.NameConstraints).value
    assert "203.0.113.9/32" in {str(each.value) for each in limits.permitted_subtrees}


def test_a_certificate_is_made_anew_before_it_ends_and_the_authority_too(made: Certificates):
    later = NOW + timedelta(days=370)
    again = certificates(made.authority.parent, NAMES, later)
    assert read(again.certificate).not_valid_after_utc > later + timedelta(days=300)
    assert read(again.authority).not_valid_after_utc == NOW + timedelta(days=730)
    much_later = NOW + timedelta(days=710)
    again = certificates(made.authority.parent, NAMES, much_later)
    assert read(again.authority).not_valid_after_utc == much_later + timedelta(days=730)
    read(again.certificate).verify_directly_issued_by(read(again.authority))


@pytest.mark.parametrize("broken", ["authority.crt", "authority.key", "server.crt", "server.key"])
def test_a_file_that_is_missing_or_damaged_is_made_anew_with_its_pair(made: Certificates, broken: str):
    folder = made.authority.parent
    (folder / broken).write_text("not a certificate")
    again = certificates(folder, NAMES, NOW)
    read(again.certificate).verify_directly_issued_by(read(again.authority))


def test_phones_are_told_the_ipv4_address_first_and_the_machine_its_loopback_too():
    names = local_names(["2001:db8::5", "192.168.1.20", "127.0.0.1", "::1"], "Clinic.example")
    assert names.addresses == ("192.168.1.20", "2001:db8::5")
    assert names.host == "192.168.1.20"
    assert names.names == (
        "localhost",
        "clinic.example",
        "clinic.local",
        "127.0.0.1",
        "::1",
        "192.168.1.20",
        "2001:db8::5",
    )
    assert local_names(["2001:db8::5"], "localhost").host == "[2001:db8::5]"


def test_a_machine_on_no_network_is_told_so():
    with pytest.raises(CannotStart, match="needs a network"):
        local_names(["127.0.0.1", "::1"], "clinic")
