"""What is told of a mail server's answers, and what is not."""

from __future__ import annotations

import pytest
from aiosmtplib.errors import SMTPRecipientRefused

from server.config import read_settings
from server.post.composing import Envelope
from server.post.mail_server import MOST_WORDS, answer, greeting_of, mail_server_of

ENVELOPE = Envelope("margaret.ellis@patients.example", b"")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("5.1.1 <margaret.ellis@patients.example>: unknown", "5.1.1 (address): unknown"),
        ("user Margaret.Ellis unknown", "user (address) unknown"),
        ("no such user: MARGARET.ELLIS@PATIENTS.EXAMPLE", "no such user: (address)"),
        ("two\nlines\x1b[31m", "two lines[31m"),
    ],
)
def test_answers_are_told_without_addresses(said: str, told: str):
    error = SMTPRecipientRefused(550, said, ENVELOPE.to_address)
    assert answer(error, ENVELOPE) == f"The mail server said: 550 {told}"


def test_a_long_answer_is_cut():
    assert len(answer(SMTPRecipientRefused(550, "no " * 500, "x"), ENVELOPE)) <= MOST_WORDS


@pytest.mark.parametrize(
    ("base_url", "greeting"),
    [
        ("https://classes.example.org", "classes.example.org"),
        ("http://127.0.0.1:8080", "[127.0.0.1]"),
        ("http://[::1]:8080", "[IPv6:::1]"),
        ("http://localhost:8080", "localhost"),
    ],
)
def test_we_greet_by_our_own_address(base_url: str, greeting: str):
    """RFC 5321, 4.1.3: an IP address stands in brackets."""
    assert greeting_of(base_url) == greeting


def test_the_usual_port_goes_with_the_kind_of_connection():
    mail = {"MOVEROOM_SMTP_HOST": "smtp.example.org", "MOVEROOM_MAIL_FROM": "classes@example.org"}
    ports = {
        security: mail_server_of(read_settings(mail | {"MOVEROOM_SMTP_SECURITY": security}))
        for security in ("starttls", "tls")
    }
    assert [server.port for server in ports.values() if server] == [587, 465]
    set_port = mail_server_of(read_settings(mail | {"MOVEROOM_SMTP_PORT": "2525"}))
    assert set_port is not None
    assert set_port.port == 2525
    assert mail_server_of(read_settings({})) is None


def test_a_mail_server_never_shows_its_password():
    mail = {
        "MOVEROOM_SMTP_HOST": "smtp.example.org",
        "MOVEROOM_MAIL_FROM": "classes@example.org",
        "MOVEROOM_SMTP_USER": "moveroom",
        "MOVEROOM_SMTP_PASSWORD": "tell-nobody",
    }
    assert "tell-nobody" not in repr(mail_server_of(read_settings(mail)))
