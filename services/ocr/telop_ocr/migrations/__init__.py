"""The history of ocr's database."""

HEAD = "v1"
"""The newest revision: what a ready service finds in its database."""
