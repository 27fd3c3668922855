"""telop-ingest."""
