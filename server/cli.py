"""The command line: `moveroom demo | serve | report | user | migrate | settings`, and the supervisor's own.

Exit codes: 0 done, 2 a setting or an argument cannot be used (the message names it), 1 anything else, such as
a database that is locked or away for the moment.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import gc
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from server.config import PREFIX, Settings, describe_settings, read_settings
from server.data_folder import held_alone, make_data_folder, make_way_for, write_whole
from server.descriptors import raise_descriptor_limit
from server.errors import CannotStart, Refused
from server.lifeline import Heart, end_with_supervisor
from server.logs import set_up_logs
from server.people.staff import Profession, StaffRole

if TYPE_CHECKING:
    from server.local_https.starting import LocalHttps

log = structlog.get_logger()

COMMANDS = {
    "demo": "set up a demo service once, then serve it and print a link for each person",
    "serve": "serve: a web process and the media workers, each started again should it die",
    "report": "show a month: virtual contacts by class, satisfaction, on-demand views",
    "user": "make accounts of staff, and reset them",
    "migrate": "bring the database to this version's form",
    "settings": "list all settings",
    "web": "the web process alone (the supervisor starts it)",
    "drain": "have a media worker end when its classes are on others; the supervisor starts a new one",
    "media": "one media worker alone (the supervisor starts it)",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the `moveroom` command; never returns, exits."""
    parser = argparse.ArgumentParser(prog="moveroom", description="Live group physiotherapy classes.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, meaning in COMMANDS.items():
        command = commands.add_parser(name, help=meaning, description=meaning)
        if name == "demo":
            command.add_argument(
                "--links-json", type=Path, metavar="FILE", help="also write the links to FILE, when ready"
            )
            command.add_argument(
                "--https",
                action="store_true",
                help="serve over HTTPS on the local network, with a certificate of this machine's own, so"
                " that a phone can join",
            )
        if name == "report":
            command.add_argument("month", metavar="MONTH", help="year and month, such as 2026-11")
            command.add_argument(
                "--csv",
                type=Path,
                metavar="FILE",
                help="also write the month's care contacts to FILE, with the columns of CSDS table CYP201",
            )
            command.add_argument("--service", metavar="NAME", help="only the service of this name")
        if name == "user":
            _user_arguments(command)
        if name == "media":
            command.add_argument("--worker", type=int, default=0, metavar="N", help="which one, from 0")
        if name == "drain":
            command.add_argument("worker", type=int, metavar="N", help="which one, from 0")
    given = parser.parse_args(arguments)
    if given.command == "settings":
        print(describe_settings())
        sys.exit(0)
    try:
        settings, https = read_settings(os.environ), None
        if getattr(given, "https", False):
            https = _local_https(settings)
            settings = https.settings
        if getattr(given, "links_json", None):
            settings = dataclasses.replace(settings, links_json=given.links_json.absolute())
        set_up_logs(settings.log_level)
        make_data_folder(settings.data_dir)
        if given.command == "report":
            code = _report(settings, given.month, given.csv, given.service)
        elif given.command == "user":
            from server import user_command

            code = user_command.run(settings, given)
        elif given.command == "media":
            code = _media(settings, given.worker)
        elif given.command == "drain":
            code = _drain(settings, given.worker)
        elif given.command == "demo":
            code = _demo(settings, https)
        else:
            code = _RUN[given.command](settings)
    except CannotStart as wrong:
        print(f"moveroom: {wrong}", file=sys.stderr)
        code = 2
    except Refused as refused:
        print(f"moveroom: {refused.words}", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:
        code = 0
    sys.exit(code)


def _user_arguments(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="user_action", required=True, metavar="action")
    add = actions.add_parser("add", help="make an account, or give one a further role")
    add.add_argument("--email", required=True, metavar="ADDRESS", help="e-mail address to sign in with")
    add.add_argument("--name", required=True, metavar="NAME", help="full name")
    add.add_argument("--role", required=True, choices=[role.value for role in StaffRole])
    add.add_argument(
        "--service",
        metavar="NAME",
        help="the service that the role is for; not for system_admin, quality_lead",
    )
    add.add_argument(
        "--profession",
        choices=[each.value for each in Profession],
        help="of a lead; physiotherapist unless it is told",
    )
    reset = actions.add_parser(
        "reset", help="forget an account's password and second factor, and sign it out everywhere"
    )
    reset.add_argument("--email", required=True, metavar="ADDRESS", help="e-mail address of the account")


def _run(work: Awaitable[int]) -> int:
    import uvloop

    async def whole() -> int:
        return await work

    return uvloop.run(whole())


def _migrate(settings: Settings) -> int:
    from server.storage.migrate import migrate

    migrate(settings.database)
    return 0


def _report(settings: Settings, written_month: str, csv_file: Path | None, service: str | None) -> int:
    from server.contacts.export import as_csv
    from server.contacts.log import ContactLog, rules_of
    from server.contacts.months import Month
    from server.contacts.service_months import ServiceMonth, service_months
    from server.contacts.spoken_report import report_text
    from server.ids import new_id, utc_now
    from server.storage.database import Database, StorageFailed

    month = Month.parse(written_month)

    async def read() -> list[ServiceMonth]:
        database = await Database.open(settings.database)
        try:
            contact_log = ContactLog(rules_of(settings), new_id)
            return await service_months(database, contact_log, month, now=utc_now())
        finally:
            await database.close()

    try:
        months = asyncio.run(read())
    except CannotStart:
        raise
    except StorageFailed as failed:
        print(f"moveroom: {failed}", file=sys.stderr)
        return 1
    if service is not None:
        names = [each.report.service_name for each in months]
        months = [each for each in months if each.report.service_name == service]
        if not months:
            print(f"moveroom: no service is called {service!r}, but: {', '.join(names)}", file=sys.stderr)
            return 2
    print("\n".join(report_text(each.report, each.experience, settings.time_zone) for each in months))
    if csv_file is not None:
        try:
            write_whole(csv_file, as_csv(row for each in months for row in each.contacts))
        except OSError as problem:
            print(f"moveroom: {csv_file} cannot be written: {problem.strerror}", file=sys.stderr)
            return 2
        print(
            f"moveroom: {csv_file} has patient-level data, a line for each patient and class. Only this user"
            " can read it; keep it so, and delete it when it is no longer needed. The audit does not note"
            " this export; a download from the staff's page is noted.",
            file=sys.stderr,
        )
    return 0


def _web(settings: Settings) -> int:
    _begin_as_child()
    gc.disable()  # until `long_lived.set_apart`: of what is imported all stays, and walking it takes 0.3 s
    from server.app import serve_web
    from server.storage.database import StorageFailed

    try:
        return _run(serve_web(settings))
    except CannotStart:
        raise
    except StorageFailed as failed:  # locked, away, full: it will pass, and the supervisor tries again
        print(f"moveroom: {failed}", file=sys.stderr)
        return 1


def _begin_as_child() -> Heart:
    heart = end_with_supervisor()
    raise_descriptor_limit()
    return heart


def _media(settings: Settings, worker: int) -> int:
    heart = _begin_as_child()
    from server.media.channel import socket_path
    from server.media.worker import run_worker

    return _run(
        run_worker(
            socket_path=socket_path(settings.data_dir, worker),
            media_host=settings.media_host,
            media_port=settings.media_port + worker,
            media_announced=settings.media_announced,
            heart=heart,
        )
    )


def _drain(settings: Settings, worker: int) -> int:
    from server.media.channel import socket_path
    from server.media.client import MediaUnavailable
    from server.media.draining import drain

    try:
        asyncio.run(drain(socket_path(settings.data_dir, worker)))
    except MediaUnavailable as problem:
        print(f"moveroom: media worker {worker} of {settings.data_dir}: {problem}", file=sys.stderr)
        return 2
    return 0


def _serve(settings: Settings) -> int:
    with held_alone(settings.data_dir):
        _migrate(settings)
        return _supervise(settings)


def _local_https(settings: Settings) -> LocalHttps:
    from server.ids import utc_now
    from server.local_https.addresses import local_names
    from server.local_https.starting import local_https

    make_data_folder(settings.data_dir)
    https = local_https(os.environ, local_names(), utc_now())
    os.environ.update(https.added)  # for the processes that the supervisor starts
    return https


def _supervise(
    settings: Settings,
    when_ready: Callable[[], None] | None = None,
    beside: AbstractAsyncContextManager[None] | None = None,
) -> int:
    from server.supervisor import ChildCommand, supervise

    environment = {
        **os.environ,
        f"{PREFIX}DATA_DIR": str(settings.data_dir),
        f"{PREFIX}TEST_NHS_NUMBERS_ONLY": "yes" if settings.test_nhs_numbers_only else "no",
    }
    program = (sys.executable, "-m", "server.cli")
    children = [
        ChildCommand(f"media{worker}", (*program, "media", "--worker", str(worker)), environment)
        for worker in range(settings.worker_count)
    ]
    children.append(ChildCommand("web", (*program, "web"), environment))

    async def whole() -> int:
        async with beside or nullcontext():
            return await supervise(children, ready_url=f"{settings.local_url}/readyz", when_ready=when_ready)

    return _run(whole())


def _demo(settings: Settings, https: LocalHttps | None) -> int:
    from server.demo import DemoLinks, HistoryRules, links_table, prepare_demo
    from server.demo.samples.background import samples_in_background
    from server.local_https.page import local_page
    from server.local_https.terminal import how_phones_join, qr_code

    beside = None
    if https is not None:
        beside = local_page(https.certificates, settings.base_url, settings.http_host, settings.local_port)
    if settings.links_json:
        make_way_for(settings.links_json)
    with held_alone(settings.data_dir):
        _migrate(settings)
        links: DemoLinks = asyncio.run(
            prepare_demo(
                settings.database,
                settings.data_dir,
                settings.base_url,
                zone=settings.time_zone,
                rules=HistoryRules.of(settings),
            )
        )

        def show_links() -> None:
            if https is not None:
                print(how_phones_join(https.page, https.certificates.fingerprint()))
            print(links_table(links), flush=True)
            if https is not None:
                print(f"{links.patients[0].name}'s link, for a phone's camera:\n")
                print(qr_code(links.patients[0].url), flush=True)
            if settings.links_json:
                write_whole(settings.links_json, json.dumps(links.as_json(), indent=2) + "\n")

        with samples_in_background(settings.recordings_dir):
            return _supervise(
                dataclasses.replace(settings, test_nhs_numbers_only=True),
                when_ready=show_links,
                beside=beside,
            )


_RUN: dict[str, Callable[[Settings], int]] = {
    "serve": _serve,
    "migrate": _migrate,
    "web": _web,
}

if __name__ == "__main__":
    main()
