"""The chassis tables of every service's database, as SQLAlchemy sees them (created by `schema.V1`).

A row of `inbox` is an event or a task on its way through waiting -> leased -> done, or to dead or closed (its job
ended first). A row of `outbox` is deleted once the broker has it; a parked one was refused for good.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
_TIME = DateTime(timezone=True)

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("topic", Text),
    Column("key", LargeBinary),
    Column("headers", JSONB),
    Column("traceparent", Text),
    Column("payload", LargeBinary),
    Column("digest", LargeBinary, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("detail", Text),
    Column("affinity", Text),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("deaths", Integer, nullable=False, server_default=text("0")),
    Column("lease_token", Uuid),
    Column("lease_until", _TIME),
    Column("priority_at", _TIME, nullable=False),
    Column("due_at", _TIME, nullable=False),
    Column("received_at", _TIME, nullable=False, server_default=func.clock_timestamp()),
    Column("finished_at", _TIME),
    UniqueConstraint("tenant", "source", "event_id", name="inbox_event"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("shard", SmallInteger, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("created_at", _TIME, nullable=False, server_default=func.clock_timestamp()),
    Column("parked_at", _TIME),
    Column("reason", Text),
)

ended_jobs = Table(
    "ended_jobs",
    metadata,
    Column("job_id", Text, primary_key=True),
    Column("ended_at", _TIME, nullable=False, server_default=func.clock_timestamp()),
)

access_keys = Table(
    "access_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("key_sha256", Text, nullable=False, unique=True),
    Column("tenant", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("expires_at", _TIME),
    Column("revoked", Boolean, nullable=False, server_default=text("false")),
)
