"""The matcher's domain: what was written and what was heard in, findings out. No clock, no I/O, no framework."""
