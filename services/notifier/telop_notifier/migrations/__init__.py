"""The history of the notifier's database."""

HEAD = "v4"
"""The newest revision: what a ready service finds in its database."""
