"""What may go wrong in an installation, one function each: does it to a Lab, repairs it as an operator or a supervisor would, and answers what exactly it was."""
import signal
import time

from installation import wait_for


def hold(draw, least, most):
    """Leaves it broken for a while."""
    seconds = draw.uniform(least, most)
    time.sleep(seconds)
    return f"{seconds:.1f} s"


def kill_one(role_list):
    def fault(lab, draw):
        role = draw.choice([role for role in getattr(lab, role_list) if role.name not in lab.spared] or getattr(lab, role_list))
        role.kill()
        away = hold(draw, 0.2, 5)
        role.start()
        return f"{role.name} away {away}"

    return fault


def redis_flush(lab, draw):
    for _ in range(5):
        lab.redis.command("flushall")
        time.sleep(draw.uniform(0, 1))
    return "5 times"


def redis_restart(lab, draw):
    lab.redis.stop()
    away = hold(draw, 1, 8)
    lab.redis.start()
    return f"away {away}, came back empty"


def memcached_gone(lab, draw):
    lab.memcached.stop()
    away = hold(draw, 3, 12)
    lab.memcached.start()
    return f"away {away}"


def postgres_stopped(how):
    def fault(lab, draw):
        lab.postgres.process.send_signal(how)
        lab.postgres.process.wait()
        away = hold(draw, 0, 6)
        lab.postgres.start()
        return f"{lab.postgres.address} away {away}"

    return fault


def standby_killed(lab, draw):
    lab.standby.process.send_signal(signal.SIGQUIT)
    lab.standby.process.wait()
    away = hold(draw, 1, 5)
    lab.standby.start()
    lab.wait_for_both(True)
    return f"{lab.standby.address} away {away}, commits waited for it"


def failover(lab, draw):
    old = lab.fail_over()
    lab.after = lambda: lab.rebuild(old)
    return f"{old.address} lost, {lab.postgres.address} promoted"


def disk_full(lab, draw):
    if not all(disk.is_own for disk in lab.disks):
        return None
    victim = next(disk for disk in lab.disks if disk.folder in lab.postgres.folder.parents)
    for disk in (victim, lab.disks[2]):
        disk.fill()
    refusal = lab.try_sync()
    away = hold(draw, 8, 14)
    for disk in (victim, lab.disks[2]):
        disk.empty()
    text = f"primary's and the data folder's, {away}"
    if lab.postgres.process.poll() is not None or not lab.is_database_up():
        lab.restart_database()
        text += "; PostgreSQL had ended"
    assert refusal, "feeds sync said that it was done on a full disk"
    return text


def enrichment_slow(lab, draw):
    for relay in lab.relays:
        relay.delay = draw.uniform(1, 5)
    text = ", ".join(f"{relay.delay:.1f} s" for relay in lab.relays) + " an answer, for " + hold(draw, 8, 15)
    for relay in lab.relays:
        relay.delay = 0
    return text


def enrichment_wrong(lab, draw):
    for relay in lab.relays:
        relay.is_wrong = True
        relay.break_connections()
    text = "nonsense for " + hold(draw, 5, 12)
    for relay in lab.relays:
        relay.is_wrong = False
    return text


def enrichment_gone(lab, draw):
    for relay in lab.relays:
        relay.close()
    text = hold(draw, 5, 12)
    for relay in lab.relays:
        relay.open()
    return f"away {text}"


def connections_cut(lab, draw):
    before = lab.front.cuts
    lab.front.cut_within = 12_000
    text = hold(draw, 6, 12)
    lab.front.cut_within = None
    return f"{lab.front.cuts - before} of agents cut in {text}"


def skewed(lab, draw, name):
    seconds = draw.choice([-3600, 3600])
    lab.set_clock(name, seconds)
    text = hold(draw, 8, 15)
    lab.set_clock(name, 0)
    return f"{name} {seconds // 3600:+d} h for {text}"


def clock_of(role_list):
    def fault(lab, draw):
        return skewed(lab, draw, draw.choice(getattr(lab, role_list)).name if role_list else "agents") if lab.skewed_clock else None

    return fault


def advisories_change(lab, draw):
    lab.sync_changed(not lab.is_changed)
    return "a third of the advisories have other fixed versions"


def rolling_restart(lab, draw):
    """The one that nobody may notice."""
    failed = len(lab.prober.failed)
    before = lab.prober.answered
    for role in [*lab.enrichment, *lab.processors, *lab.gateways]:
        assert role.end() == 0, f"{role.name} ended badly"
        role.start()
        wait_for(lambda role=role: lab.is_used(role), f"{role.name} to be used again")
    time.sleep(1)
    failures = lab.prober.failed[failed:]
    assert not failures, f"requests failed while roles were exchanged: {failures[:3]}"
    return f"all six roles, none of {lab.prober.answered - before} requests failed"


FAULTS = {
    "kill-gateway": kill_one("gateways"), "kill-processor": kill_one("processors"), "kill-enrichment": kill_one("enrichment"),
    "redis-flush": redis_flush, "redis-restart": redis_restart, "memcached-gone": memcached_gone,
    "postgres-restart": postgres_stopped(signal.SIGINT), "postgres-crash": postgres_stopped(signal.SIGQUIT), "standby-killed": standby_killed,
    "failover": failover, "disk-full": disk_full,
    "enrichment-slow": enrichment_slow, "enrichment-wrong": enrichment_wrong, "enrichment-gone": enrichment_gone,
    "connections-cut": connections_cut, "clock-gateway": clock_of("gateways"),
    "clock-processor": clock_of("processors"), "clock-enrichment": clock_of("enrichment"), "clock-agents": clock_of(None),
    "advisories-change": advisories_change, "rolling-restart": rolling_restart,
}
