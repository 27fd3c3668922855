"""The chassis tables, and endpoints, messages, deliveries and attempts."""

from alembic import op
from telop_chassis import schema

revision = "v1"
down_revision = None

TABLES = (
    """
    CREATE TABLE endpoints (
        id text PRIMARY KEY,
        position bigint GENERATED ALWAYS AS IDENTITY,
        tenant text NOT NULL,
        url text NOT NULL,
        event_types text[],
        description text NOT NULL,
        secret text NOT NULL,
        previous_secret text,
        previous_secret_until timestamptz,
        state text NOT NULL DEFAULT 'active',
        reason text,
        state_since timestamptz NOT NULL DEFAULT clock_timestamp(),
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    "CREATE INDEX endpoints_tenant ON endpoints (tenant, position)",
    """
    CREATE TABLE messages (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tenant text NOT NULL,
        event_id text NOT NULL,
        type text NOT NULL,
        job_id text,
        sequence bigint,
        about text,
        body bytea NOT NULL,
        traceparent text,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT messages_event UNIQUE (tenant, event_id)
    )
    """,
    "CREATE INDEX messages_job ON messages (tenant, job_id, sequence)",
    "CREATE INDEX messages_tenant ON messages (tenant, id)",
    """
    CREATE TABLE deliveries (
        id text PRIMARY KEY,
        tenant text NOT NULL,
        endpoint_id text NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
        message_id bigint NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        status text NOT NULL,
        round integer NOT NULL DEFAULT 1,
        attempts integer NOT NULL DEFAULT 0,
        reason text,
        next_attempt_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        finished_at timestamptz,
        CONSTRAINT deliveries_once UNIQUE (endpoint_id, message_id)
    )
    """,
    """
    CREATE TABLE attempts (
        delivery_id text NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
        number integer NOT NULL,
        started_at timestamptz NOT NULL,
        latency_ms integer NOT NULL,
        status_code integer,
        reason text,
        trace_id text NOT NULL,
        PRIMARY KEY (delivery_id, number)
    )
    """,
)


def upgrade() -> None:
    """Create everything."""
    for statement in (*schema.V1, *TABLES):
        op.execute(statement)
