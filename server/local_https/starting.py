"""The settings with which a demo is open to the local network over HTTPS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.config import PREFIX, Settings, read_settings
from server.local_https.addresses import LocalNames
from server.local_https.authority import Certificates, certificates

EVERYWHERE = "0.0.0.0"  # noqa: S104 - that is what was asked for


@dataclass(frozen=True, slots=True)
class LocalHttps:
    """What was made for this start."""

    certificates: Certificates
    settings: Settings
    added: Mapping[str, str]
    """The environment's additions, for child processes."""
    page: str
    """Address of the page /local."""


def local_https(environment: Mapping[str, str], names: LocalNames, now: datetime) -> LocalHttps:
    """Make the certificates and return the settings. What the environment sets already stays as it is."""
    plain = read_settings(environment)
    made = certificates(plain.data_dir / "https", names.names, now)
    wanted = {
        "HTTP_HOST": EVERYWHERE if ":" not in names.addresses[0] else "::",
        "PUBLIC_URL": f"https://{names.host}:{plain.http_port}",
        "MEDIA_HOST": EVERYWHERE if ":" not in names.addresses[0] else "::",
        "MEDIA_ANNOUNCED": ",".join(names.addresses[:1]),
        "HTTPS_CERT": str(made.certificate),
        "HTTPS_KEY": str(made.key),
    }
    added = {
        f"{PREFIX}{name}": value for name, value in wanted.items() if not environment.get(f"{PREFIX}{name}")
    }
    settings = read_settings({**environment, **added})
    return LocalHttps(made, settings, added, f"http://{names.host}:{settings.local_port}/local")
