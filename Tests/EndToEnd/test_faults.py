"""A short run of Benchmarks/faults.py: what other tests do not do to an installation."""
import os
import subprocess
import sys

import data_servers
import front_servers
import pytest
from installation import PROGRAMS, ROOT

pytestmark = pytest.mark.skipif(
    not data_servers.AVAILABLE or not front_servers.AVAILABLE,
    reason="PostgreSQL, Redis, memcached, nginx, Prometheus or openssl is not installed")

FAULTS = ["failover", "connections-cut", "disk-full", "clock-gateway"]


def test_no_event_is_lost_or_doubled_and_no_finding_is_wrong_whatever_fails():
    command = [
        sys.executable, ROOT / "Benchmarks" / "faults.py", "--minutes", "1.2", "--agents", "60", "--heartbeat", "2", "--seed", "4", "--verbose", *FAULTS]
    environment = {**os.environ, "ZEROTRACE_PROGRAMS": str(PROGRAMS)}
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, env=environment)
    print(result.stdout)
    assert result.returncode == 0, result.stderr[-3000:]
    assert "verify: no difference" in result.stdout
