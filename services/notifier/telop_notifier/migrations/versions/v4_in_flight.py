"""A lane counts what it has in flight: counting the leases themselves met one dead index entry for each old lease."""

from alembic import op

revision = "v4"
down_revision = "v3"

STATEMENTS = (
    "ALTER TABLE lanes ADD COLUMN in_flight integer NOT NULL DEFAULT 0",
    """
    UPDATE lanes SET in_flight = leased.count
    FROM (SELECT endpoint_id, count(*) FROM deliveries WHERE lease_until IS NOT NULL GROUP BY endpoint_id) AS leased
    WHERE leased.endpoint_id = lanes.endpoint_id
    """,
    "DROP INDEX deliveries_leased",
    "CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE lease_until IS NOT NULL",
)


def upgrade() -> None:
    """Add the count and fill it."""
    for statement in STATEMENTS:
        op.execute(statement)
