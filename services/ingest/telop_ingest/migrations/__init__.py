"""The history of the ingest database."""

HEAD = "0002"
"""The newest revision: what a ready service finds in its database."""
