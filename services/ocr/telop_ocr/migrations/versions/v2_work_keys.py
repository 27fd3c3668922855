"""Results are found by what they are the result of."""

from alembic import op

revision = "v2"
down_revision = "v1"


def upgrade() -> None:
    """Add the key; results from before have none and are never reused."""
    op.execute("ALTER TABLE readings ADD COLUMN work_key text")
    op.execute("CREATE INDEX readings_of_work ON readings (tenant, work_key) WHERE work_key IS NOT NULL")
