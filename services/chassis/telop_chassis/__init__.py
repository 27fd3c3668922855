"""telop-chassis."""
