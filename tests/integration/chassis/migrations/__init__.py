"""The Alembic history of the test service."""

HEAD = "0001"
