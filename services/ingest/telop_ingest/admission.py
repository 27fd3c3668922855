"""What is refused at the door, before there is a job.

The same conditions end a job that came over Kafka, where there is no door: `preparing` checks them again.
"""

from collections.abc import Iterable, Sequence

from telop_chassis.database import Transaction
from telop_chassis.problems import Invalid
from telop_contracts.media.v1 import CheckRequest, TranscriptFile

from telop_ingest import programmes, uploads
from telop_ingest.reasons import LANGUAGE_UNSUPPORTED, MEDIA_UNKNOWN, SCRIPT_UNKNOWN, TRANSCRIPT_UNKNOWN, sentence


def is_supported(language: str, languages: Iterable[str]) -> bool:
    """Whether a BCP 47 tag is one of `languages` or a variety of one."""
    tag = language.lower()
    return any(tag == each.lower() or tag.startswith(each.lower() + "-") for each in languages)


async def check(transaction: Transaction, tenant: str, request: CheckRequest, languages: Sequence[str]) -> None:
    """Raise `Invalid` for what this tenant cannot have checked."""
    if not is_supported(request.language, languages):
        checked = f"{sentence(LANGUAGE_UNSUPPORTED)} It checks: {', '.join(languages)}."
        raise Invalid(checked, pointer="/language", code=LANGUAGE_UNSUPPORTED)
    source = request.media
    if source.media_id is not None and await uploads.find(transaction, tenant, source.media_id) is None:
        raise _refused(MEDIA_UNKNOWN, "/media/media_id")
    if source.object_key is not None and not uploads.is_own_key(tenant, source.object_key):
        raise _refused(MEDIA_UNKNOWN, "/media/object_key")
    for field, reason in (("transcript", TRANSCRIPT_UNKNOWN), ("script", SCRIPT_UNKNOWN)):
        file = getattr(request, field)
        if isinstance(file, TranscriptFile) and await uploads.find(transaction, tenant, file.media_id) is None:
            raise _refused(reason, f"/{field}/media_id")
    if refusal := await programmes.why_not_earlier(transaction, tenant, request):
        raise _refused(refusal, "/earlier_job_id")


def _refused(reason: str, pointer: str) -> Invalid:
    return Invalid(sentence(reason), pointer=pointer, code=reason)
