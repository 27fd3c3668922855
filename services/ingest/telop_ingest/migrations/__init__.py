"""The history of the ingest database."""
