"""The chassis tables that every service's first migration creates, as frozen SQL.

`V1` is history and never changes; a later change is a new constant that each service runs in a migration of its own.
`tables` describes the present state; a test compares the two after migrating.
"""

from typing import Final

V1: Final = (
    """
    CREATE TABLE inbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tenant text NOT NULL,
        source text NOT NULL,
        event_id text NOT NULL,
        type text NOT NULL,
        subject text NOT NULL,
        topic text,
        key bytea,
        headers jsonb,
        traceparent text,
        payload bytea,
        digest bytea NOT NULL,
        status text NOT NULL,
        reason text,
        detail text,
        affinity text,
        attempts integer NOT NULL DEFAULT 0,
        deaths integer NOT NULL DEFAULT 0,
        lease_token uuid,
        lease_until timestamptz,
        priority_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        finished_at timestamptz,
        CONSTRAINT inbox_event UNIQUE (tenant, source, event_id)
    )
    """,
    "CREATE INDEX inbox_waiting ON inbox (priority_at, id) WHERE status = 'waiting'",
    "CREATE INDEX inbox_waiting_tenant ON inbox (tenant, subject) WHERE status = 'waiting'",
    "CREATE INDEX inbox_leased ON inbox (lease_until) WHERE status = 'leased'",
    "CREATE INDEX inbox_subject ON inbox (subject) WHERE status IN ('waiting', 'scheduled', 'leased')",
    "CREATE INDEX inbox_dead ON inbox (id) WHERE status = 'dead'",
    "CREATE INDEX inbox_scheduled ON inbox (due_at) WHERE status = 'scheduled'",
    "CREATE INDEX inbox_finished ON inbox (finished_at) WHERE status IN ('done', 'closed')",
    """
    CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        shard smallint NOT NULL,
        event_id text NOT NULL,
        topic text NOT NULL,
        key bytea NOT NULL,
        value bytea NOT NULL,
        headers jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        parked_at timestamptz,
        reason text
    )
    """,
    "CREATE INDEX outbox_pending ON outbox (shard, id) WHERE parked_at IS NULL",
    "CREATE TABLE ended_jobs (job_id text PRIMARY KEY, ended_at timestamptz NOT NULL DEFAULT clock_timestamp())",
    """
    CREATE TABLE access_keys (
        key_id text PRIMARY KEY,
        sequence bigint NOT NULL,
        key_sha256 text NOT NULL UNIQUE,
        tenant text NOT NULL,
        scopes text[] NOT NULL,
        expires_at timestamptz,
        revoked boolean NOT NULL DEFAULT false
    )
    """,
)
