"""Alembic's entry: runs the steps on the connection that `server.storage.migrate` hands over."""

from __future__ import annotations

from alembic import context

from server.storage.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
    user_module_prefix="tables.",
)
with context.begin_transaction():
    context.run_migrations()
