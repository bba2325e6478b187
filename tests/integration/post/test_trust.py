"""The mail server is trusted when its certificate says so, and signed in to; nothing goes in the clear."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.mail_settings import Security
from server.storage.database import Database
from tests.integration.post.mailbox import mailbox
from tests.integration.post.postman import Round, postman
from tests.integration.storage.databases import migrated


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with migrated(tmp_path) as database:
        yield database


def made(folder: Path, address: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """A server with a self-made certificate for this address, and the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "mail.pem", folder / "mail.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file, key_file)
    return context, certificate_file


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_letters_go_by_tls_to_a_server_that_is_trusted(
    database: Database, tmp_path: Path, security: Security
):
    context, certificate = made(tmp_path)
    trust = ssl.create_default_context(cafile=str(certificate))
    async with mailbox(**{security.value: context}) as box:
        work = Round(database)
        await work.write()
        async with postman(work, box.server(security=security, tls=trust)):
            assert len(box.received) == 1


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_nothing_goes_to_a_server_that_nobody_vouches_for(
    database: Database, tmp_path: Path, security: Security
):
    context, _ = made(tmp_path)
    async with mailbox(**{security.value: context}) as box:
        work = Round(database)
        await work.write()
        async with postman(work, box.server(security=security)):
            row = await work.letter()
        assert row.problem is not None
        assert row.problem.startswith("The mail server could not be trusted (self")
        assert (row.failed_at, box.attempts) == (None, 0)


async def test_nothing_goes_to_a_server_with_the_certificate_of_another(database: Database, tmp_path: Path):
    context, certificate = made(tmp_path, "192.0.2.1")
    trust = ssl.create_default_context(cafile=str(certificate))
    async with mailbox(tls=context) as box:
        work = Round(database)
        await work.write()
        async with postman(work, box.server(security=Security.TLS, tls=trust)):
            assert "could not be trusted" in ((await work.letter()).problem or "")
        assert box.attempts == 0


async def test_nothing_goes_in_the_clear_to_a_server_without_starttls(database: Database):
    async with mailbox() as box:
        work = Round(database)
        await work.write()
        async with postman(work, box.server(security=Security.STARTTLS)):
            assert "no secure connection" in ((await work.letter()).problem or "")
        assert box.attempts == 0


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_a_refused_password_keeps_letters_waiting_and_is_never_told(
    database: Database, capsys: pytest.CaptureFixture[str]
):
    async with mailbox(password="right") as box:
        work = Round(database)
        await work.write()
        async with postman(work, box.server(user="moveroom", password="wrong-secret")):
            row = await work.letter()
            assert row.problem == "The mail server did not let us sign in (code 535)."
            assert row.failed_at is None
            assert box.received == []
        async with postman(work, box.server(user="moveroom", password="right")):
            await work.sleeps_through()
            assert len(box.received) == 1
    shown = capsys.readouterr()
    assert "wrong-secret" not in shown.out + shown.err
    assert "margaret" not in shown.out + shown.err


async def test_a_server_where_nobody_can_sign_in_is_said_to_be_one(database: Database):
    async with mailbox() as box:
        work = Round(database)
        await work.write()
        box.offers_no_sign_in = True
        async with postman(work, box.server(user="moveroom", password="right")):
            assert (await work.letter()).problem == "The mail server offers no way to sign in."
