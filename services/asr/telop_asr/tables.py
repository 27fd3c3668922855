"""The tables of asr beside those of the chassis (created by its migrations).

A row of `transcripts` is the one result of one segment: whoever records a segment a second time finds it there.
`work_key` says what it is the transcript of, so that another job on the same medium need not hear it again.
"""

from sqlalchemy import BigInteger, Column, DateTime, MetaData, PrimaryKeyConstraint, Table, Text, func
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

transcripts = Table(
    "transcripts",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("job_id", Text, nullable=False),
    Column("segment_index", BigInteger, nullable=False),
    Column("result", JSONB, nullable=False),
    Column("work_key", Text),
    Column("heard_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    PrimaryKeyConstraint("tenant", "job_id", "segment_index"),
)
