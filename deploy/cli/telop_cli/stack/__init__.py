"""Telopcheck on one machine, without containers."""

from telop_cli.stack.local import Stack, local_stack

__all__ = ["Stack", "local_stack"]
