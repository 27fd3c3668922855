"""What a process measures: OpenTelemetry instruments, read by Prometheus at `/metrics`.

Attributes of measurements are route templates, event types, stages and codes: never ids, of which there are too many.
"""

from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource

from telop_chassis.version import VERSION


def configure(service: str) -> MeterProvider:
    """Set the process's meter provider. Nothing leaves the process but what `/metrics` is asked for."""
    resource = Resource.create({SERVICE_NAME: f"telop-{service}", SERVICE_VERSION: VERSION})
    provider = MeterProvider(metric_readers=[PrometheusMetricReader()], resource=resource)
    metrics.set_meter_provider(provider)
    return provider
