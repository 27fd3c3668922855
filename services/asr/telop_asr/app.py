"""What asr is made of. Building it opens nothing."""

from datetime import timedelta
from functools import partial

from telop_chassis.access import AccessKeyChanged
from telop_chassis.database import Database
from telop_chassis.ended_jobs import JobCancelledHere, JobFailedHere
from telop_chassis.engine_process import MODEL_ENVIRONMENT, EngineProcess
from telop_chassis.media_cache import MediaCache
from telop_chassis.objects import ObjectStore
from telop_chassis.purging import purge
from telop_chassis.service import Service
from telop_contracts.recheck.v1 import RecheckAnswered
from telop_contracts.segment.v1 import SegmentFailed
from telop_contracts.speech.v1 import SpeechTranscribed

from telop_asr.engines import EngineSettings
from telop_asr.handlers import ListenAgain, TranscribeSegment
from telop_asr.listening import Listener
from telop_asr.settings import Settings
from telop_asr.tables import transcripts


def build(settings: Settings) -> Service:
    """Build asr from its settings."""
    database = Database(settings.database, service="asr")
    objects = ObjectStore(settings.objects)
    media = MediaCache(objects, settings.cache, service="asr")
    own = settings.asr
    engine_settings: EngineSettings = {
        "engine": own.engine,
        "model": own.model,
        "models": str(own.models.absolute()),
        "threads": own.threads,
        "offline": settings.offline,
    }
    engine = EngineProcess(
        "telop_asr.engines:serve",
        engine_settings,
        threads=own.threads,
        environment=(*MODEL_ENVIRONMENT, "CUDA_VISIBLE_DEVICES"),
    )
    listener = Listener(engine, scratch=settings.cache.dir / "asr-scratch", decode_s=own.decode_s)
    return Service(
        name="asr",
        settings=settings,
        database=database,
        handlers=(
            TranscribeSegment(database, media, objects, listener),
            ListenAgain(media, objects, listener),
            AccessKeyChanged(),
            JobFailedHere(),
            JobCancelledHere(),
        ),
        publishes=frozenset({SpeechTranscribed, SegmentFailed, RecheckAnswered}),
        migrations="telop_asr.migrations",
        resources=(media, listener),
        purges=[partial(purge, database, transcripts.c.recorded_at, older_than=timedelta(days=own.keep_days))],
        held=media.held,
    )
