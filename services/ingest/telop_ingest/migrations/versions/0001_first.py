"""The chassis tables, and jobs with everything that hangs on them."""

from alembic import op
from telop_chassis.schema import V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE media (
        media_id text PRIMARY KEY,
        tenant text NOT NULL,
        object_key text NOT NULL,
        sha256 text NOT NULL,
        bytes bigint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    """
    CREATE TABLE jobs (
        job_id text PRIMARY KEY,
        tenant text NOT NULL,
        origin text NOT NULL,
        idempotency_key text,
        request text NOT NULL,
        request_sha256 text NOT NULL,
        language text NOT NULL,
        programme text,
        status text NOT NULL,
        verdict text,
        progress double precision NOT NULL DEFAULT 0,
        sequence bigint NOT NULL,
        trace_id text NOT NULL,
        traceparent text,
        media text,
        stages jsonb NOT NULL DEFAULT '[]',
        counts jsonb NOT NULL DEFAULT '{}',
        unchecked jsonb NOT NULL DEFAULT '[]',
        error_reason text,
        error_detail text,
        result_sha256 text,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        moved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        announced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        finished_at timestamptz
    )
    """,
    "CREATE UNIQUE INDEX jobs_idempotency ON jobs (tenant, origin, idempotency_key)",
    "CREATE INDEX jobs_of_tenant ON jobs (tenant, created_at, job_id)",
    """
    CREATE TABLE segments (
        job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
        stage text NOT NULL,
        index integer NOT NULL,
        status text NOT NULL,
        reason text,
        PRIMARY KEY (job_id, stage, index)
    )
    """,
    """
    CREATE TABLE job_events (
        job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
        sequence bigint NOT NULL,
        type text NOT NULL,
        payload text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (job_id, sequence)
    )
    """,
    """
    CREATE TABLE findings (
        finding_id text PRIMARY KEY,
        job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
        tenant text NOT NULL,
        position integer NOT NULL,
        payload text NOT NULL,
        decision text
    )
    """,
    "CREATE UNIQUE INDEX findings_of_job ON findings (job_id, position)",
    """
    CREATE TABLE telops (
        job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
        position integer NOT NULL,
        payload text NOT NULL,
        PRIMARY KEY (job_id, position)
    )
    """,
    """
    CREATE TABLE words (
        job_id text NOT NULL REFERENCES jobs ON DELETE CASCADE,
        position integer NOT NULL,
        payload text NOT NULL,
        PRIMARY KEY (job_id, position)
    )
    """,
    """
    CREATE TABLE decisions (
        decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        finding_id text NOT NULL REFERENCES findings ON DELETE CASCADE,
        decision text NOT NULL,
        note text,
        decided_by text NOT NULL,
        decided_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX decisions_of_finding ON decisions (finding_id, decision_id)",
    """
    CREATE TABLE issued_keys (
        key_id text PRIMARY KEY REFERENCES access_keys,
        name text NOT NULL,
        prefix text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    """
    CREATE TABLE delivery_incidents (
        incident_id text PRIMARY KEY,
        tenant text NOT NULL,
        type text NOT NULL,
        endpoint_id text NOT NULL,
        delivery_id text,
        job_id text,
        reason text NOT NULL,
        happened_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    "CREATE INDEX delivery_incidents_of_tenant ON delivery_incidents (tenant, happened_at)",
)


def upgrade() -> None:
    """Create everything."""
    for statement in (*V1, *_TABLES):
        op.execute(statement)
