"""The history of the matcher's database."""

HEAD = "v2"
"""The newest revision: what a ready service finds in its database."""
