"""Jobs whose time has come are found by the time of their end; until then they hold no task."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL",
    "DELETE FROM inbox WHERE type = 'ingest.delete_job' AND status IN ('waiting', 'scheduled')",
)


def upgrade() -> None:
    """Add the index, and delete the tasks that waited."""
    for statement in _STATEMENTS:
        op.execute(statement)
