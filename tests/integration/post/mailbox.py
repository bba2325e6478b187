"""A real mail server on loopback that does as it is told, and keeps what it gets."""

from __future__ import annotations

import asyncio
import email
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from server.mail_settings import Security
from server.post.composing import Sender
from server.post.mail_server import MailServer

SENDER = Sender("classes@moveroom.example", "Physiotherapy classes")
Reply = str | Callable[[], Awaitable[str]]


class Mailbox:
    """What came, and what is answered next: `250` where nothing else was said."""

    def __init__(self) -> None:
        self.port = 0
        self.received: list[bytes] = []
        """The messages it took."""
        self.receivers: list[str] = []
        self.attempts = 0
        """Messages that were handed over, taken or not."""
        self.connections = 0
        self.offers_no_sign_in = False
        self.hangs_up = False
        """Right after the greeting."""
        self.to_receivers: list[Reply] = []
        """Answers to come to RCPT, the next one first."""
        self.to_messages: list[Reply] = []
        """Answers to come to DATA."""
        self.came = asyncio.Condition()

    @property
    def letters(self) -> list[EmailMessage]:
        return [self.parse(each) for each in self.received]

    @staticmethod
    def parse(message: bytes) -> EmailMessage:
        parsed = email.message_from_bytes(message, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    async def has(self, number: int) -> list[EmailMessage]:
        """Wait until so many letters have come."""
        async with asyncio.timeout(60), self.came:
            await self.came.wait_for(lambda: len(self.received) >= number)
        return self.letters

    def server(self, **other: object) -> MailServer:
        """How it is reached, in the clear."""
        settings: dict[str, object] = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": Security.NONE,
            "user": "",
            "password": "",
            "sender": SENDER,
            "known_as": "[127.0.0.1]",
            "command_s": 5.0,
            "taking_s": 5.0,
        }
        return MailServer(**(settings | other))  # type: ignore[arg-type]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        if self.hangs_up:
            asyncio.get_running_loop().call_soon(server.transport.close)
        return [each for each in responses if not (self.offers_no_sign_in and "AUTH" in each)]

    async def handle_RCPT(self, server, session, envelope: Envelope, address, options) -> str:
        answer = await _said(self.to_receivers)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope: Envelope) -> str:
        self.attempts += 1
        answer = await _said(self.to_messages)
        if answer.startswith("250"):
            async with self.came:
                assert isinstance(envelope.content, bytes)
                self.received.append(envelope.content)
                self.receivers += envelope.rcpt_tos
                self.came.notify_all()
        return answer


async def _said(answers: list[Reply]) -> str:
    answer = answers.pop(0) if answers else "250 OK"
    return answer if isinstance(answer, str) else await answer()


@asynccontextmanager
async def mailbox(
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    password: str | None = None,
    port: int = 0,
) -> AsyncIterator[Mailbox]:
    """Run a mail server; with `password`, those who sign in with it are served only."""
    loop = asyncio.get_running_loop()
    box = Mailbox()

    def right(server, session, envelope, mechanism, given) -> AuthResult:
        known = isinstance(given, LoginPassword) and given.password == (password or "").encode()
        return AuthResult(success=known, handled=known)

    def talk() -> SMTP:
        return SMTP(
            box,
            loop=loop,
            hostname="mail.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=right,
            auth_required=password is not None,
            auth_require_tls=False,
        )

    listening = await loop.create_server(talk, "127.0.0.1", port, ssl=tls)
    box.port = listening.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        listening.close()
