from __future__ import annotations

from tests.integration.pages.many import SECRET, Size, fill
from tests.integration.pages.staff_pages import (
    MOST_STATEMENTS,
    send_a_file,
    staff_addresses,
    statements_of_all_engines,
)
from tests.integration.pages.world import World

ELSEWHERE = frozenset({"/staff/courses/new/choose"})
"""Addresses that answer that something is missing when nothing is chosen."""


async def test_every_page_of_staff_takes_few_statements_however_many_patients_there_are(
    world: World,
) -> None:
    ids = await fill(world.database, Size(patients=125, courses=25), world.clock())
    addresses = staff_addresses(world.browser.app, ids)
    assert len(addresses) >= 20
    cookies = {"Cookie": f"mr_staff={SECRET}"}
    too_many: dict[str, list[str]] = {}
    not_shown: dict[str, int] = {}
    for pattern, address in sorted(addresses.items()):
        send_a_file(world.browser.app, pattern, ids)
        with statements_of_all_engines() as noted:
            page = await world.open(address, headers=cookies)
        if page.status != 200 and pattern not in ELSEWHERE:
            not_shown[pattern] = page.status
        if len(noted) > MOST_STATEMENTS:
            too_many[f"{pattern}: {len(noted)}"] = noted
    assert not_shown == {}
    assert list(too_many) == []
