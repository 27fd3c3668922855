"""The tables of the ingest database beside those of the chassis, as SQLAlchemy sees them.

JSON is kept as text where it holds supplied or recognised text: PostgreSQL's own JSON types refuse some characters that
such text may contain. Every row names its tenant or hangs on a job that does.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from telop_chassis.tables import metadata

_TIME = DateTime(timezone=True)


def _job_id(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "job_id", Text, ForeignKey("jobs.job_id", ondelete="CASCADE"), primary_key=primary_key, nullable=False
    )


media = Table(
    "media",
    metadata,
    Column("media_id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("object_key", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("created_at", _TIME, nullable=False, server_default=func.clock_timestamp()),
)

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("idempotency_key", Text),
    Column("request", Text, nullable=False),
    Column("request_sha256", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("programme", Text),
    Column("status", Text, nullable=False),
    Column("verdict", Text),
    Column("progress", Double, nullable=False, server_default=text("0")),
    Column("sequence", BigInteger, nullable=False),
    Column("trace_id", Text, nullable=False),
    Column("traceparent", Text),
    Column("media", Text),
    Column("stages", JSONB, nullable=False, server_default=text("'[]'")),
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),
    Column("unchecked", JSONB, nullable=False, server_default=text("'[]'")),
    Column("error_reason", Text),
    Column("error_detail", Text),
    Column("result_sha256", Text),
    Column("earlier_job_id", Text),
    Column("coverage", JSONB),
    Column("verdict_reasons", JSONB, nullable=False, server_default=text("'[]'")),
    Column("created_at", _TIME, nullable=False, server_default=func.clock_timestamp()),
    Column("moved_at", _TIME, nullable=False, server_default=func.clock_timestamp()),
    Column("announced_at", _TIME, nullable=False, server_default=func.clock_timestamp()),
    Column("finished_at", _TIME),
    Index("jobs_idempotency", "tenant", "origin", "idempotency_key", unique=True),
    Index("jobs_of_tenant", "tenant", "created_at", "job_id"),
    Index("jobs_finished", "finished_at", postgresql_where=text("finished_at IS NOT NULL")),
)

segments = Table(
    "segments",
    metadata,
    _job_id(primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("index", Integer, primary_key=True),
    Column("status", Text, nullable=False),
    Column("reason", Text),
)

job_events = Table(
    "job_events",
    metadata,
    _job_id(primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("type", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("created_at", _TIME, nullable=False, server_default=func.clock_timestamp()),
)

findings = Table(
    "findings",
    metadata,
    Column("finding_id", Text, primary_key=True),
    _job_id(),
    Column("tenant", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("payload", Text, nullable=False),
    Column("decision", Text),
    Column("explanation", Text),
    Index("findings_of_job", "job_id", "position", unique=True),
)

fixed_findings = Table(
    "fixed_findings",
    metadata,
    _job_id(primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("payload", Text, nullable=False),
)

tenant_rules = Table(
    "tenant_rules",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("payload", Text, nullable=False),
    Column("updated_by", Text, nullable=False),
    Column("updated_at", _TIME, nullable=False),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("suppression_id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("mistake_id", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("finding", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", _TIME, nullable=False),
    Index("suppressions_of_programme", "tenant", "programme", "mistake_id", unique=True),
)

telops = Table(
    "telops",
    metadata,
    _job_id(primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("payload", Text, nullable=False),
)

words = Table(
    "words",
    metadata,
    _job_id(primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("payload", Text, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("decision_id", BigInteger, Identity(always=True), primary_key=True),
    Column("finding_id", Text, ForeignKey("findings.finding_id", ondelete="CASCADE"), nullable=False),
    Column("decision", Text, nullable=False),
    Column("note", Text),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", _TIME, nullable=False),
    Index("decisions_of_finding", "finding_id", "decision_id"),
)

issued_keys = Table(
    "issued_keys",
    metadata,
    Column("key_id", Text, ForeignKey("access_keys.key_id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("created_at", _TIME, nullable=False, server_default=func.clock_timestamp()),
)

delivery_incidents = Table(
    "delivery_incidents",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("endpoint_id", Text, nullable=False),
    Column("delivery_id", Text),
    Column("job_id", Text),
    Column("reason", Text, nullable=False),
    Column("happened_at", _TIME, nullable=False, server_default=func.clock_timestamp()),
    Index("delivery_incidents_of_tenant", "tenant", "happened_at"),
)
