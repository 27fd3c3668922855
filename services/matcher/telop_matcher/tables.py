"""The tables of the matcher beside those of the chassis (created by its migrations).

A row of `jobs` is what joins: whoever stores a part locks it. `revision` counts what was stored; a judgement of an
older revision is no verdict. `present` and `expected` count parts, so that only a job that may be complete is looked
at closely. The plan, `parts` and `looks` go when the verdict is recorded; the row stays for as long as something may
still come for the job.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    func,
    text,
)

metadata = MetaData()
_TIME = DateTime(timezone=True)

jobs = Table(
    "jobs",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("job_id", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'joining'")),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    Column("present", Integer, nullable=False, server_default=text("0")),
    Column("expected", Integer),
    Column("plan", LargeBinary),
    Column("plan_traceparent", Text),
    Column("looked_again", Boolean, nullable=False, server_default=text("false")),
    Column("verdict", Text),
    Column("reason", Text),
    Column("result_key", Text),
    Column("created_at", _TIME, nullable=False, server_default=func.clock_timestamp()),
    Column("ended_at", _TIME),
    PrimaryKeyConstraint("tenant", "job_id"),
)

parts = Table(
    "parts",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("job_id", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("segment_index", BigInteger, nullable=False),
    Column("content", LargeBinary),
    Column("reason", Text),
    Column("traceparent", Text),
    PrimaryKeyConstraint("tenant", "job_id", "stage", "segment_index"),
    ForeignKeyConstraint(["tenant", "job_id"], ["jobs.tenant", "jobs.job_id"], ondelete="CASCADE"),
)

looks = Table(
    "looks",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("job_id", Text, nullable=False),
    Column("recheck_id", Text, nullable=False),
    Column("start_s", Float, nullable=False),
    Column("box", LargeBinary, nullable=False),
    Column("answer", LargeBinary),
    Column("traceparent", Text),
    PrimaryKeyConstraint("tenant", "job_id", "recheck_id"),
    ForeignKeyConstraint(["tenant", "job_id"], ["jobs.tenant", "jobs.job_id"], ondelete="CASCADE"),
)
