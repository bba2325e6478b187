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
from server.pages.check_in_told import CheckInChanged, nobody_is_told
from server.pages.client_files import ClientFiles
from server.pages.contact import Contact
from server.pages.door_rates import DoorRates
from server.pages.hanging_up import HangUp, nobody_to_hang_up_on
from server.pages.loop import LoopBack, no_loop_back
from server.pages.pending_files import PendingFiles
from server.pages.sign_in_rates import SignInRates
from server.pages.talk_told import NobodyTalks, TalkTold
from server.pages.watch_visit import RecentVisits
from server.people.short_codes import ShortCodes
from server.people.sign_in import SignIn
from server.post.letterhead import Letterhead
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
    short_codes: ShortCodes
    door_rates: DoorRates
    sign_in: SignIn
    sign_in_rates: SignInRates
    library: Library
    watch_log: WatchLog
    chance: Random
    """Shuffles and draws; in the product from the operating system's randomness."""

    test_nhs_numbers_only: bool = False
    """Whether a demo or training goes on here: no real person's NHS number is taken."""
    loop_back: LoopBack = no_loop_back
    check_in_changed: CheckInChanged = nobody_is_told
    talk_told: TalkTold = field(default_factory=NobodyTalks)
    hang_up: HangUp = nobody_to_hang_up_on
    mail_from: str = ""
    """E-mail address from which letters are sent; empty when none are."""
    pending_files: PendingFiles = field(default_factory=PendingFiles)
    recent_visits: RecentVisits = field(default_factory=RecentVisits)
    failures: Counter[str] = field(default_factory=Counter)
    """What was refused or went wrong, by kind; for the metrics."""

    @property
    def letterhead(self) -> Letterhead:
        """For who writes e-mails (`timetable.telling`)."""
        return Letterhead(self.mail_from, self.base_url, self.zone, self.new_id)

    @property
    def is_https(self) -> bool:
        """Whether people reach this server over TLS."""
        return urlsplit(self.base_url).scheme == "https"


SITE = web.AppKey("site", Site)
