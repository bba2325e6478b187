"""What all pages share: one frozen value in the application."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment

from server.contacts.experience_secret import ExperienceSecrets
from server.contacts.log import ContactLog
from server.ids import Clock
from server.ondemand.library import Library
from server.ondemand.watching import WatchLog
from server.pages.client_files import ClientFiles
from server.pages.contact import Contact
from server.pages.watch_visit import RecentVisits
from server.storage.database import Database


@dataclass(frozen=True, slots=True)
class Site:
    """The pages' surroundings."""

    database: Database
    clock: Clock
    zone: ZoneInfo
    base_url: str
    """Address under which people reach the server, without a trailing slash."""
    new_id: Callable[[], str]
    new_secret: Callable[[], str]
    client: ClientFiles
    templates: Environment
    contact: Contact
    contact_log: ContactLog
    timetable_changed: Callable[[str], Awaitable[None]]
    """To be told the id of a class that was called off or put back on, once that is stored."""
    experience_secrets: ExperienceSecrets
    library: Library
    watch_log: WatchLog
    chance: Random
    """Shuffles and draws; in the product from the operating system's randomness."""

    recent_visits: RecentVisits = field(default_factory=RecentVisits)
    failures: Counter[str] = field(default_factory=Counter)
    """What was refused or went wrong, by kind; for the metrics."""

    @property
    def is_https(self) -> bool:
        """Whether people reach this server over TLS."""
        return urlsplit(self.base_url).scheme == "https"


SITE = web.AppKey("site", Site)
