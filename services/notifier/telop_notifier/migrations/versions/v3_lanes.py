"""Deliveries are a queue of their own, one lane for each endpoint; endpoints have formats, limits, headers, health."""

from alembic import op

revision = "v3"
down_revision = "v2"

STATEMENTS = (
    """
    ALTER TABLE endpoints
        ADD COLUMN format text NOT NULL DEFAULT 'standard',
        ADD COLUMN public_key text,
        ADD COLUMN rate_limit double precision,
        ADD COLUMN max_concurrency integer NOT NULL DEFAULT 10,
        ADD COLUMN headers text,
        ADD COLUMN header_names text[] NOT NULL DEFAULT '{}',
        ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}'
    """,
    """
    ALTER TABLE deliveries
        ADD COLUMN format text NOT NULL DEFAULT 'standard',
        ADD COLUMN body bytea,
        ADD COLUMN tries integer NOT NULL DEFAULT 0,
        ADD COLUMN deaths integer NOT NULL DEFAULT 0,
        ADD COLUMN lease_token uuid,
        ADD COLUMN lease_until timestamptz,
        ADD COLUMN traceparent text
    """,
    "ALTER TABLE attempts ADD COLUMN request jsonb, ADD COLUMN response jsonb",
    """
    CREATE TABLE lanes (
        endpoint_id text PRIMARY KEY REFERENCES endpoints (id) ON DELETE CASCADE,
        due_at timestamptz,
        rate_at timestamptz,
        failures integer NOT NULL DEFAULT 0,
        openings integer NOT NULL DEFAULT 0,
        open_until timestamptz,
        failing_since timestamptz,
        warned_at timestamptz,
        slow boolean NOT NULL DEFAULT false
    )
    """,
    # What was under way goes on from the deliveries themselves; one attempt was made for each step of the schedule.
    "UPDATE deliveries SET tries = attempts WHERE status = 'pending' AND round = 1",
    """
    UPDATE deliveries SET status = 'pending', next_attempt_at = clock_timestamp(), finished_at = NULL
    WHERE status = 'held'
    """,
    "DELETE FROM inbox WHERE type = 'deliver_attempt' AND status IN ('waiting', 'scheduled', 'leased')",
    "INSERT INTO lanes (endpoint_id, due_at) SELECT id, clock_timestamp() FROM endpoints",
    "CREATE INDEX lanes_due ON lanes (due_at) WHERE due_at IS NOT NULL",
    """
    CREATE INDEX deliveries_due ON deliveries (endpoint_id, next_attempt_at)
    WHERE status = 'pending' AND lease_until IS NULL
    """,
    "CREATE INDEX deliveries_leased ON deliveries (endpoint_id, lease_until) WHERE lease_until IS NOT NULL",
    "CREATE INDEX deliveries_message ON deliveries (message_id)",
    "CREATE INDEX deliveries_failed ON deliveries (endpoint_id, message_id) WHERE status = 'failed'",
    "CREATE INDEX messages_created ON messages (created_at)",
)


def upgrade() -> None:
    """Add the columns and the lanes, and hand over what was under way."""
    for statement in STATEMENTS:
        op.execute(statement)
