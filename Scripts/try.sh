#!/usr/bin/env bash
# Starts ZeroTrace on its embedded parts with everything in .try, and shows what this machine is exposed to.
# Safe to run twice: a second run finds what the first one made and goes on from there.
set -euo pipefail
cd "$(dirname "$0")/.."

state=$PWD/.try
programs=$PWD/.build/release
port=${ZEROTRACE_PORT:-8420}
company=Home
email=you@example.com
url=http://127.0.0.1:$port
export ZEROTRACE_DATA=$state/data

zerotrace() { "$programs/zerotrace" "$@"; }
say() { printf '\n%s\n' "$*"; }

# A process counts as ours only while its command line says so: pids are used again.
running() { [ -f "$state/$1.pid" ] && grep -qz "^$programs/$2\$" "/proc/$(cat "$state/$1.pid")/cmdline" 2>/dev/null; }

end() {
    if running "$1" "$2"; then
        kill "$(cat "$state/$1.pid")"
        for _ in $(seq 100); do running "$1" "$2" || break; sleep 0.1; done
        echo "stopped $2"
    fi
    rm -f "$state/$1.pid"
}

stop() {
    end agent zerotrace-agent
    end server zerotrace
}

start_server() {
    running server zerotrace && return
    "$programs/zerotrace" serve --port "$port" --dashboard "$PWD/Dashboard/dist" --heartbeat 60 >>"$state/server.log" 2>&1 &
    echo $! >"$state/server.pid"
    for _ in $(seq 300); do
        curl -fs -o /dev/null "$url/-/ready" && return
        running server zerotrace || break
        sleep 0.1
    done
    echo "the server did not start; the end of $state/server.log:" >&2
    tail -n 5 "$state/server.log" >&2
    exit 1
}

set_up_company() {
    [ -f "$state/password" ] && return
    zerotrace company create "$company" >/dev/null
    (umask 077 && head -c 15 /dev/urandom | base64 >"$state/password.new")
    zerotrace user create --company "$company" "$email" <"$state/password.new" >/dev/null
    mv "$state/password.new" "$state/password"
}

start_agent() {
    running agent zerotrace-agent && return
    if [ ! -f "$state/enrollment-token" ]; then
        (umask 077 && zerotrace token create --company "$company" --uses 1 --label "make try" >"$state/enrollment-token")
    fi
    "$programs/zerotrace-agent" run --server "$url" --token-file "$state/enrollment-token" --state "$state/agent" \
        >>"$state/agent.log" 2>&1 &
    echo $! >"$state/agent.pid"
}

wait_for_findings() {
    for _ in $(seq 600); do
        [ "$(zerotrace agent list --company "$company" | cut -f 2)" = current ] && return
        running agent zerotrace-agent || break
        sleep 0.2
    done
    echo "the agent did not report; the end of $state/agent.log:" >&2
    tail -n 5 "$state/agent.log" >&2
    exit 1
}

start() {
    mkdir -p -m 700 "$state"
    if [ ! -e "$state/data/index/current" ]; then
        say "Fetching advisories. Sources that cannot be reached are left out and told below."
        [ "$(find /var/lib/apt/lists -maxdepth 1 -type f 2>/dev/null | head -n 2 | wc -l)" -gt 1 ] || apt_update
        zerotrace feeds sync ${ZEROTRACE_MIRROR:+--mirror "$ZEROTRACE_MIRROR"} || true
    fi
    set_up_company
    start_server
    start_agent
    wait_for_findings
    say "What this machine is exposed to, worst first:"
    zerotrace scan --limit 25
    say "Dashboard   $url"
    echo "Sign in     $email, password $(cat "$state/password")"
    echo "Stop        make try-stop (data stays in .try)"
}

apt_update() { if [ "$(id -u)" -eq 0 ]; then apt-get update -qq; else sudo apt-get update -qq; fi; }

case "${1:-}" in
    start) start ;;
    stop) stop ;;
    *) echo "usage: $0 start|stop" >&2; exit 2 ;;
esac
