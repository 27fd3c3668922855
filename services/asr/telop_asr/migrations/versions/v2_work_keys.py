"""Transcripts are found by what they are the transcript of."""

from alembic import op

revision = "v2"
down_revision = "v1"


def upgrade() -> None:
    """Add the key; transcripts from before have none and are never reused."""
    op.execute("ALTER TABLE transcripts ADD COLUMN work_key text")
    op.execute("CREATE INDEX transcripts_of_work ON transcripts (tenant, work_key) WHERE work_key IS NOT NULL")
