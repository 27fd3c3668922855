"""The notifier's own tables, as SQLAlchemy sees them (created by its migrations).

A row of `messages` is one webhook with its frozen bytes, a row of `deliveries` is that webhook at one endpoint, and a
row of `attempts` is one request. A row of `lanes` is the queue of one endpoint: when it has work next, and its health;
whoever changes what waits in it locks it first. Secrets and custom headers stand here sealed
(`telop_chassis.sealing`), bound to tenant and endpoint; `previous_secret` holds one or more, with spaces between.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
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
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

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
    Column("public_key", Text),
    Column("format", Text, nullable=False, server_default=text("'standard'")),
    Column("rate_limit", Double),
    Column("max_concurrency", Integer, nullable=False, server_default=text("10")),
    Column("headers", Text),
    Column("header_names", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("metadata", JSONB, nullable=False, server_default=text("'{}'")),
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
    Index("messages_created", "created_at"),
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
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("deaths", Integer, nullable=False, server_default=text("0")),
    Column("format", Text, nullable=False, server_default=text("'standard'")),
    Column("body", LargeBinary),
    Column("traceparent", Text),
    Column("reason", Text),
    Column("next_attempt_at", _TIME),
    Column("lease_token", Uuid),
    Column("lease_until", _TIME),
    Column("created_at", _TIME, nullable=False, server_default=_NOW),
    Column("finished_at", _TIME),
    UniqueConstraint("endpoint_id", "message_id", name="deliveries_once"),
    Index("deliveries_due", "endpoint_id", "next_attempt_at"),
    Index("deliveries_leased", "lease_until"),
    Index("deliveries_message", "message_id"),
    Index("deliveries_failed", "endpoint_id", "message_id"),
)

lanes = Table(
    "lanes",
    metadata,
    Column("endpoint_id", Text, ForeignKey("endpoints.id", ondelete="CASCADE"), primary_key=True),
    Column("due_at", _TIME),
    Column("rate_at", _TIME),
    Column("in_flight", Integer, nullable=False, server_default=text("0")),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("openings", Integer, nullable=False, server_default=text("0")),
    Column("open_until", _TIME),
    Column("failing_since", _TIME),
    Column("warned_at", _TIME),
    Column("slow", Boolean, nullable=False, server_default=text("false")),
    Index("lanes_due", "due_at"),
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
    Column("request", JSONB),
    Column("response", JSONB),
    PrimaryKeyConstraint("delivery_id", "number"),
)
