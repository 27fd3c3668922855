"""The history of ocr's database."""

HEAD = "v4"
"""The newest revision: what a ready service finds in its database."""
