"""Talks to the mail server (SMTP, RFC 5321) by aiosmtplib, and tells what became of each letter.

| outcome | when | then |
|---|---|---|
| `Sent` | the server took the message (250 after the data) | done |
| `Later` | 4xx; connection refused or lost before the message was there | tried again |
| `Unsure` | no answer, or connection lost, once the message was handed over | the same message again |
| `Never` | 5xx for the receiver or the message | given up |
| `Away` | no connection, no TLS, sign-in or our own address refused | all letters wait |

A refused sign-in or sender is a matter of settings: no letter is given up at once for it. Nothing that is
said here holds an address: answers of servers often repeat them.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiosmtplib
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPConnectResponseError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from server.config import Settings
from server.mail_settings import USUAL_PORTS, Security
from server.post.composing import Envelope, Sender

COMMAND_S = 60.0
"""How long the server may take for a command ..."""
TAKING_S = 600.0
"""... and for taking a message: RFC 5321, 4.5.3.2.6 asks for 10 minutes, since whoever hangs up earlier may
get it delivered twice."""

MOST_WORDS = 200

_ADDRESS = re.compile(r"<[^>]*>|\S*@\S*")


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has it."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now. `problem` is for staff."""

    problem: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Nobody can say whether the server has it."""

    problem: str


@dataclass(frozen=True, slots=True)
class Never:
    """Trying again would not help."""

    problem: str


@dataclass(frozen=True, slots=True)
class Away:
    """The server takes nothing from us for the moment."""

    problem: str


Outcome = Sent | Later | Unsure | Never | Away


@dataclass(frozen=True, slots=True)
class MailServer:
    """Which server, how to sign in there, and from whom letters come."""

    host: str
    port: int
    security: Security
    user: str
    password: str
    sender: Sender
    known_as: str
    """The name by which we greet it (EHLO)."""
    tls: ssl.SSLContext | None = None
    """With other authorities than the machine's; None for those."""
    command_s: float = COMMAND_S
    taking_s: float = TAKING_S

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"


def mail_server_of(settings: Settings) -> MailServer | None:
    """Return the mail server that is set; None when there is none."""
    if not settings.smtp_host:
        return None
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port or USUAL_PORTS[settings.smtp_security],
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
        sender=Sender(settings.mail_from, settings.mail_name),
        known_as=greeting_of(settings.base_url),
    )


def greeting_of(base_url: str) -> str:
    """Return the name by which this installation greets mail servers: that of its own address; an IP address
    in brackets (RFC 5321, 4.1.3).
    """
    name = urlsplit(base_url).hostname or "localhost"
    if ":" in name:
        return f"[IPv6:{name}]"
    return name if any(letter.isalpha() for letter in name) else f"[{name}]"


class Connection:
    """One conversation with the server; several letters may go by it. `open`, then `close` and `hang_up`."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            local_hostname=server.known_as,
            timeout=server.command_s,
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            tls_context=server.tls,
        )

    async def open(self) -> Away | None:
        """Greet the server and sign in; says why if that does not work."""
        try:
            await self._smtp.connect()
        except ssl.SSLError as error:
            return Away(f"The mail server could not be trusted ({_reason(error)}).")
        except SMTPAuthenticationError as error:
            return Away(f"The mail server did not let us sign in (code {error.code}).")
        except SMTPConnectResponseError as error:
            return Away(f"The mail server turned us away (code {error.code}).")
        except SMTPException as error:
            cause = error.__cause__
            if isinstance(cause, ssl.SSLError):
                return Away(f"The mail server could not be trusted ({_reason(cause)}).")
            if "AUTH extension" in error.message:
                return Away("The mail server offers no way to sign in.")
            if "STARTTLS" in error.message:
                return Away("The mail server offers no secure connection (STARTTLS).")
            return Away("The mail server could not be reached.")
        except OSError:
            return Away("The mail server could not be reached.")
        return None

    @property
    def is_open(self) -> bool:
        """Whether it can be used (any more)."""
        return self._smtp.is_connected

    async def send(self, envelope: Envelope) -> Outcome:
        """Hand over one letter."""
        outcome = await self._send(envelope)
        if not isinstance(outcome, Sent) and self._smtp.is_connected:
            try:
                await self._smtp.rset()
            except (SMTPException, OSError):
                self._smtp.close()
        return outcome

    async def _send(self, envelope: Envelope) -> Outcome:
        try:
            await self._smtp.mail(self._server.sender.address)
            await self._smtp.rcpt(envelope.to_address)
        except SMTPSenderRefused as error:
            return Away(f"The mail server refused our own address. {answer(error, envelope)}")
        except SMTPRecipientRefused as error:
            return _refused(error, envelope)
        except (SMTPException, OSError):
            return Later("The connection to the mail server was lost.")
        try:
            await self._smtp.data(envelope.message, timeout=self._server.taking_s)
        except SMTPDataError as error:
            return _refused(error, envelope)
        except (SMTPException, OSError):
            return Unsure("The mail server did not say whether it took this email.")
        return Sent()

    async def close(self) -> None:
        """Say goodbye."""
        if self._smtp.is_connected:
            try:
                await self._smtp.quit(timeout=min(5.0, self._server.command_s))
            except (SMTPException, OSError):
                self.hang_up()

    def hang_up(self) -> None:
        """Let go of the connection at once. Idempotent."""
        self._smtp.close()


def _refused(error: SMTPResponseException, envelope: Envelope) -> Later | Never:
    said = answer(error, envelope)
    return Never(said) if 500 <= error.code <= 599 else Later(said)


def answer(error: SMTPResponseException, envelope: Envelope) -> str:
    """Return what the server said, without addresses: `The mail server said: 550 no such mailbox`."""
    local = envelope.to_address.partition("@")[0]
    words = _ADDRESS.sub("(address)", " ".join(error.message.split()))
    words = re.sub(rf"(?<!\w){re.escape(local)}(?!\w)", "(address)", words, flags=re.IGNORECASE)
    words = "".join(char for char in words if char.isprintable())
    return f"The mail server said: {error.code} {words}"[:MOST_WORDS].rstrip()


def _reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return error.reason or "TLS failed"
