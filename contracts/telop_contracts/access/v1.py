"""Access keys as every service sees them: the hash of the key, never the key."""

from typing import Annotated, ClassVar, Final

from pydantic import AwareDatetime, Field

from telop_contracts.envelope import Event
from telop_contracts.values import Id, Sequence, Sha256, Tenant

SCOPES: Final = ("jobs:read", "jobs:write", "findings:decide", "webhooks:read", "webhooks:write", "admin")
Scope = Annotated[str, Field(pattern=r"^[a-z]+(:[a-z]+)?$", max_length=40)]


class AccessChanged(Event):
    """`access.changed.v1` (compacted): the state of one access key; a higher sequence replaces a lower one."""

    TYPE: ClassVar[str] = "access.changed.v1"
    KEY: ClassVar[str] = "key_id"

    key_id: Id
    sequence: Sequence
    key_sha256: Sha256
    tenant: Tenant
    scopes: Annotated[tuple[Scope, ...], Field(max_length=20)]
    expires_at: AwareDatetime | None = None
    revoked: bool = False
