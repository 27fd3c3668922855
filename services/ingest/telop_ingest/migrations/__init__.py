"""The history of the ingest database."""

HEAD = "0003"
"""The newest revision: what a ready service finds in its database."""
