"""Secrets are sealed: those that stand here as they are become unreadable without the key of the settings."""

import os

import sqlalchemy as sa
from alembic import op
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict
from telop_chassis.sealing import Sealer, SealingKeys
from telop_chassis.settings import load

revision = "v2"
down_revision = "v1"


class _Keys(BaseModel):
    secret_keys: SealingKeys


class _Settings(BaseSettings):
    """Only the keys: `telop up` migrates without the other settings of the service."""

    model_config = SettingsConfigDict(
        env_prefix="TELOP_",
        env_nested_delimiter="__",
        extra="ignore",
        secrets_dir=os.environ.get("TELOP_SECRETS_DIR"),
    )
    notifier: _Keys


def upgrade() -> None:
    """Seal every secret; a new database needs no key for it."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, tenant, secret, previous_secret FROM endpoints FOR UPDATE")).all()
    if not rows:
        return
    sealer = Sealer(load(_Settings).notifier.secret_keys)
    statement = sa.text("UPDATE endpoints SET secret = :secret, previous_secret = :previous WHERE id = :id")
    for row in rows:
        previous = row.previous_secret and sealer.seal(row.previous_secret, row.tenant, row.id)
        sealed = sealer.seal(row.secret, row.tenant, row.id)
        connection.execute(statement, {"id": row.id, "secret": sealed, "previous": previous})
