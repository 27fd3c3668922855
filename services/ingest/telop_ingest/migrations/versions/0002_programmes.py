"""What is known of a programme beyond one job: rules of tenants, suppressed mistakes, coverage, explanations."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "ALTER TABLE jobs ADD COLUMN earlier_job_id text",
    "ALTER TABLE jobs ADD COLUMN coverage jsonb",
    "ALTER TABLE jobs ADD COLUMN verdict_reasons jsonb NOT NULL DEFAULT '[]'",
    "ALTER TABLE findings ADD COLUMN explanation text",
    """
    CREATE TABLE fixed_findings (
        job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
        position integer NOT NULL,
        payload text NOT NULL,
        PRIMARY KEY (job_id, position)
    )
    """,
    """
    CREATE TABLE tenant_rules (
        tenant text PRIMARY KEY,
        payload text NOT NULL,
        updated_by text NOT NULL,
        updated_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE suppressions (
        suppression_id text PRIMARY KEY,
        tenant text NOT NULL,
        programme text NOT NULL,
        mistake_id text NOT NULL,
        decision text NOT NULL,
        finding text NOT NULL,
        decided_by text NOT NULL,
        decided_at timestamptz NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX suppressions_of_programme ON suppressions (tenant, programme, mistake_id)",
)


def upgrade() -> None:
    """Add it."""
    for statement in _STATEMENTS:
        op.execute(statement)
