"""Holds, waiting lists, offers, reminders, attendance, feeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_deed",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_api_deed")),
    )
    with op.batch_alter_table("api_deed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_deed_at"), ["at"], unique=False)

    op.create_table(
        "link",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_link")),
    )
    op.create_table(
        "attendance",
        sa.Column("enrolment", sa.Integer(), nullable=False),
        sa.Column("session", sa.DateTime(timezone=True), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment"], ["enrolment.id"], name=op.f("fk_attendance_enrolment_enrolment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrolment", "session", name=op.f("pk_attendance")),
    )
    op.create_table(
        "enrolment_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment"], ["enrolment.id"], name=op.f("fk_enrolment_event_enrolment_enrolment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_event")),
    )
    with op.batch_alter_table("enrolment_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolment_event_enrolment"), ["enrolment"], unique=False)

    op.create_table(
        "feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("office", sa.String(length=60), nullable=False),
        sa.Column("counter", sa.String(length=60), nullable=True),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["counter"], ["counter.key"], name=op.f("fk_feed_counter_counter"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["office"], ["office.key"], name=op.f("fk_feed_office_office"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("token", name=op.f("uq_feed_token")),
    )
    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_office"), ["office"], unique=False)

    op.create_table(
        "waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_key", sa.String(length=80), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("for_other", sa.Boolean(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("appointment", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment"], ["appointment.id"], name=op.f("fk_waiting_appointment_appointment"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["service"], ["service.key"], name=op.f("fk_waiting_service_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("booking_key", name=op.f("uq_waiting_booking_key")),
    )
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.create_index("ix_waiting_line", ["service", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiting_person"), ["person"], unique=False)

    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("hold", sa.Integer(), nullable=True),
        sa.Column("counter", sa.String(length=60), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["counter"], ["counter.key"], name=op.f("fk_offer_counter_counter")),
        sa.ForeignKeyConstraint(
            ["hold"], ["appointment.id"], name=op.f("fk_offer_hold_appointment"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["waiting"], ["waiting.id"], name=op.f("fk_offer_waiting_waiting"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("waiting", "counter", "starts", name=op.f("uq_offer_waiting")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index("ix_offer_open", ["state", "until"], unique=False)

    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("people", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("for_other", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("spoken", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("external", sa.String(length=200), nullable=True))
        batch_op.create_index("ix_appointment_held", ["held_until"], unique=False)

    with op.batch_alter_table("claimed_cell", schema=None) as batch_op:
        batch_op.add_column(sa.Column("until", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("counter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("walk_ins", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("elsewhere", sa.JSON(), nullable=True))

    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("hours_exception", schema=None) as batch_op:
        batch_op.add_column(sa.Column("counter", sa.String(length=60), nullable=True))

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("enrolment", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("offer", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("about", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_notice_person"), ["person"], unique=False)
        batch_op.create_unique_constraint("uq_notice_once", ["appointment", "kind", "about"])
        batch_op.create_foreign_key(
            batch_op.f("fk_notice_enrolment_enrolment"), "enrolment", ["enrolment"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_foreign_key(batch_op.f("fk_notice_offer_offer"), "offer", ["offer"], ["id"], ondelete="CASCADE")

    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminders", sa.JSON(), server_default="{}", nullable=False))

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notice_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_outbox_notice_id"), ["notice_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_notice_id_notice"), "notice", ["notice_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.add_column(sa.Column("buffer_minutes", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("same_day", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("most_people", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("more_minutes", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_column("more_minutes")
        batch_op.drop_column("most_people")
        batch_op.drop_column("same_day")
        batch_op.drop_column("buffer_minutes")

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outbox_notice_id_notice"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_outbox_notice_id"))
        batch_op.drop_column("notice_id")

    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.drop_column("reminders")

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_notice_offer_offer"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_notice_enrolment_enrolment"), type_="foreignkey")
        batch_op.drop_constraint("uq_notice_once", type_="unique")
        batch_op.drop_index(batch_op.f("ix_notice_person"))
        batch_op.drop_column("changed_at")
        batch_op.drop_column("about")
        batch_op.drop_column("offer")
        batch_op.drop_column("enrolment")

    with op.batch_alter_table("hours_exception", schema=None) as batch_op:
        batch_op.drop_column("counter")

    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_column("offered_until")

    with op.batch_alter_table("counter", schema=None) as batch_op:
        batch_op.drop_column("elsewhere")
        batch_op.drop_column("walk_ins")

    with op.batch_alter_table("claimed_cell", schema=None) as batch_op:
        batch_op.drop_column("until")

    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_index("ix_appointment_held")
        batch_op.drop_column("external")
        batch_op.drop_column("held_until")
        batch_op.drop_column("spoken")
        batch_op.drop_column("for_other")
        batch_op.drop_column("people")

    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_index("ix_offer_open")

    op.drop_table("offer")
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiting_person"))
        batch_op.drop_index("ix_waiting_line")

    op.drop_table("waiting")
    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_office"))

    op.drop_table("feed")
    with op.batch_alter_table("enrolment_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolment_event_enrolment"))

    op.drop_table("enrolment_event")
    op.drop_table("attendance")
    op.drop_table("link")
    with op.batch_alter_table("api_deed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_deed_at"))

    op.drop_table("api_deed")
