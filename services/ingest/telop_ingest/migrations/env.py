"""Alembic's entry: runs on the connection that `migrate` opened."""

from telop_chassis.migrating import run_environment

run_environment()
