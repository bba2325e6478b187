"""The pages on which administrators add staff, give and take roles, and close accounts."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from sqlalchemy import select

from server.pages.site import SITE
from server.people.staff import StaffRole
from server.storage import tables as t
from tests.integration.pages.staff import StaffBrowser, signed_in, the_service
from tests.integration.pages.world import Page, World

AMINA = {
    "email": "Amina@Example.org",
    "full_name": "Amina Begum",
    "shown_name": "Amina",
    "phone": "01632 960321",
    "profession": "occupational therapist",
}


@dataclasses.dataclass
class Two:
    """Two services on one installation, each with an administrator; and one of all."""

    world: World
    own: str
    other: str
    admin: StaffBrowser
    other_admin: StaffBrowser
    system: StaffBrowser


@pytest.fixture
async def two(world: World) -> Two:
    async def work(session: Any) -> None:
        session.add(t.Service(id="another", name="Hillside pain groups", phone="01632 960999"))

    await world.database.write(work)
    return Two(
        world,
        await the_service(world),
        "another",
        await signed_in(world, StaffRole.SERVICE_ADMIN),
        await signed_in(world, StaffRole.SERVICE_ADMIN, "another"),
        await signed_in(world, StaffRole.SYSTEM_ADMIN),
    )


async def add(browser: StaffBrowser, *roles: str, **fields: str) -> Page:
    return await browser.post("/staff/accounts/new", AMINA | fields | dict.fromkeys(roles, "yes"))


async def account(world: World, email: str = "amina@example.org") -> t.StaffAccount:
    async with world.database.reading() as session:
        found = await session.scalars(select(t.StaffAccount).where(t.StaffAccount.email == email))
        return found.one()


async def roles(world: World, account_id: str) -> set[tuple[str, str | None]]:
    async with world.database.reading() as session:
        found = await session.scalars(select(t.StaffRole).where(t.StaffRole.account_id == account_id))
        return {(row.role, row.service_id) for row in found}


async def people(world: World, account_id: str) -> dict[str, t.Person]:
    async with world.database.reading() as session:
        found = await session.scalars(select(t.Person).where(t.Person.account_id == account_id))
        return {person.service_id: person for person in found}


async def actions(world: World) -> list[tuple[str, str | None]]:
    async with world.database.reading() as session:
        found = await session.scalars(select(t.AuditEntry).order_by(t.AuditEntry.at, t.AuditEntry.id))
        return [(entry.action, entry.service_id) for entry in found]


async def give_link(world: World, person_id: str) -> None:
    """A way into the demo's class for a member of staff."""

    async def work(session: Any) -> None:
        course_id = (await session.scalars(select(t.Course.id))).first()
        session.add(
            t.PersonalLink(
                id="link-of-amina",
                course_id=course_id,
                person_id=person_id,
                token_hash="0" * 64,
                created_at=world.clock(),
            )
        )

    await world.database.write(work)


async def is_revoked(world: World) -> bool:
    async with world.database.reading() as session:
        return (await session.get_one(t.PersonalLink, "link-of-amina")).revoked_at is not None


def send_letters(world: World) -> None:
    """A mail server is set up."""
    app = world.browser.server.app
    app._state[SITE] = dataclasses.replace(app[SITE], mail_from="groups@example.org")


async def test_without_a_mail_server_the_key_of_a_new_account_is_shown_once(two):
    page = await add(two.admin, f"lead-{two.own}")

    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    address = re.search(r"http://127\.0\.0\.1:8080(/staff/set-up/\S+?)<", page.html)
    assert address is not None
    assert (await two.world.open(address.group(1))).status == 200
    amina = await account(two.world)
    assert "/staff/set-up/" not in (await two.admin.open(f"/staff/accounts/{amina.id}")).html
    assert "Not set up yet" in (await two.admin.open("/staff/accounts")).text("table")


async def test_with_a_mail_server_the_key_is_sent_and_the_administrator_never_sees_it(two):
    send_letters(two.world)

    page = await add(two.admin, f"lead-{two.own}")

    amina = await account(two.world)
    assert page.headers["Location"] == f"/staff/accounts/{amina.id}?done=sent"
    async with two.world.database.reading() as session:
        [letter] = await session.scalars(select(t.Letter))
    assert (letter.to_address, letter.kind, letter.account_id) == ("amina@example.org", "staff_key", amina.id)
    path = re.search(r"/staff/set-up/\S+", letter.text)
    assert path is not None
    assert (await two.world.open(path.group())).status == 200


async def test_who_leads_becomes_a_person_whom_courses_can_name(two):
    await add(two.admin, f"lead-{two.own}")

    amina = await account(two.world)
    assert (amina.full_name, amina.profession) == ("Amina Begum", "occupational therapist")
    assert await roles(two.world, amina.id) == {("lead", two.own)}
    person = (await people(two.world, amina.id))[two.own]
    assert (person.role, person.full_name, person.shown_name) == ("physio", "Amina Begum", "Amina")
    assert await actions(two.world) == [("add_staff", two.own)]


async def test_who_helps_becomes_a_helper_and_who_only_administers_is_in_no_class(two):
    await add(two.admin, f"helper-{two.own}", profession="")
    await add(two.admin, f"service_admin-{two.own}", email="dev@example.org", profession="")

    helper, dev = await account(two.world), await account(two.world, "dev@example.org")
    assert (await people(two.world, helper.id))[two.own].role == "helper"
    assert await people(two.world, dev.id) == {}


@pytest.mark.parametrize(
    ("field", "written", "words"),
    [
        ("email", "", "Enter their email address"),
        ("email", "amina", "Enter an email address in the correct format"),
        ("full_name", "", "Enter their full name"),
        ("shown_name", "", "Enter the name that patients see"),
        ("phone", "none", "Enter a phone number"),
        ("profession", "", "Select a profession: who leads a class has one"),
    ],
)
async def test_what_is_missing_or_wrong_is_said_beside_its_field(two, field, written, words):
    page = await add(two.admin, f"lead-{two.own}", **{field: written})

    assert page.status == 400
    assert words in page.text("main")
    assert f'href="#{field}"' in page.html
    assert "checked" in next(each for each in page.all("input") if each.get("name") == f"lead-{two.own}")


async def test_somebody_without_a_role_is_not_added(two):
    assert "Select what they do" in (await add(two.admin)).text("main")


async def test_a_service_admin_gives_no_role_elsewhere_nor_for_all(two):
    page = await add(
        two.admin, f"lead-{two.own}", f"lead-{two.other}", "system_admin-all", "quality_lead-all"
    )

    assert page.status == 200
    assert await roles(two.world, (await account(two.world)).id) == {("lead", two.own)}
    assert two.other not in (await two.admin.open("/staff/accounts/new")).html


async def test_a_system_admin_gives_roles_in_all_services_and_for_all(two):
    await add(two.system, f"lead-{two.own}", f"helper-{two.other}", "quality_lead-all")

    amina = await account(two.world)
    assert await roles(two.world, amina.id) == {
        ("lead", two.own),
        ("helper", two.other),
        ("quality_lead", None),
    }
    persons = await people(two.world, amina.id)
    assert {service_id: person.role for service_id, person in persons.items()} == {
        two.own: "physio",
        two.other: "helper",
    }


async def test_an_account_of_another_service_gets_the_role_and_shows_nothing_else(two):
    await add(two.other_admin, f"lead-{two.other}")
    amina = await account(two.world)

    page = await add(
        two.admin, f"helper-{two.own}", full_name="A Begum", shown_name="Mina", phone="", profession=""
    )

    assert page.headers["Location"] == f"/staff/accounts/{amina.id}?done=joined"
    assert await roles(two.world, amina.id) == {("lead", two.other), ("helper", two.own)}
    assert (await people(two.world, amina.id))[two.own].shown_name == "Mina"
    seen = (await two.admin.open("/staff/accounts")).html + (
        await two.admin.open(f"/staff/accounts/{amina.id}?done=joined")
    ).html
    assert "had an account already" in seen
    for told in ("Amina Begum", "01632 960321", "Hillside", "occupational therapist</"):
        assert told not in seen
    async with two.world.database.reading() as session:
        assert (await session.scalars(select(t.AccountKey))).all() != []
        assert len((await session.scalars(select(t.AccountKey))).all()) == 1


async def test_only_a_system_admin_closes_or_resets_an_account_of_two_services(two):
    await add(two.other_admin, f"lead-{two.other}")
    await add(two.admin, f"helper-{two.own}")
    amina = await account(two.world)

    for what in ("close", "key"):
        assert (await two.admin.post(f"/staff/accounts/{amina.id}/{what}")).status == 403
    assert (await two.admin.post(f"/staff/accounts/{amina.id}/details", AMINA)).status == 403
    assert (await account(two.world)).disabled_at is None

    assert (await two.system.post(f"/staff/accounts/{amina.id}/close")).status == 303
    assert (await account(two.world)).disabled_at is not None


async def test_somebody_in_the_list_is_not_added_twice(two):
    await add(two.admin, f"lead-{two.own}")

    page = await add(two.admin, f"helper-{two.own}")

    assert page.status == 400
    assert "in your list of staff already" in page.text("main")


async def test_roles_are_given_and_taken_and_the_person_follows(two):
    await add(two.admin, f"lead-{two.own}")
    amina = await account(two.world)
    await give_link(two.world, (await people(two.world, amina.id))[two.own].id)

    await two.admin.post(f"/staff/accounts/{amina.id}/roles", {f"helper-{two.own}": "yes"})
    assert await roles(two.world, amina.id) == {("helper", two.own)}
    assert (await people(two.world, amina.id))[two.own].role == "helper"
    assert not await is_revoked(two.world)

    await two.admin.post(f"/staff/accounts/{amina.id}/roles", {f"service_admin-{two.own}": "yes"})
    assert await roles(two.world, amina.id) == {("service_admin", two.own)}
    assert await is_revoked(two.world)
    assert sorted(action for action, _service in await actions(two.world)) == [
        "add_staff",
        "give_roles",
        "give_roles",
        "take_roles",
        "take_roles",
    ]


async def test_roles_in_another_service_stay_whatever_a_service_admin_ticks(two):
    await add(two.other_admin, f"lead-{two.other}")
    await add(two.admin, f"helper-{two.own}")
    amina = await account(two.world)

    await two.admin.post(
        f"/staff/accounts/{amina.id}/roles", {f"service_admin-{two.other}": "yes", "system_admin-all": "yes"}
    )

    assert await roles(two.world, amina.id) == {("lead", two.other)}
    assert (await two.admin.open(f"/staff/accounts/{amina.id}")).status == 403


async def test_the_last_system_admin_stays_one(two):
    own = f"/staff/accounts/{two.system.account_id}"

    page = await two.system.post(f"{own}/roles", {})
    assert (page.status, "only system administrator" in page.text("main")) == (400, True)
    assert await roles(two.world, two.system.account_id) == {("system_admin", None)}

    await add(two.system, "system_admin-all")
    await two.system.post(f"/staff/accounts/{(await account(two.world)).id}/close")
    assert (await two.system.post(f"{own}/roles", {})).status == 400
    await two.system.post(f"/staff/accounts/{(await account(two.world)).id}/open")
    assert (await two.system.post(f"{own}/roles", {})).headers["Location"] == "/staff/account"
    assert await roles(two.world, two.system.account_id) == set()


async def test_closing_an_account_signs_out_and_opening_it_lets_sign_in_again(two):
    lead = await signed_in(two.world, StaffRole.LEAD)
    await give_link(two.world, await lead.person_id(two.own))
    assert (await lead.open("/staff/programmes")).status == 200

    await two.admin.post(f"/staff/accounts/{lead.account_id}/close")

    assert (await lead.open("/staff/programmes")).status == 303
    assert await is_revoked(two.world)
    assert "Closed" in (await two.admin.open("/staff/accounts")).text("table")
    await two.admin.post(f"/staff/accounts/{lead.account_id}/open")
    assert (await account(two.world, f"lead.{two.own}@example.org")).disabled_at is None
    assert (await lead.open("/staff/programmes")).status == 303


async def test_nobody_closes_or_resets_the_own_account(two):
    for what in ("close", "key"):
        page = await two.admin.post(f"/staff/accounts/{two.admin.account_id}/{what}")
        assert page.status == 403
    assert (await two.admin.open("/staff/accounts")).status == 200


async def test_a_reset_forgets_password_and_codes_signs_out_and_makes_a_new_key(two):
    lead = await signed_in(two.world, StaffRole.LEAD)

    async def set_up(session: Any) -> None:
        row = await session.get_one(t.StaffAccount, lead.account_id)
        row.password_hash, row.totp_secret = "argon", "secret"

    await two.world.database.write(set_up)
    await give_link(two.world, await lead.person_id(two.own))

    page = await two.admin.post(f"/staff/accounts/{lead.account_id}/key")

    assert "/staff/set-up/" in page.html
    row = await account(two.world, f"lead.{two.own}@example.org")
    assert (row.password_hash, row.totp_secret) == (None, None)
    assert await is_revoked(two.world)
    assert (await lead.open("/staff/programmes")).status == 303
    assert ("reset_staff", two.own) in await actions(two.world)


async def test_a_new_link_ends_the_one_before(two):
    first = await add(two.admin, f"lead-{two.own}")
    amina = await account(two.world)

    await two.admin.post(f"/staff/accounts/{amina.id}/key")

    old = re.search(r"/staff/set-up/[\w-]+", first.html)
    assert old is not None
    assert (await two.world.open(old.group())).status != 200


async def test_details_are_changed_also_where_courses_name_this_person(two):
    await add(two.admin, f"lead-{two.own}")
    amina = await account(two.world)

    page = await two.admin.post(
        f"/staff/accounts/{amina.id}/details",
        AMINA | {"full_name": "Amina Khan", "shown_name": "Mina", "email": "a.khan@example.org"},
    )

    assert page.status == 303
    assert (await account(two.world, "a.khan@example.org")).full_name == "Amina Khan"
    assert (await people(two.world, amina.id))[two.own].shown_name == "Mina"
    async with two.world.database.reading() as session:
        [key] = await session.scalars(select(t.AccountKey))
    assert key.used_at is not None


async def test_an_address_of_another_account_is_not_taken(two):
    await add(two.admin, f"lead-{two.own}")
    amina = await account(two.world)
    taken = await account(two.world, f"service_admin.{two.other}@example.org")

    page = await two.admin.post(
        f"/staff/accounts/{amina.id}/details", AMINA | {"email": taken.email, "full_name": "Amina Khan"}
    )

    assert page.status == 400
    assert "This email address cannot be used" in page.text("main")
    assert "Amina Khan" in page.html
    assert (await account(two.world)).full_name == "Amina Begum"


async def test_a_service_admin_sees_the_own_staff_only(two):
    await add(two.other_admin, f"lead-{two.other}")
    amina = await account(two.world)

    assert "amina@example.org" not in (await two.admin.open("/staff/accounts")).html
    assert "amina@example.org" in (await two.system.open("/staff/accounts")).html
    shown = await two.system.open(f"/staff/accounts?service={two.own}")
    assert "amina@example.org" not in shown.text("table")
    path = f"/staff/accounts/{amina.id}"
    assert (await two.admin.open(path)).status == 403
    for what in ("roles", "close", "open", "key"):
        assert (await two.admin.post(f"{path}/{what}", {f"lead-{two.own}": "yes"})).status == 403
    assert (await two.admin.post(f"{path}/details", AMINA)).status == 403
    assert await roles(two.world, amina.id) == {("lead", two.other)}


@pytest.mark.parametrize("role", [StaffRole.LEAD, StaffRole.HELPER, StaffRole.QUALITY_LEAD])
async def test_who_runs_no_service_sees_and_adds_no_staff(two, role):
    other = await signed_in(two.world, role)

    assert (await other.open("/staff/accounts")).status == 403
    assert (await add(other, f"lead-{two.own}")).status == 403
    assert (await other.post(f"/staff/accounts/{two.admin.account_id}/close")).status == 403


async def test_a_long_list_goes_over_several_pages(two):
    async def work(session: Any) -> None:
        for number in range(60):
            session.add(
                t.StaffAccount(
                    id=f"many{number}",
                    email=f"zz{number:02}@example.org",
                    full_name=f"Many {number}",
                    shown_name="Many",
                    created_at=two.world.clock(),
                )
            )

    await two.world.database.write(work)

    first, second = await two.system.open("/staff/accounts"), await two.system.open("/staff/accounts?page=2")

    assert "page=2" in first.html
    assert len(first.all("tr")) == 51
    assert len(second.all("tr")) == 1 + 63 - 50
