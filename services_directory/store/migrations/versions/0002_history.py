"""The history of the directory, and what its records may say beside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("city", sa.String(length=20), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("kind", "key", "number", name=op.f("uq_revision_kind")),
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revision_city"), ["city"], unique=False)
        batch_op.create_index("ix_revision_due", ["state", "publish_at"], unique=False)

    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("audience", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("sessions", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("city", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("languages", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("guide", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.add_column(sa.Column("postal_code", sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column("accessibility", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("alerts", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("office_language", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hours", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("mediator", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.add_column(sa.Column("audience", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("how", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("capacity", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("website", sa.String(length=300), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_column("website")
        batch_op.drop_column("capacity")
        batch_op.drop_column("how")
        batch_op.drop_column("audience")

    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.drop_column("retired")

    with op.batch_alter_table("office_language", schema=None) as batch_op:
        batch_op.drop_column("mediator")
        batch_op.drop_column("hours")

    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.drop_column("retired")
        batch_op.drop_column("alerts")
        batch_op.drop_column("accessibility")
        batch_op.drop_column("postal_code")

    with op.batch_alter_table("guide", schema=None) as batch_op:
        batch_op.drop_column("retired")

    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_column("retired")
        batch_op.drop_column("languages")

    with op.batch_alter_table("city", schema=None) as batch_op:
        batch_op.drop_column("retired")

    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_column("sessions")
        batch_op.drop_column("audience")

    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.drop_index("ix_revision_due")
        batch_op.drop_index(batch_op.f("ix_revision_city"))

    op.drop_table("revision")
