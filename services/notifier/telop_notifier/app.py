"""The notifier on one screen: what it is made of."""

from telop_chassis.access import AccessKeyChanged
from telop_chassis.database import Database
from telop_chassis.sealing import Sealer
from telop_chassis.service import Service
from telop_contracts.delivery.v1 import DeliveryExhausted
from telop_contracts.endpoint.v1 import EndpointDisabled

from telop_notifier.api import deliveries, endpoints
from telop_notifier.clock import utc_now
from telop_notifier.delivery_log import DeliveryLog
from telop_notifier.endpoints import Endpoints
from telop_notifier.handlers import CatchUp, Deliver, announcements
from telop_notifier.sending import Sender
from telop_notifier.settings import Settings


def build(settings: Settings) -> Service:
    """Put the service together; opens nothing."""
    own = settings.notifier
    database = Database(settings.database, service="notifier")
    sealer = Sealer(own.secret_keys)
    sender = Sender(
        timeout_s=own.timeout_s,
        max_connections=settings.work.concurrency,
        allowed_networks=settings.urls.allowed_networks,
    )
    return Service(
        name="notifier",
        settings=settings,
        database=database,
        handlers=[
            AccessKeyChanged(),
            *announcements(public_url=own.public_url, clock=utc_now),
            Deliver(database=database, sender=sender, sealer=sealer, clock=utc_now),
            CatchUp(),
        ],
        publishes=frozenset({DeliveryExhausted, EndpointDisabled}),
        migrations="telop_notifier.migrations",
        routers=[endpoints.router, deliveries.router],
        provides=[
            Endpoints(database, sealer=sealer, clock=utc_now, overlap_s=own.secret_overlap_s),
            DeliveryLog(database, clock=utc_now),
        ],
        resources=[sender],
    )
