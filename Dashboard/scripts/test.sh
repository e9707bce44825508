#!/usr/bin/env bash
# Checks the types, lints, and runs the tests. Ends non-zero when one of them fails.
# The linter is oxlint (PyPI); it is taken from beside $ZEROTRACE_PYTHON or from the PATH, and left out with a word when there is none.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p build/test
echo "== types"
tsc -p . --incremental --tsBuildInfoFile build/tsc.info

echo "== lint"
linter=$(command -v oxlint || true)
if [ -n "${ZEROTRACE_PYTHON:-}" ] && [ -x "$(dirname "$ZEROTRACE_PYTHON")/oxlint" ]; then
    linter=$(dirname "$ZEROTRACE_PYTHON")/oxlint
fi
if [ -n "$linter" ]; then
    "$linter" --config .oxlintrc.json --deny-warnings src test scripts mock
else
    echo "SKIPPED: no oxlint. Set ZEROTRACE_PYTHON to the python of an environment that has it (pip install oxlint==1.89.0)."
fi

echo "== tests"
rm -f build/test/*.cjs
NODE_PATH=/usr/share/nodejs esbuild test/*.test.ts test/*.test.tsx --bundle --platform=node --format=cjs --target=node18 \
    --jsx=automatic --sourcemap=inline --external:jsdom --log-level=warning --tsconfig=tsconfig.build.json \
    --define:process.env.NODE_ENV='"development"' --out-extension:.js=.cjs --outdir=build/test
NODE_PATH=/usr/share/nodejs node --enable-source-maps --test build/test/*.cjs
