"""The history of the database of asr."""

HEAD = "v3"
"""The newest revision: what a ready service finds in its database."""
