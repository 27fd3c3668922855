"""Access keys: every service authenticates against its own copy of them, kept up to date by `access.changed`."""

from sqlalchemy.dialects.postgresql import insert
from telop_contracts.access.v1 import AccessChanged

from telop_chassis.database import Transaction
from telop_chassis.handlers import DeadItem, Item, Outcome, Recorder
from telop_chassis.tables import access_keys


async def store(transaction: Transaction, key: AccessChanged) -> None:
    """Insert or replace one key; a lower sequence is ignored."""
    row = key.model_dump() | {"scopes": list(key.scopes)}
    statement = insert(access_keys).values(row)
    changed = {name: statement.excluded[name] for name in row if name != "key_id"}
    await transaction.execute(
        statement.on_conflict_do_update(
            index_elements=["key_id"], set_=changed, where=access_keys.c.sequence < statement.excluded.sequence
        )
    )


class AccessKeyChanged(Recorder[AccessChanged]):
    """Keeps the service's copy of an access key."""

    model = AccessChanged

    async def record(self, transaction: Transaction, item: Item[AccessChanged], result: None) -> Outcome:
        """Store the key."""
        await store(transaction, item.data)
        return Outcome()

    async def give_up(self, transaction: Transaction, item: DeadItem[AccessChanged], reason: str) -> Outcome:
        """Nothing depends on the key's record but the key."""
        return Outcome()
