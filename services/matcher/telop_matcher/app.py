"""What the matcher is made of. Building it opens nothing."""

from datetime import timedelta
from functools import partial

from telop_chassis.access import AccessKeyChanged
from telop_chassis.database import Database
from telop_chassis.inbox import RETENTION_DAYS
from telop_chassis.objects import ObjectStore
from telop_chassis.purging import purge
from telop_chassis.service import Service
from telop_contracts.check.v1 import CheckFailed
from telop_contracts.job.v1 import JobChecked
from telop_contracts.recheck.v1 import RecheckRequested

from telop_matcher.handlers import (
    ForgetCancelled,
    ForgetFailed,
    JoinFailure,
    JoinPlan,
    JoinSpeech,
    JoinTelops,
    Judge,
    LookedAgain,
    StopLooking,
)
from telop_matcher.lexicons import Lexicons
from telop_matcher.settings import Settings
from telop_matcher.tables import jobs


def build(settings: Settings) -> Service:
    """Build the matcher from its settings."""
    database = Database(settings.database, service="matcher")
    objects = ObjectStore(settings.objects)
    lexicons = Lexicons()
    return Service(
        name="matcher",
        settings=settings,
        database=database,
        handlers=(
            JoinPlan(),
            JoinTelops(),
            JoinSpeech(),
            JoinFailure(),
            LookedAgain(),
            StopLooking(),
            Judge(database, objects, lexicons, settings.matcher),
            ForgetFailed(),
            ForgetCancelled(),
            AccessKeyChanged(),
        ),
        publishes=frozenset({JobChecked, CheckFailed, RecheckRequested}),
        migrations="telop_matcher.migrations",
        resources=(lexicons,),
        purges=[partial(purge, database, jobs.c.ended_at, older_than=timedelta(days=RETENTION_DAYS))],
    )
