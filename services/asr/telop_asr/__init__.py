"""telop-asr."""
