"""`moveroom user add` and `moveroom user reset`: the first administrator, and somebody who is locked out.

Both print an address, once, at which a password is chosen. They work on the database beside a running server.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.config import Settings
from server.errors import CannotStart, Refused
from server.ids import new_id, new_token, utc_now
from server.people.account_keys import KeyFor, key_address, make_key, start_over
from server.people.accounts import account_by_email, give_role, make_account
from server.people.auditing import audit_account
from server.people.staff import Grant, Profession, StaffRole
from server.storage.database import Database, StorageFailed
from server.storage.tables import Service


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Do what was asked; returns the exit code. Raises `Refused` and `CannotStart` for the command line."""
    try:
        words = asyncio.run(_in_database(settings, given))
    except CannotStart:
        raise
    except StorageFailed as failed:
        print(f"moveroom: {failed}", file=sys.stderr)
        return 1
    print(words)
    return 0


async def _in_database(settings: Settings, given: argparse.Namespace) -> str:
    database = await Database.open(settings.database)
    try:
        secret = new_token()
        if given.user_action == "add":
            return await database.write(lambda session: _add(session, settings, given, secret))
        return await database.write(lambda session: _reset(session, settings, given.email, secret))
    finally:
        await database.close()


async def _add(session: AsyncSession, settings: Settings, given: argparse.Namespace, secret: str) -> str:
    now, role = utc_now(), StaffRole(given.role)
    email, name = given.email.strip().lower(), " ".join(given.name.split())
    local, _, host = email.partition("@")
    if not local or "." not in host or any(character.isspace() for character in email) or len(email) > 254:
        raise Refused("bad_email", f"{given.email!r} is not an e-mail address.")
    if not 0 < len(name) <= 200:
        raise Refused("bad_name", "A name of 1 to 200 characters is needed (--name).")
    grant = Grant(role, await _service_id(session, role, given.service))
    account = await account_by_email(session, email)
    is_new = account is None
    profession = Profession(given.profession) if given.profession else None
    if profession is None and role is StaffRole.LEAD:
        profession = Profession.PHYSIOTHERAPIST
    if account is None:
        account = await make_account(session, email, name, now, new_id(), profession=profession)
    elif profession is not None and not account.profession:
        account.profession = profession.value
    if account.disabled_at is not None:
        raise Refused("closed", f"The account of {email} is closed. An administrator can open it again.")
    given_now = await give_role(session, account, grant, new_id)
    if given_now or is_new:
        detail = {"role": role.value, "by_command": True}
        audit_account(
            session, account.id, "add_staff", now, new_id(), service_id=grant.service_id, detail=detail
        )
    told = f"{email} is {role.value}" + (f" of {given.service}" if grant.service_id else "") + "."
    if account.password_hash is not None:
        return f"{told} The account has a password already."
    return f"{told}\n{await _address(session, settings, account.id, secret)}"


async def _reset(session: AsyncSession, settings: Settings, email: str, secret: str) -> str:
    account = await account_by_email(session, email)
    if account is None:
        raise Refused("no_account", f"There is no account with the e-mail address {email!r}.")
    now = utc_now()
    await start_over(session, account, now)
    audit_account(session, account.id, "start_over", now, new_id(), detail={"by_command": True})
    told = f"The password and the second factor of {account.email} are forgotten."
    if account.disabled_at is not None:
        return f"{told} The account is closed: an administrator can open it again."
    return f"{told}\n{await _address(session, settings, account.id, secret)}"


async def _service_id(session: AsyncSession, role: StaffRole, name: str | None) -> str | None:
    if role.is_for_all:
        if name is not None:
            raise Refused("no_service", f"{role.value} is a role for all services: leave --service out.")
        return None
    services = (await session.execute(select(Service.id, Service.name).order_by(Service.name))).all()
    names = ", ".join(each.name for each in services) or "none yet"
    if name is None:
        raise Refused(
            "no_service", f"{role.value} is a role for one service: name it with --service ({names})."
        )
    found = [each.id for each in services if each.name == name]
    if len(found) != 1:
        raise Refused("no_service", f"No service is called {name!r}, but: {names}.")
    return str(found[0])


async def _address(session: AsyncSession, settings: Settings, account_id: str, secret: str) -> str:
    await make_key(session, account_id, utc_now(), secret, KeyFor.SET_UP)
    return f"Choose the password here, once, within 24 hours:\n{key_address(settings.base_url, secret)}"
