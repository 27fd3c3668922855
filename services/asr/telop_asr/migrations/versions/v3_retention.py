"""What is too old is found by its time."""

from alembic import op

revision = "v3"
down_revision = "v2"


def upgrade() -> None:
    """Add the index."""
    op.execute("CREATE INDEX transcripts_heard ON transcripts (heard_at)")
