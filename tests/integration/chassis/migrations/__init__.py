"""The Alembic history of the test service."""
