"""What ocr is made of. Building it opens nothing."""

from datetime import timedelta
from functools import partial

from telop_chassis.access import AccessKeyChanged
from telop_chassis.database import Database
from telop_chassis.ended_jobs import JobCancelledHere, JobFailedHere
from telop_chassis.engine_process import EngineProcess
from telop_chassis.media_cache import MediaCache
from telop_chassis.objects import ObjectStore
from telop_chassis.outgoing import Outgoing
from telop_chassis.purging import purge
from telop_chassis.service import Service
from telop_contracts.recheck.v1 import RecheckAnswered
from telop_contracts.segment.v1 import SegmentFailed
from telop_contracts.telops.v1 import TelopsRead

from telop_ocr.handlers import LookAgain, ReadSegment
from telop_ocr.recognition import Recogniser
from telop_ocr.second_reader import OpenAiReader
from telop_ocr.second_readings import SecondReadings
from telop_ocr.settings import Settings
from telop_ocr.tables import readings, second_reads


def build(settings: Settings) -> Service:
    """Build ocr from its settings."""
    database = Database(settings.database, service="ocr")
    objects = ObjectStore(settings.objects)
    media = MediaCache(objects, settings.cache, service="ocr")
    own = settings.ocr
    engine = EngineProcess(
        "telop_ocr.engines:load",
        own.of_engine(),
        threads=own.threads,
    )
    second = None
    if own.second_reader is not None:
        second = SecondReadings(database, OpenAiReader(own.second_reader, Outgoing(settings.urls)))
    recogniser = Recogniser(engine, own, settings.cache.dir / "ocr-scratch")
    return Service(
        name="ocr",
        settings=settings,
        database=database,
        handlers=(
            ReadSegment(database, media, objects, recogniser, recipe=own.recipe(), second=second),
            LookAgain(media, recogniser, second),
            AccessKeyChanged(),
            JobFailedHere(),
            JobCancelledHere(),
        ),
        publishes=frozenset({TelopsRead, SegmentFailed, RecheckAnswered}),
        migrations="telop_ocr.migrations",
        resources=(media, recogniser, *(() if second is None else (second.reader,))),
        purges=[
            partial(purge, database, column, older_than=timedelta(days=own.keep_days))
            for column in (readings.c.recorded_at, second_reads.c.made_at)
        ],
        held=media.held,
    )
