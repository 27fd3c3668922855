"""The chassis tables, and the parts of jobs until they are judged."""

from alembic import op
from telop_chassis import schema

revision = "v1"
down_revision = None

JOBS = """
    CREATE TABLE jobs (
        tenant text NOT NULL,
        job_id text NOT NULL,
        status text NOT NULL DEFAULT 'joining',
        revision integer NOT NULL DEFAULT 0,
        present integer NOT NULL DEFAULT 0,
        expected integer,
        plan bytea,
        plan_traceparent text,
        looked_again boolean NOT NULL DEFAULT false,
        verdict text,
        reason text,
        result_key text,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        ended_at timestamptz,
        PRIMARY KEY (tenant, job_id)
    )
"""
PARTS = """
    CREATE TABLE parts (
        tenant text NOT NULL,
        job_id text NOT NULL,
        stage text NOT NULL,
        segment_index bigint NOT NULL,
        content bytea,
        reason text,
        traceparent text,
        PRIMARY KEY (tenant, job_id, stage, segment_index),
        FOREIGN KEY (tenant, job_id) REFERENCES jobs ON DELETE CASCADE
    )
"""
LOOKS = """
    CREATE TABLE looks (
        tenant text NOT NULL,
        job_id text NOT NULL,
        recheck_id text NOT NULL,
        start_s double precision NOT NULL,
        box bytea NOT NULL,
        answer bytea,
        traceparent text,
        PRIMARY KEY (tenant, job_id, recheck_id),
        FOREIGN KEY (tenant, job_id) REFERENCES jobs ON DELETE CASCADE
    )
"""


def upgrade() -> None:
    """Create everything."""
    for statement in (*schema.V1, JOBS, PARTS, LOOKS):
        op.execute(statement)
