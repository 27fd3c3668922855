"""The table of asr beside those of the chassis (created by its migrations): the one transcript of each segment."""

from sqlalchemy import MetaData
from telop_chassis.stages import results_table

metadata = MetaData()

transcripts = results_table(metadata, "transcripts", recorded_at="heard_at")
