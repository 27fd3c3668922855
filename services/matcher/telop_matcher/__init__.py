"""telop-matcher."""
