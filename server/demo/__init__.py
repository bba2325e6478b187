"""A demo service to try Moveroom with: seeded once, with a class open at every start, another about to start
whose patients check in, and a second service beside it.

Everything in it is made up: telephone numbers from the ranges kept for drama (Ofcom: 01632 960xxx,
07700 900xxx), NHS numbers from the test range 999. May import every capability; nothing but the command
line may import it, and it never runs on a database in which another service stands.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from server.config import Settings
from server.demo.back_care import COURSE_ID as BACK_CARE
from server.demo.back_care import ensure_back_care
from server.demo.classes import ensure_open_class
from server.demo.hillside import ensure_hillside
from server.demo.history import HistoryRules, add_history
from server.demo.links import (
    DemoLink,
    DemoLinks,
    demo_links,
    demo_secret,
    links_table,
    links_with_birth_dates,
)
from server.demo.service import seed
from server.demo.staff import way_to_staff_pages
from server.ids import Clock, utc_now
from server.storage.database import Database
from server.timetable.spoken import LONDON

__all__ = [
    "DemoLink",
    "DemoLinks",
    "HistoryRules",
    "add_history",
    "demo_links",
    "demo_secret",
    "ensure_open_class",
    "links_table",
    "prepare_demo",
    "seed",
]


async def prepare_demo(
    database_url: str,
    data_dir: Path,
    base_url: str,
    clock: Clock = utc_now,
    zone: ZoneInfo = LONDON,
    *,
    rules: HistoryRules | None = None,
) -> DemoLinks:
    """Seed the (migrated) database if need be, with a past counted by `rules` (by default, the settings'
    defaults), make sure that a class is open, and return the links.
    """
    secret = demo_secret(data_dir)
    database = await Database.open(database_url, alone=True)
    try:
        await seed(database, clock, secret, zone=zone)
        await add_history(database, clock, rules or HistoryRules.of(Settings()), zone=zone)
        await ensure_open_class(database, clock, zone=zone)
        await ensure_back_care(database, clock, secret, zone=zone)
        await ensure_hillside(database, clock)
        links = await demo_links(database, secret, base_url)
        class_name, checked_in = await links_with_birth_dates(database, secret, base_url, BACK_CARE)
        return replace(
            links,
            staff=await way_to_staff_pages(database, clock, base_url),
            checked_in_class=class_name,
            checked_in=checked_in,
        )
    finally:
        await database.close()
