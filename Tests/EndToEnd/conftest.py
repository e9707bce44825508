import data_servers
import pytest
from debian_machine import Machine, make_debian, make_packages
from installation import HostRoot, Installation


@pytest.fixture
def installation(tmp_path):
    """A running server with advisories, one company and its user."""
    place = Installation(tmp_path)
    try:
        place.open()
        yield place
    finally:
        place.stop()


@pytest.fixture
def on_postgres(tmp_path):
    """The same with its store in a PostgreSQL of its own."""
    postgres = data_servers.Postgres()
    place = Installation(tmp_path)
    place.postgres = postgres
    place.variables = {
        "DB_HOST": "127.0.0.1", "DB_PORT": str(postgres.port), "DB_USER": "owner", "DB_PASSWORD_FILE": str(postgres.password_file),
        "API_RATE_LIMIT": "1000000",
    }
    try:
        place.run("migrate")
        place.open()
        yield place
    finally:
        place.stop()
        postgres.stop()


@pytest.fixture
def host(tmp_path):
    """A small Debian root to scan."""
    return HostRoot(tmp_path / "root")


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    """The agent's packages, by version and ending."""
    return make_packages(tmp_path_factory.mktemp)


@pytest.fixture(scope="session")
def debian():
    """A small Debian that is not changed."""
    return make_debian()


@pytest.fixture
def machine(debian, tmp_path):
    """A copy of it to be changed."""
    (tmp_path / "machine").mkdir()
    return Machine(debian, tmp_path / "machine")
