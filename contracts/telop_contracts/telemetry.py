"""Names that stand on spans, log lines and metrics, shared by all services and by whoever reads them."""

from typing import Final

JOB_ID: Final = "telop.job_id"
TENANT: Final = "telop.tenant"
EVENT_TYPE: Final = "telop.event_type"
EVENT_ID: Final = "telop.event_id"
ATTEMPT: Final = "telop.attempt"
