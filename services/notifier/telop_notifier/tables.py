"""The notifier's own tables, as SQLAlchemy sees them (created by its migrations).

A row of `messages` is one webhook with its frozen bytes, a row of `deliveries` is that webhook at one endpoint, and a
row of `attempts` is one request. Secrets stand here sealed (`telop_chassis.sealing`), bound to tenant and endpoint.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

metadata = MetaData()
_TIME = DateTime(timezone=True)
_NOW = func.clock_timestamp()

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", Text, primary_key=True),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    Column("tenant", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("event_types", ARRAY(Text)),
    Column("description", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("previous_secret", Text),
    Column("previous_secret_until", _TIME),
    Column("state", Text, nullable=False, server_default=text("'active'")),
    Column("reason", Text),
    Column("state_since", _TIME, nullable=False, server_default=_NOW),
    Column("created_at", _TIME, nullable=False, server_default=_NOW),
    Index("endpoints_tenant", "tenant", "position"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("job_id", Text),
    Column("sequence", BigInteger),
    Column("about", Text),
    Column("body", LargeBinary, nullable=False),
    Column("traceparent", Text),
    Column("created_at", _TIME, nullable=False, server_default=_NOW),
    UniqueConstraint("tenant", "event_id", name="messages_event"),
    Index("messages_job", "tenant", "job_id", "sequence"),
    Index("messages_tenant", "tenant", "id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("endpoint_id", Text, ForeignKey("endpoints.id", ondelete="CASCADE"), nullable=False),
    Column("message_id", BigInteger, ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("status", Text, nullable=False),
    Column("round", Integer, nullable=False, server_default=text("1")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("reason", Text),
    Column("next_attempt_at", _TIME),
    Column("created_at", _TIME, nullable=False, server_default=_NOW),
    Column("finished_at", _TIME),
    UniqueConstraint("endpoint_id", "message_id", name="deliveries_once"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("delivery_id", Text, ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("started_at", _TIME, nullable=False),
    Column("latency_ms", Integer, nullable=False),
    Column("status_code", Integer),
    Column("reason", Text),
    Column("trace_id", Text, nullable=False),
    PrimaryKeyConstraint("delivery_id", "number"),
)
