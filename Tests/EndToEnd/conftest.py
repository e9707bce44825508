import pytest
from installation import HostRoot, Installation


@pytest.fixture
def installation(tmp_path):
    """A running server with advisories, one company and its user."""
    place = Installation(tmp_path)
    try:
        place.sync()
        place.company("Acme")
        place.user("Acme")
        place.start()
        yield place
    finally:
        place.stop()


@pytest.fixture
def host(tmp_path):
    """A small Debian root to scan."""
    return HostRoot(tmp_path / "root")
