"""Makes an e-mail of a letter: plain text, and a calendar entry where there is one. Pure.

- The Message-ID is made of the letter's id, the date is when it was written, and the parts are divided by its
  id too: sent again it is the same message, byte for byte, and a receiver that has it can drop it (RFC 5322,
  3.6.4).
- `Auto-Submitted: auto-generated` (RFC 3834) keeps absence notes away; there is no Reply-To, since nobody
  reads answers.
- Nothing of the person stands in the headers but the address. What is put into headers cannot begin a new
  one: line ends become spaces, and an address that is none is refused.
- A calendar entry stands beside the text as `text/calendar` with its method, which Outlook, Gmail and Apple
  Mail offer to accept (RFC 6047), and as a file, for everything else. Several entries to be added together
  (PUBLISH) are a file only: Outlook takes them for an invitation that it cannot read. A stream of several
  objects becomes as many files.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from server.legible import legible

LINE = 72
"""Characters in a line of text (RFC 5322, 2.1.1: no more than 78). A web address is never broken."""

PUBLISH = "PUBLISH"
_END = "END:VCALENDAR\r\n"
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,190}$)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


class CannotCompose(Exception):
    """The letter cannot be made an e-mail: its address is none. The message is for staff."""


@dataclass(frozen=True, slots=True)
class Sender:
    """From whom letters come."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Content:
    """A letter, as it stands in the outbox."""

    letter_id: str
    to_address: str
    subject: str
    text: str
    calendar: str | None
    method: str | None
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is told to the mail server."""

    to_address: str
    message: bytes


def compose(content: Content, sender: Sender) -> Envelope:
    """Return the e-mail. Raises `CannotCompose`."""
    to = _receiver(content.to_address)
    sender_local, _, sender_domain = sender.address.rpartition("@")
    objects = _objects(content.calendar or "")
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(_one_line(sender.name), sender_local, sender_domain)
    message["To"] = to
    message["Subject"] = _one_line(content.subject)
    message["Date"] = format_datetime(content.written_at)
    message["Message-ID"] = f"<{content.letter_id}@{sender_domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(short_lines(content.text), charset="utf-8", cte="quoted-printable")
    if objects and content.method != PUBLISH:
        message.make_alternative()
        message.attach(_invitation(objects[0], content.method or ""))
    for number, each in enumerate(objects, 1):
        message.add_attachment(
            each.encode(),
            maintype="application",
            subtype="ics",
            filename="classes.ics" if content.method == PUBLISH else f"class-{number}.ics",
        )
    _divide(message, content.letter_id)
    return Envelope(to.addr_spec, message.as_bytes())


def short_lines(text: str) -> str:
    """Return text with lines that fit any window; words are not broken, web addresses among them."""
    lines = (
        textwrap.wrap(line, LINE, break_long_words=False, break_on_hyphens=False) or [""]
        for line in text.splitlines()
    )
    return "\n".join(piece for pieces in lines for piece in pieces) + "\n"


def _receiver(address: str) -> Address:
    local, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError:
        domain = ""
    if not (_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise CannotCompose("The email address is not one that mail can be sent to.")
    return Address(username=local, domain=domain)


def _objects(stream: str) -> list[str]:
    """Return the objects of an iCalendar stream (RFC 5545, 3.4)."""
    return [each + _END for each in stream.split(_END) if each.strip()]


def _invitation(calendar: str, method: str) -> EmailMessage:
    """The part that mail programs show with Accept and Decline."""
    part = EmailMessage(policy=SMTP)
    part.set_content(
        calendar.replace("\r\n", "\n"),
        subtype="calendar",
        charset="utf-8",
        cte="base64",
        params={"method": method},
    )
    del part["MIME-Version"]
    return part


def _divide(message: EmailMessage, letter_id: str) -> None:
    """Give the parts a dividing line of the letter's own, so that the message is the same each time."""
    for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{letter_id}_{depth}")


def _one_line(text: str) -> str:
    return " ".join(legible(text).split())
