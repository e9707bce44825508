#!/usr/bin/env bash
# Builds Dashboard/dist: fonts, type check, bundle, index.html. `--fast` leaves the type check out.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/fonts.sh
if [ "${1:-}" != "--fast" ]; then
    mkdir -p build
    tsc -p . --incremental --tsBuildInfoFile build/tsc.info
fi
node scripts/build.mjs
