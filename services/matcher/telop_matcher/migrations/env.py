"""What Alembic runs: the history, on the connection that the chassis opened."""

from telop_chassis.migrating import run_environment

run_environment()
