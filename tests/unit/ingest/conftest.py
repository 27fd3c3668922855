from tests.unit.guard.conftest import authority

__all__ = ["authority"]
