"""How often the second reader was asked, for its budget."""

from alembic import op

revision = "v3"
down_revision = "v2"


def upgrade() -> None:
    """Add the counts."""
    op.execute(
        "CREATE TABLE second_reads (tenant text NOT NULL, job_id text NOT NULL, calls bigint NOT NULL, "
        "PRIMARY KEY (tenant, job_id))"
    )
