"""A service finds its newest revision without Alembic, and it is the one that Alembic would find."""

from importlib import import_module, resources

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory


@pytest.mark.parametrize("service", ["ingest", "ocr", "asr", "matcher", "notifier"])
def test_a_service_names_its_newest_revision(service: str) -> None:
    package = f"telop_{service}.migrations"
    config = Config()
    config.set_main_option("script_location", str(resources.files(package)))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == import_module(package).HEAD
