"""The chassis tables, and readings."""

from alembic import op
from telop_chassis import schema

revision = "v1"
down_revision = None

READINGS = """
    CREATE TABLE readings (
        tenant text NOT NULL,
        job_id text NOT NULL,
        segment_index bigint NOT NULL,
        result jsonb NOT NULL,
        read_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (tenant, job_id, segment_index)
    )
"""


def upgrade() -> None:
    """Create them."""
    for statement in (*schema.V1, READINGS):
        op.execute(statement)
