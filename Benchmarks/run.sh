#!/usr/bin/env bash
# Runs all benchmarks on the release programs.
set -euo pipefail
cd "$(dirname "$0")/.."
feeds=${ZEROTRACE_FEEDS:-../shared/feeds}
[ -d "$feeds" ] || { echo "the reference feeds are missing: $feeds" >&2; exit 1; }
for tool in zip unzip jq; do command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install $tool" >&2; exit 1; }; done
exec python3 Benchmarks/run.py "$feeds"
