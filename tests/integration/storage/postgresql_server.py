"""A PostgreSQL server for tests: Debian's programs, a folder and a private socket of its own, no network."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

ADMIN, ROLE = "admin", "moveroom"
"""Who may everything, and who Moveroom is: the owner of its databases and no more."""

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG (linux/prctl.h)


class NoPostgreSQL(AssertionError):
    """The programs are not there; `make postgres` installs them."""


def programs() -> Path:
    """The folder of the newest PostgreSQL; Debian keeps each version in one of its own, off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda each: int(each.parts[4]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    raise NoPostgreSQL("these tests need PostgreSQL: run `make postgres`")


class PostgreSQLServer:
    """One server; made by `running`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        # PostgreSQL refuses to run as root.
        self._user = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())

    def make(self) -> None:
        """Make the server's files. It sorts text as people do: no test may rely on the order of bytes."""
        self.folder.chmod(0o700)
        os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        making = self._start(
            "initdb",
            f"--pgdata={self.folder}/files",
            f"--username={ADMIN}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--locale-provider=icu",
            "--icu-locale=en-GB",
            "--no-sync",
        )
        assert making.wait(timeout=60) == 0, self.log()

    def start(self) -> None:
        """Start and wait until it answers. The operating system does not die in these tests: no fsync."""
        self._process = self._start(
            "postgres",
            *("-D", f"{self.folder}/files", "-k", str(self.folder)),
            *("-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off"),
            *("-c", "timezone=Pacific/Auckland", "-c", "max_connections=60"),
        )
        while not self._answers():
            assert self._process.poll() is None, self.log()

    def stop(self, *, at_once: bool = False) -> None:
        """Stop and cut off whoever is connected; `at_once`: as in a crash."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
            self._process.wait(timeout=30)
            self._process = None

    def connection_string(self, database: str = "postgres") -> str:
        """For libpq, as the one who may everything."""
        return f"host={self.folder} user={ADMIN} dbname={database}"

    @contextmanager
    def frozen(self, database: str) -> Iterator[None]:
        """Stop in their tracks the processes that serve those who are connected to the database."""
        serving = f"SELECT pid FROM pg_stat_activity WHERE datname = '{database}'"
        processes = [int(str(row[0])) for row in self.run(serving)]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def url(self, database: str) -> str:
        """The address by which Moveroom knows one of the databases."""
        return f"postgresql+psycopg://{ROLE}@/{database}?host={self.folder}"

    def new_database(self, like: str | None = None) -> str:
        """Make a database, empty or as another one is; return its name."""
        name = f"test{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE {like or 'template0'}")
        return name

    def drop(self, database: str) -> None:
        """Remove a database, cutting off whoever is connected to it."""
        self.run(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def run(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement as the one who may everything."""
        with psycopg.connect(self.connection_string(database), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def log(self) -> str:
        """What the server said."""
        return (self.folder / "log").read_text()

    def _answers(self) -> bool:
        ready = subprocess.run(
            [programs() / "pg_isready", "-h", self.folder, "-d", "postgres", "-t", "5"],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        return ready.returncode == 0

    def _start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        as_user = {}
        if os.geteuid() == 0:
            as_user = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [programs() / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                preexec_fn=_die_with_parent,
                **as_user,
            )


def _die_with_parent() -> None:
    """Let no server outlive a test run that was killed."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGQUIT)


@contextmanager
def running() -> Iterator[PostgreSQLServer]:
    """A server while the context lasts; its folder's name is short, a socket's may have 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="moveroom-pg-", dir="/tmp") as folder:
        server = PostgreSQLServer(Path(folder))
        server.make()
        server.start()
        try:
            server.run(f"CREATE ROLE {ROLE} LOGIN")
            yield server
        finally:
            server.stop()
