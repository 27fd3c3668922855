"""The notifier on one screen: what it is made of."""

from datetime import timedelta

from telop_chassis.access import AccessKeyChanged
from telop_chassis.database import Database
from telop_chassis.outgoing import Outgoing
from telop_chassis.sealing import Sealer
from telop_chassis.service import Service
from telop_contracts.delivery.v1 import DeliveryExhausted
from telop_contracts.endpoint.v1 import EndpointDisabled, EndpointWarned

from telop_notifier import retention
from telop_notifier.api import deliveries, endpoints
from telop_notifier.clock import Clock, utc_now
from telop_notifier.delivery_log import DeliveryLog
from telop_notifier.dispatcher import Dispatcher
from telop_notifier.endpoints import Endpoints
from telop_notifier.handlers import CatchUp, Disable, Remove, Warn, announcements
from telop_notifier.ledger import Ledger
from telop_notifier.resealing import Resealing
from telop_notifier.sending import Sender
from telop_notifier.settings import Settings


def build(settings: Settings, *, clock: Clock = utc_now) -> Service:
    """Put the service together; opens nothing. Due times follow `clock`."""
    own = settings.notifier
    database = Database(settings.database, service="notifier")
    sealer = Sealer(own.secret_keys)
    ledger = Ledger(source=own.public_url)
    outgoing = Outgoing(settings.urls)
    sender = Sender(outgoing, timeout_s=own.timeout_s)
    dispatcher = Dispatcher(
        database,
        sender=sender,
        sealer=sealer,
        clock=clock,
        work=settings.work,
        timeout_s=own.timeout_s,
    )
    return Service(
        name="notifier",
        settings=settings,
        database=database,
        handlers=[
            AccessKeyChanged(),
            *announcements(public_url=own.public_url, deliver=ledger, clock=clock),
            CatchUp(deliver=ledger, clock=clock),
            Warn(deliver=ledger, clock=clock),
            Disable(deliver=ledger, clock=clock),
            Remove(),
        ],
        publishes=frozenset({DeliveryExhausted, EndpointDisabled, EndpointWarned}),
        migrations="telop_notifier.migrations",
        routers=[endpoints.router, deliveries.router],
        provides=[
            Endpoints(database, deliver=ledger, sealer=sealer, clock=clock, overlap_s=own.secret_overlap_s),
            DeliveryLog(database, clock=clock, trace_url=own.trace_url),
        ],
        resources=[outgoing, Resealing(database, sealer=sealer)],
        loops=[dispatcher],
        purges=[lambda: retention.purge(database, older_than=clock() - timedelta(days=own.retention_days))],
    )
