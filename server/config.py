"""The settings of an installation: one frozen `Settings`, read from the environment once, at start.

Each setting stands once in `Settings`, with its default, its meaning and its check. `moveroom settings`
prints them; a wrong value stops the start with a `SettingsError` that names the variable.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from server import mail_settings
from server.cores import usable_cores
from server.errors import CannotStart
from server.mail_settings import Security

PREFIX = "MOVEROOM_"
MOST_WORKERS = 64
MOST_PORT = 65535


class SettingsError(CannotStart):
    """A setting cannot be used; the message names the environment variable and says what would do."""


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_PORT:
        raise ValueError(f"a port is a whole number from 1 to {MOST_PORT}")
    return int(text)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("an IP address is needed, such as 127.0.0.1") from None


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(_address(each.strip()) for each in text.split(",") if each.strip())


def _networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    try:
        return tuple(ipaddress.ip_network(each.strip()) for each in text.split(",") if each.strip())
    except ValueError:
        raise ValueError("IP addresses or networks are needed, such as 10.0.0.5 or 10.0.0.0/24") from None


def _path(text: str) -> Path:
    if not text.strip():
        raise ValueError("a path is needed")
    return Path(text).expanduser().absolute()


def _file(text: str) -> Path | None:
    if not text.strip():
        return None
    path = _path(text)
    if not path.is_file() or not os.access(path, os.R_OK):
        raise ValueError("there is no such file that this user can read")
    return path


def _database_url(text: str) -> str:
    if text and not text.startswith(("sqlite+aiosqlite:///", "postgresql+psycopg://", "postgresql://")):
        raise ValueError(
            "sqlite+aiosqlite:////path/to/moveroom.sqlite3"
            " or postgresql+psycopg://user:password@host:5432/moveroom is needed"
        )
    return text


def _count(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most} is needed")
        return int(text)

    return read


def _public_url(text: str) -> str:
    if text:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
            raise ValueError("an address such as https://classes.example.org is needed, without a path")
    return text.rstrip("/")


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError("a time zone name such as Europe/London is needed") from None


def _level(text: str) -> str:
    if text not in ("debug", "info", "warning", "error"):
        raise ValueError("one of debug, info, warning, error is needed")
    return text


def _in_url(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("yes or no is needed")
    return text == "yes"


def _setting(default: str, meaning: str, read: Callable[[str], Any], *, shown: bool = True) -> Any:  # noqa: ANN401
    """`shown`: whether its value may stand in the settings' own words, a log for one."""
    return dataclasses.field(
        default=read(default), repr=shown, metadata={"default": default, "meaning": meaning, "read": read}
    )


@dataclass(frozen=True)
class Settings:
    """What can be set, each as MOVEROOM_ and the field's name in capitals."""

    http_host: str = _setting("127.0.0.1", "IP address on which pages and signalling are served.", _address)
    http_port: int = _setting("8080", "TCP port on which pages and signalling are served.", _port)
    public_url: str = _setting(
        "",
        "Address under which people reach this server, for links and for checking where a request comes"
        " from; by default http://HTTP_HOST:HTTP_PORT.",
        _public_url,
    )
    trusted_proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = _setting(
        "",
        "IP addresses or networks of the reverse proxies in front of this server, with commas between: what"
        " they say of whom they ask for (X-Forwarded-For) is believed, so that too many wrong passwords"
        " and codes from one address are refused to that address alone.",
        _networks,
    )
    https_cert: Path | None = _setting(
        "",
        "File with the web server's certificate (PEM, with those between it and its authority): pages and"
        " signalling are then served over HTTPS. Needs HTTPS_KEY. Not needed behind a proxy that speaks"
        " HTTPS; `moveroom demo --https` makes one of its own.",
        _file,
    )
    https_key: Path | None = _setting("", "File with the private key of HTTPS_CERT (PEM).", _file)
    local_port: int = _setting(
        "8081",
        "Only of `moveroom demo --https`: TCP port of the page /local, in plain HTTP, from which a phone"
        " takes this machine's certificate.",
        _port,
    )
    media_host: str = _setting(
        "127.0.0.1",
        "IP address on which sound and picture are received; browsers are told it. :: takes all addresses of"
        " this machine, IPv6 and IPv4.",
        _address,
    )
    media_port: int = _setting(
        "8090",
        "Port on which sound and picture are received, by UDP and, for networks that block it, by TCP. A"
        " second media worker takes the next port, and so on; HTTP_PORT cannot be one of them.",
        _port,
    )
    media_announced: tuple[str, ...] = _setting(
        "",
        "IP addresses that browsers are told instead of MEDIA_HOST, with commas between: those of a NAT, a"
        " load balancer or a container's host, which pass the same ports on.",
        _addresses,
    )
    media_workers: int = _setting(
        "0",
        "How many media workers run; 0 is one for each processor core that Moveroom may use.",
        _count(0, MOST_WORKERS),
    )
    data_dir: Path = _setting(".moveroom", "Folder for the database, secrets and sockets.", _path)
    database_url: str = _setting(
        "",
        "Address of the database (docs/storage.md): sqlite+aiosqlite:////path/to/moveroom.sqlite3 or"
        " postgresql+psycopg://user:password@host:5432/moveroom; by default moveroom.sqlite3 in DATA_DIR.",
        _database_url,
        shown=False,
    )
    recordings_dir: Path = _setting(
        "recordings", "Folder of the sessions on demand, one folder each (recordings/README.md).", _path
    )
    test_nhs_numbers_only: bool = _setting(
        "no",
        "Refuse every NHS number that could be a real person's: only those from 999 000 0000 on are taken."
        " For demonstrations and training; `moveroom demo` sets it to yes.",
        _yes_or_no,
    )
    late_after_minutes: int = _setting(
        "5",
        "A patient who comes later than this after the start (and after staff are there) counts as late:"
        " attendance status 6 when seen, 7 when not.",
        _count(0, 120),
    )
    seen_after_minutes: int = _setting(
        "1", "How long a patient must be in class together with staff to count as seen.", _count(0, 120)
    )
    talk_after_minutes: int = _setting(
        "30",
        "How long after its planned end a class may still be part of a contact; for a class that nobody"
        " ends while pages stay open.",
        _count(0, 600),
    )
    view_counts_percent: int = _setting(
        "60", "An on-demand view counts when this much of the session was watched ...", _count(1, 100)
    )
    view_counts_minutes: int = _setting(
        "5", "... or this many minutes of it, whichever comes first.", _count(1, 600)
    )
    smtp_host: str = _setting(
        "",
        "Mail server through which e-mails to patients and staff are sent (docs/post.md); empty: no e-mail is"
        " sent, and the pages say so.",
        mail_settings.host,
    )
    smtp_port: int = _setting(
        "0", "Its port; 0 is the usual one: 587 for starttls, 465 for tls, 25 for none.", _count(0, MOST_PORT)
    )
    smtp_security: Security = _setting(
        "starttls",
        "How the connection to it is kept secret: starttls, tls, or none, for a mail server on this machine"
        " only. Its certificate is checked.",
        mail_settings.security,
    )
    smtp_user: str = _setting("", "The name to sign in to it with; empty for none.", mail_settings.secret)
    smtp_password: str = _setting(
        "", "The password to sign in to it with.", mail_settings.secret, shown=False
    )
    mail_from: str = _setting(
        "", "E-mail address from which letters are sent; needed with SMTP_HOST.", mail_settings.address
    )
    mail_name: str = _setting(
        "Physiotherapy classes", "The name beside that address.", mail_settings.sender_name
    )
    time_zone: ZoneInfo = _setting("Europe/London", "Time zone in which times are shown and counted.", _zone)
    log_level: str = _setting("info", "Least level that is logged: debug, info, warning or error.", _level)
    links_json: Path | None = _setting(
        "",
        "Demo only: file into which the links are written as JSON when the server is ready.",
        lambda text: _path(text) if text else None,
    )

    @property
    def worker_count(self) -> int:
        """How many media workers run, at least 1."""
        return self.media_workers or min(usable_cores(), MOST_WORKERS)

    @property
    def base_url(self) -> str:
        """The address under which people reach this server, without a trailing slash."""
        return self.public_url or f"{self._scheme}://{_in_url(self.http_host)}:{self.http_port}"

    @property
    def local_url(self) -> str:
        """The address at which this machine itself reaches the web process."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.http_host, self.http_host)  # noqa: S104
        return f"{self._scheme}://{_in_url(host)}:{self.http_port}"

    @property
    def _scheme(self) -> str:
        return "https" if self.https_cert else "http"

    @property
    def sends_mail(self) -> bool:
        """Whether e-mails are sent."""
        return bool(self.smtp_host)

    @property
    def database(self) -> str:
        """The database's SQLAlchemy URL, with the default filled in."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'moveroom.sqlite3'}"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read and check all settings; raises `SettingsError` for the first that cannot be used.

    A variable that begins with MOVEROOM_ and is none of ours is an error too: it is most likely a slip.
    """
    fields = {PREFIX + field.name.upper(): field for field in dataclasses.fields(Settings)}
    for name in environment:
        if name.startswith(PREFIX) and name not in fields and name not in INTERNAL:
            raise SettingsError(f"{name} is not a setting. `moveroom settings` lists them.")
    values: dict[str, Any] = {}
    for name, field in fields.items():
        text = environment.get(name, field.metadata["default"])
        try:
            values[field.name] = field.metadata["read"](text)
        except ValueError as wrong:
            shown = "what it is" if name in _NEVER_REPEATED else repr(text)
            raise SettingsError(f"{name} cannot be {shown}: {wrong}") from None
    settings = Settings(**values)
    if (settings.https_cert is None) != (settings.https_key is None):
        raise SettingsError(f"{PREFIX}HTTPS_CERT and {PREFIX}HTTPS_KEY go together: set both, or neither.")
    if settings.https_cert and not settings.base_url.startswith("https:"):
        raise SettingsError(
            f"{PREFIX}PUBLIC_URL={settings.public_url} cannot be used with {PREFIX}HTTPS_CERT, which makes it"
            " an address that begins with https."
        )
    if settings.media_port + settings.worker_count - 1 > MOST_PORT:
        raise SettingsError(
            f"{PREFIX}MEDIA_PORT={settings.media_port} leaves no ports for {settings.worker_count} media"
            f" workers, which take one each: {MOST_PORT - settings.worker_count + 1} at most would do."
        )
    last = settings.media_port + settings.worker_count - 1
    if settings.media_port <= settings.http_port <= last and _meet(settings.http_host, settings.media_host):
        raise SettingsError(
            f"{PREFIX}HTTP_PORT={settings.http_port} is one of the ports {settings.media_port} to {last} of"
            f" {PREFIX}MEDIA_PORT={settings.media_port}, which the {settings.worker_count} media workers"
            " take, by TCP too. Choose another for one of the two."
        )
    if (wrong_mail := mail_settings.conflict(settings)) is not None:
        raise SettingsError(f"{PREFIX}{wrong_mail[0]} {wrong_mail[1]}.")
    return settings


def _meet(one: str, other: str) -> bool:
    """Whether a port cannot be had at both addresses: :: takes all addresses, 0.0.0.0 those of IPv4."""
    both = {one, other}
    return (
        one == other or "::" in both or ("0.0.0.0" in both and not any(":" in each for each in both))  # noqa: S104
    )


INTERNAL = frozenset({"MOVEROOM_SUPERVISED"})
"""Set by the supervisor for its children; not for people."""


_NEVER_REPEATED = frozenset({"MOVEROOM_DATABASE_URL", "MOVEROOM_SMTP_PASSWORD", "MOVEROOM_SMTP_USER"})
"""A wrong value of these is not said: a password may stand in it."""


def describe_settings() -> str:
    """All settings as text for a terminal: name, default, meaning."""
    lines = []
    for field in dataclasses.fields(Settings):
        default = field.metadata["default"] or "(none)"
        lines.append(
            f"{PREFIX}{field.name.upper()}\n    default: {default}\n    {field.metadata['meaning']}\n"
        )
    return "\n".join(lines)
