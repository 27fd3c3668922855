"""The chassis tables, and the effects of the test service."""

from alembic import op
from telop_chassis.schema import V1

revision = "0001"
down_revision = None


def upgrade() -> None:
    for statement in V1:
        op.execute(statement)
    op.execute("CREATE TABLE effects (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, segment_id text UNIQUE)")
