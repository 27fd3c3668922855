"""Uploads: media and transcript files."""

from fastapi import APIRouter, Request
from pydantic import BaseModel
from telop_chassis.auth import JobsWrite
from telop_chassis.failures import TransientError
from telop_chassis.http import limit_body
from telop_chassis.objects import TooLargeError
from telop_chassis.problems import TooLarge, Unavailable

from telop_ingest import uploads
from telop_ingest.api.views import TheDatabase, TheObjects, TheSettings

router = APIRouter(prefix="/v1/media", tags=["media"])


class UploadView(BaseModel):
    """An upload that is in the store."""

    media_id: str
    sha256: str
    bytes: int


@router.post(
    "",
    status_code=201,
    response_model=UploadView,
    summary="Upload a medium or a transcript as the raw body",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload_media(
    request: Request, principal: JobsWrite, database: TheDatabase, objects: TheObjects, settings: TheSettings
) -> UploadView:
    """Stream the body into the object store; it is looked at when a job names it."""
    limit_body(request, settings.max_media_bytes)
    media_id = uploads.new_media_id()
    key = uploads.object_key(principal.tenant, media_id)
    try:
        stored = await objects.put_stream(key, request.stream(), settings.max_media_bytes)
    except TooLargeError:
        raise TooLarge from None
    except TransientError:
        raise Unavailable from None
    async with database.transaction("register upload") as transaction:
        await uploads.register(transaction, principal.tenant, media_id, stored)
    return UploadView(media_id=media_id, sha256=stored.sha256, bytes=stored.bytes)
