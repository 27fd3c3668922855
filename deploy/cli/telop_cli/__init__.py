"""telop-cli."""
