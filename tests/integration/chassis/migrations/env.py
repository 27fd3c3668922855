"""Alembic's entry."""

from telop_chassis.migrating import run_environment

run_environment()
