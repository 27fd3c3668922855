"""The chassis tables, and the transcripts of segments."""

from alembic import op
from telop_chassis import schema

revision = "v1"
down_revision = None

TRANSCRIPTS = """
    CREATE TABLE transcripts (
        tenant text NOT NULL,
        job_id text NOT NULL,
        segment_index bigint NOT NULL,
        result jsonb NOT NULL,
        heard_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (tenant, job_id, segment_index)
    )
"""


def upgrade() -> None:
    """Create everything."""
    for statement in (*schema.V1, TRANSCRIPTS):
        op.execute(statement)
