"""Reads the settings of outgoing mail, and says which of them do not go together. Pure."""

from __future__ import annotations

import ipaddress
import re
from enum import StrEnum
from typing import Protocol

_HOST = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


class Security(StrEnum):
    """How the connection to the mail server is kept secret."""

    STARTTLS = "starttls"
    """It begins in the clear and must turn to TLS (RFC 3207) before anything is said."""
    TLS = "tls"
    """TLS from the first byte (RFC 8314, 3.3)."""
    NONE = "none"
    """In the clear: to a mail server on this machine only."""


USUAL_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


class MailSettings(Protocol):
    """The settings that belong together."""

    @property
    def smtp_host(self) -> str: ...  # noqa: D102
    @property
    def smtp_security(self) -> Security: ...  # noqa: D102
    @property
    def smtp_user(self) -> str: ...  # noqa: D102
    @property
    def smtp_password(self) -> str: ...  # noqa: D102
    @property
    def mail_from(self) -> str: ...  # noqa: D102


def host(text: str) -> str:
    """Read a host's name or IP address; empty for none."""
    text = text.strip()
    if text and not _HOST.fullmatch(text) and not _is_ip(text):
        raise ValueError("the name or IP address of a mail server is needed, such as smtp.example.org")
    return text


def security(text: str) -> Security:
    """Read how the connection is kept secret."""
    try:
        return Security(text)
    except ValueError:
        raise ValueError("one of starttls, tls, none is needed") from None


def secret(text: str) -> str:
    """Read what is sent to a mail server as it is: all of one line."""
    if not text.isprintable():
        raise ValueError("it holds characters that cannot be seen")
    return text


def address(text: str) -> str:
    """Read an e-mail address; empty for none."""
    text = text.strip()
    if text and (len(text) > 254 or not _ADDRESS.fullmatch(text)):
        raise ValueError("an email address is needed, such as classes@example.org")
    return text


def sender_name(text: str) -> str:
    """Read the name beside the address that letters come from."""
    if not text.strip() or not text.isprintable() or len(text) > 80:
        raise ValueError("a name of at most 80 characters is needed")
    return text.strip()


def conflict(settings: MailSettings) -> tuple[str, str] | None:
    """Return which setting does not go with the others, and why; None when they go together."""
    if not settings.smtp_host:
        return None
    if not settings.mail_from:
        return "MAIL_FROM", "must be set when SMTP_HOST is: it is the address that letters come from"
    if settings.smtp_security is Security.NONE and not _is_loopback(settings.smtp_host):
        return "SMTP_SECURITY", "can be none only when SMTP_HOST is this machine, such as 127.0.0.1"
    if bool(settings.smtp_user) != bool(settings.smtp_password):
        missing = "SMTP_PASSWORD" if settings.smtp_user else "SMTP_USER"
        return missing, "must be set too: SMTP_USER and SMTP_PASSWORD go together"
    return None


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(text: str) -> bool:
    return text.lower() == "localhost" or (_is_ip(text) and ipaddress.ip_address(text).is_loopback)
