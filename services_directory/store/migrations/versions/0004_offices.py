"""A service or an activity is given at several offices, each with hours of its own or the office's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("service", "activity")


def upgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as batch_op:
            batch_op.add_column(sa.Column("offices", sa.JSON(), server_default="[]", nullable=False))
        table = sa.table(name, sa.column("key"), sa.column("office"), sa.column("offices", sa.JSON()))
        with_office = sa.select(table.c.key, table.c.office).where(table.c.office.is_not(None))
        for key, office in op.get_bind().execute(with_office).all():
            moved = table.update().where(table.c.key == key).values(offices=[{"office": office, "hours": None}])
            op.get_bind().execute(moved)
        with op.batch_alter_table(name) as batch_op:
            batch_op.drop_constraint(op.f(f"fk_{name}_office_office"), type_="foreignkey")
            batch_op.drop_column("office")


def downgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as batch_op:
            batch_op.add_column(sa.Column("office", sa.String(length=60), nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_{name}_office_office"), "office", ["office"], ["key"])
        table = sa.table(name, sa.column("key"), sa.column("office"), sa.column("offices", sa.JSON()))
        for key, offices in op.get_bind().execute(sa.select(table.c.key, table.c.offices)).all():
            if offices:
                first = table.update().where(table.c.key == key).values(office=offices[0]["office"])
                op.get_bind().execute(first)
        with op.batch_alter_table(name) as batch_op:
            batch_op.drop_column("offices")
