"""An ended job keeps no plan, and its row goes when nothing can come for it any more."""

from alembic import op

revision = "v2"
down_revision = "v1"


def upgrade() -> None:
    """Forget the plans of ended jobs, and let their rows be found by the time of their end."""
    op.execute("UPDATE jobs SET plan = NULL WHERE ended_at IS NOT NULL")
    op.execute("CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL")
