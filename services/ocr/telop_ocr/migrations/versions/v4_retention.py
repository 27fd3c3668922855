"""What is too old is found by its time."""

from alembic import op

revision = "v4"
down_revision = "v3"


def upgrade() -> None:
    """Add the indexes, and the time that the counts lacked."""
    op.execute("CREATE INDEX readings_read ON readings (read_at)")
    op.execute("ALTER TABLE second_reads ADD COLUMN made_at timestamptz NOT NULL DEFAULT clock_timestamp()")
    op.execute("CREATE INDEX second_reads_made ON second_reads (made_at)")
