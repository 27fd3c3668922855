"""The history of the database of asr."""
