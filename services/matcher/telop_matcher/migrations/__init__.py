"""The history of the matcher's database."""
