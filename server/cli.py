"""The command line: `moveroom demo | serve | migrate | settings`, and what the supervisor starts.

Exit codes: 0 done, 2 a setting or an argument cannot be used (the message names it), 1 anything else.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import structlog

from server.config import PREFIX, Settings, describe_settings, read_settings
from server.data_folder import held_alone, make_data_folder, make_way_for, write_whole
from server.errors import CannotStart
from server.logs import set_up_logs

log = structlog.get_logger()

COMMANDS = {
    "demo": "set up a demo service once, then serve it and print a link for each person",
    "serve": "serve: a web process and a media worker, each started again should it die",
    "migrate": "bring the database to this version's form",
    "settings": "list all settings",
    "web": "the web process alone (the supervisor starts it)",
    "media": "the media worker alone (the supervisor starts it)",
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
    given = parser.parse_args(arguments)
    if given.command == "settings":
        print(describe_settings())
        sys.exit(0)
    try:
        settings = read_settings(os.environ)
        if getattr(given, "links_json", None):
            settings = dataclasses.replace(settings, links_json=given.links_json.absolute())
        set_up_logs(settings.log_level)
        make_data_folder(settings.data_dir)
        code = _RUN[given.command](settings)
    except CannotStart as wrong:
        print(f"moveroom: {wrong}", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:
        code = 0
    sys.exit(code)


def _run(work: Awaitable[int]) -> int:
    import uvloop

    async def whole() -> int:
        return await work

    return uvloop.run(whole())


def _migrate(settings: Settings) -> int:
    from server.storage.migrate import migrate

    migrate(settings.database)
    return 0


def _web(settings: Settings) -> int:
    from server.app import serve_web

    return _run(serve_web(settings))


def _media(settings: Settings) -> int:
    from server.media.channel import socket_path
    from server.media.worker import run_worker

    return _run(
        run_worker(
            socket_path=socket_path(settings.data_dir),
            media_host=settings.media_host,
            media_port=settings.media_port,
        )
    )


def _serve(settings: Settings) -> int:
    with held_alone(settings.data_dir):
        _migrate(settings)
        return _supervise(settings)


def _supervise(settings: Settings, when_ready: Callable[[], None] | None = None) -> int:
    from server.supervisor import ChildCommand, supervise

    environment = {**os.environ, f"{PREFIX}DATA_DIR": str(settings.data_dir)}
    children = [
        ChildCommand(name=name, argv=(sys.executable, "-m", "server.cli", name), env=environment)
        for name in ("media", "web")
    ]
    return _run(supervise(children, ready_url=f"{settings.local_url}/readyz", when_ready=when_ready))


def _demo(settings: Settings) -> int:
    from server.demo import DemoLinks, links_table, prepare_demo

    if settings.links_json:
        make_way_for(settings.links_json)
    with held_alone(settings.data_dir):
        _migrate(settings)
        links: DemoLinks = asyncio.run(prepare_demo(settings.database, settings.data_dir, settings.base_url))

        def show_links() -> None:
            print(links_table(links), flush=True)
            if settings.links_json:
                write_whole(settings.links_json, json.dumps(links.as_json(), indent=2) + "\n")

        return _supervise(settings, when_ready=show_links)


_RUN: dict[str, Callable[[Settings], int]] = {
    "demo": _demo,
    "serve": _serve,
    "migrate": _migrate,
    "web": _web,
    "media": _media,
}

if __name__ == "__main__":
    main()
