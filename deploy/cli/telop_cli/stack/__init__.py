"""Telopcheck on one machine, without containers: `telop_cli.stack.local.local_stack` runs all of it."""
