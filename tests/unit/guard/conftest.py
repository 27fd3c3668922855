from pathlib import Path

import pytest

from tests.unit.guard.certificates import Authority
from tests.unit.guard.ways import WAYS, Way


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def way(request: pytest.FixtureRequest) -> Way:
    """A webhook, and a medium."""
    found: Way = request.param
    return found


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One authority for all tests."""
    folder: Path = tmp_path_factory.mktemp("certificates")
    return Authority(folder)
