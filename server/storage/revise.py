"""For developers: writes the next migration from the difference between the tables and the newest step.

python -m server.storage.revise "what changes for the product"
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from server.storage.engines import migration_engine
from server.storage.migrate import migrate, migration_config


def revise(message: str) -> None:
    """Write `migrations/versions/<number>_<message>.py`; read it over before it is committed."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/empty.sqlite3"
        migrate(url)
        versions = Path(__file__).parent / "migrations" / "versions"
        number = len(list(versions.glob("step_*.py"))) + 1
        engine = migration_engine(url)
        with engine.connect() as connection:
            config = migration_config(connection)
            config.set_main_option("file_template", "step_%%(rev)s_%%(slug)s")
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()


if __name__ == "__main__":
    revise(sys.argv[1])
