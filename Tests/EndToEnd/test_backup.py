"""What Docs/operations.md says of backups of PostgreSQL: made while everything runs, restored, and found whole."""
import pytest
from data_servers import AVAILABLE, PostgresServer
from installation import wait_for
from test_main_path import EXPECTED, findings

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="PostgreSQL, Redis or memcached are not installed")


def login(server, database="zerotrace"):
    """Connection string of the owner, who may read past row security."""
    passwords = server.write_secret("backup-pass", f"*:*:*:*:{server.password}")
    return f"host=127.0.0.1 port={server.port} user=owner dbname={database} passfile={passwords}"


class BaseBackup(PostgresServer):
    """A server on a physical copy of another one, made while that one runs."""

    def __init__(self, primary):
        super().__init__(primary.password, None, primary.settings)
        passwords = self.write_secret("pgpass", f"*:*:*:*:{primary.password}")
        self.call("pg_basebackup", "-D", self.folder / "data", "-X", "stream", "-c", "fast", "--no-sync",
                  "-d", f"host=127.0.0.1 port={primary.port} user=owner passfile={passwords}")

    def check(self):
        """As PostgreSQL itself sees it, before it is started."""
        self.call("pg_verifybackup", "--no-parse-wal", self.folder / "data")


@pytest.fixture
def place(on_postgres):
    """With a second company."""
    on_postgres.company("Other")
    return on_postgres


def fill(place, host):
    """An agent with findings, and what people add to them."""
    place.agent(place.token("Acme"), host)
    token = place.sign_in()
    wait_for(lambda: findings(place, token) == EXPECTED, "the first findings")
    answer = place.request("POST", "/v1/vulnerabilities/CVE-2023-0464/notes", {"text": "seen"}, token=token)
    assert answer.status == 201, answer.body


def change(place, host):
    """Something that no backup holds."""
    host.upgrade("openssl", "3.0.13-1~deb12u1")
    token = place.sign_in()
    wait_for(
        lambda: (found := findings(place, token)) is not None and "CVE-2024-0727" not in found, "the upgrade to show")


def check(place):
    """The restored installation is whole, serves, and agents bring it up to date by themselves."""
    assert place.run("verify") == "no difference"
    assert place.run("migrate", "--status").startswith("migration ")
    place.start()
    token = place.sign_in()
    notes = place.items("/v1/vulnerabilities/CVE-2023-0464/notes", token)
    assert [note["text"] for note in notes] == ["seen"]
    actions = [entry["action"] for entry in place.items("/v1/audit", token)]
    assert "note.added" in actions
    # While what it reported is not applied yet, there is no answer.
    wait_for(
        lambda: (found := findings(place, token)) is not None and "CVE-2024-0727" not in found,
        "the agent to report again what the backup lacks")
    assert place.run("verify") == "no difference"


def test_a_dump_is_restored_whole(place, host):
    fill(place, host)
    dump = place.postgres.folder / "dump"
    place.postgres.call("pg_dump", "--format=custom", "--file", dump, "-d", login(place.postgres))
    change(place, host)
    place.kill()
    place.postgres.statement("create database restored", database="postgres")
    place.postgres.call("pg_restore", "--exit-on-error", "-d", login(place.postgres, "restored"), dump)
    place.variables["DB_NAME"] = "restored"
    check(place)


def test_a_base_backup_is_restored_whole(place, host):
    fill(place, host)
    copy = BaseBackup(place.postgres)
    try:
        copy.check()
        change(place, host)
        place.kill()
        place.postgres.stop()
        copy.start()
        place.variables |= {"DB_PORT": str(copy.port), "DB_PASSWORD_FILE": str(copy.write_secret("password", copy.password))}
        check(place)
    finally:
        place.stop()
        copy.stop()


def test_a_role_that_row_security_holds_for_makes_no_backup(place):
    """It would be empty; PostgreSQL refuses, and the page says which role to take."""
    place.postgres.statement("create role keeper login password 'only for this test'; grant pg_read_all_data to keeper")
    passwords = place.postgres.write_secret("keeper-pass", f"*:*:*:*:{place.postgres.password}")
    arguments = ["--format=custom", "--file", place.postgres.folder / "refused", "-d",
                 f"host=127.0.0.1 port={place.postgres.port} user=keeper dbname=zerotrace passfile={passwords}"]
    with pytest.raises(Exception):
        place.postgres.call("pg_dump", *arguments)
    place.postgres.statement("alter role keeper bypassrls")
    place.postgres.call("pg_dump", *arguments)
