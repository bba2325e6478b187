"""A viewing knows which opened player page reported last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("viewings", sa.Column("playback", sa.String(length=40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("viewings", schema=None) as batch_op:
        batch_op.drop_column("playback")
