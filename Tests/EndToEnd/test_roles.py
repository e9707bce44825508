"""What a role needs is said before it starts."""
import os
import subprocess

import pytest
from installation import PROGRAMS, Installation


def run(tmp_path, *arguments, **variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DB_", "REDIS_", "MEMCACHED_"))}
    result = subprocess.run(
        [PROGRAMS / "zerotrace", *arguments, "--data", tmp_path / "data"], capture_output=True, text=True, check=False, timeout=60,
        env={**environment, **variables})
    return result.returncode, result.stderr


@pytest.mark.parametrize("role", ["gateway", "processor"])
@pytest.mark.parametrize("variables,missing", [
    ({}, ["DB_HOST", "REDIS_HOST"]),
    ({"DB_HOST": "127.0.0.1"}, ["REDIS_HOST"]),
    ({"REDIS_HOST": "127.0.0.1"}, ["DB_HOST"]),
])
def test_a_role_of_its_own_needs_parts_that_processes_share(tmp_path, role, variables, missing):
    code, error = run(tmp_path, role, **variables)
    assert code == 1
    assert [name for name in ["DB_HOST", "REDIS_HOST"] if name in error] == missing
    assert "zerotrace serve" in error
    assert not (tmp_path / "data").exists(), "nothing was begun"


@pytest.mark.parametrize("name,value", [
    ("DB_PORT", "seventy"), ("DB_PASSWORD_FILE", "/nowhere/secret"), ("REDIS_PORT", "0"), ("REDIS_TLS", "perhaps"),
    ("MEMCACHED_PORT", "x"), ("ENRICHMENT_URL", "ftp://h"), ("API_PORT", "-8"), ("API_ENV", "prod"), ("API_LOG_LEVEL", "loud"),
    ("API_RATE_LIMIT", "0"), ("API_FLEET_RATE_LIMIT", "many"), ("API_AGENT_RATE_LIMIT", "-1"),
])
def test_a_variable_that_cannot_be_used_is_named_and_its_value_is_not(tmp_path, name, value):
    hosts = {"DB_HOST": "127.0.0.1", "REDIS_HOST": "127.0.0.1", "MEMCACHED_HOST": "127.0.0.1"}
    code, error = run(tmp_path, "gateway", **hosts, **{name: value})
    assert code == 1
    assert f"{name} must be" in error
    assert value not in error.split("must be", 1)[1].split(), "the value may be a secret"


def test_the_queue_of_one_process_cannot_be_steered_from_another(tmp_path):
    code, error = run(tmp_path, "queue", "status")
    assert code == 1 and "REDIS_HOST" in error


def test_a_database_out_of_reach_is_told_of_without_its_password(tmp_path):
    code, error = run(tmp_path, "company", "list", DB_HOST="127.0.0.1", DB_PORT="1", DB_PASSWORD="hunter2")
    assert code == 1 and "database cannot be used" in error and "hunter2" not in error


def test_whoever_runs_it_says_how_many_requests_a_company_has(tmp_path):
    installation = Installation(tmp_path)
    installation.variables = {"API_RATE_LIMIT": "3"}
    installation.company("Acme")
    installation.user("Acme")
    installation.start()
    try:
        token = installation.sign_in()
        answers = [installation.request("GET", "/v1/overview", token=token) for _ in range(6)]
    finally:
        installation.stop()
    assert [answer.status for answer in answers[:2]] == [200, 200]
    assert answers[-1].status == 429 and int(answers[-1].headers["Retry-After"]) >= 1
