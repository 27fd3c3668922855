"""The tables of ocr beside those of the chassis (created by its migrations).

A row of `readings` is the one result of one segment: whoever records a segment a second time finds it there.
`work_key` says what it is the result of, so that another job on the same medium need not compute it again.
"""

from sqlalchemy import BigInteger, Column, DateTime, MetaData, PrimaryKeyConstraint, Table, Text, func
from telop_chassis.stages import results_table

metadata = MetaData()

readings = results_table(metadata, "readings", recorded_at="read_at")

second_reads = Table(
    "second_reads",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("job_id", Text, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    PrimaryKeyConstraint("tenant", "job_id"),
)
