"""What ingest is made of. Building it opens nothing."""

from datetime import timedelta
from functools import partial
from typing import Final

from telop_chassis.database import Database
from telop_chassis.media_cache import MediaCache
from telop_chassis.objects import ObjectStore
from telop_chassis.outgoing import Outgoing
from telop_chassis.service import Service
from telop_contracts.access.v1 import AccessChanged
from telop_contracts.envelope import Event
from telop_contracts.finding.v1 import FindingDecided
from telop_contracts.job.v1 import JobAccepted, JobCancelled, JobCompleted, JobFailed, JobPlanned, JobProgressed
from telop_contracts.segment.v1 import SegmentPlanned

from telop_ingest import handlers
from telop_ingest.api import access_keys, findings, jobs, media, report, results, suppressions, tenant_rules
from telop_ingest.keys import SeedKey
from telop_ingest.preparing import Preparation
from telop_ingest.retention import expire
from telop_ingest.settings import Settings
from telop_ingest.watching import JobWatch

PUBLISHES: Final[tuple[type[Event], ...]] = (
    *(AccessChanged, FindingDecided, JobAccepted, JobPlanned, SegmentPlanned),
    *(JobProgressed, JobCompleted, JobFailed, JobCancelled),
)


def build(settings: Settings) -> Service:
    """Build ingest from its settings."""
    database = Database(settings.database, service="ingest")
    objects = ObjectStore(settings.objects)
    cache = MediaCache(objects, settings.cache, service="ingest")
    outgoing = Outgoing(settings.urls)
    preparation = Preparation(database, objects, cache, outgoing, settings)
    stall_after = timedelta(seconds=settings.ingest.stall_after_s)
    return Service(
        name="ingest",
        settings=settings,
        database=database,
        handlers=(
            handlers.MediaPublishedHandler(stall_after),
            handlers.FetchMediaHandler(preparation),
            handlers.ProbeAndPlanHandler(preparation),
            handlers.StallCheckHandler(stall_after),
            handlers.DeleteJobHandler(objects),
            handlers.TelopsReadHandler(),
            handlers.SpeechTranscribedHandler(),
            handlers.SegmentFailedHandler(),
            handlers.JobCheckedHandler(objects),
            handlers.CheckFailedHandler(),
            handlers.DeliveryExhaustedHandler(),
            handlers.EndpointWarnedHandler(),
            handlers.EndpointDisabledHandler(),
        ),
        publishes=frozenset(PUBLISHES),
        migrations="telop_ingest.migrations",
        routers=(
            *(media.router, jobs.router, results.router, report.router, findings.router, suppressions.router),
            *(access_keys.router, tenant_rules.router),
        ),
        provides=(database, objects, settings.ingest, JobWatch(database, settings.ingest.events_poll_s)),
        resources=(cache, SeedKey(database, settings.auth), outgoing),
        purges=(partial(expire, database, kept=timedelta(days=settings.ingest.retention_days)),),
        held=cache.held,
    )
