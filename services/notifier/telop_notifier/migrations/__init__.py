"""The history of the notifier's database."""

HEAD = "v2"
"""The newest revision: what a ready service finds in its database."""
