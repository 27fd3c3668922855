"""telop-notifier."""
