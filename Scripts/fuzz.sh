#!/usr/bin/env bash
# Fuzzes the parsers of outside bytes: fuzz.sh [SECONDS [TARGET…]], 600 seconds for each target by default.
#
# Prints a line for each target: what came of it, runs, edges of code reached, most memory. Ends with 1 when anything was found.
# Inputs that were found are kept in .fuzz/findings/TARGET, the corpus in .fuzz/corpus/TARGET, what the fuzzer said in .fuzz/logs.
#
#   ZEROTRACE_FUZZER   a fuzzer that is built already
#   ZEROTRACE_FEEDS    the reference feeds, of which records are drawn as seeds; ../shared/feeds by default, left out when missing
#   FUZZ_FOLDER        where inputs that need a file are written; in memory by default
#   FUZZ_TIMEOUT       seconds after which an input hangs, 10 by default; more where the machine has too much to do at once (inputs that
#                      took longer than ten are kept as slow-unit-… all the same)
#   FUZZ_WORK          where findings, corpus and logs go, .fuzz by default
set -uo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-600}
shift || true
work=${FUZZ_WORK:-.fuzz}
feeds=${ZEROTRACE_FEEDS:-../shared/feeds}
fuzzer=${ZEROTRACE_FUZZER:-}
# The Swift runtime's own crash reports wait for a key when they see a terminal.
export SWIFT_BACKTRACE=enable=no

build() {
    echo "building the fuzzer" >&2
    ZEROTRACE_FUZZ=1 swift build -c release --product zerotrace-fuzz --scratch-path .build-fuzz </dev/null >&2 || exit 2
    fuzzer=.build-fuzz/release/zerotrace-fuzz
}

place=${FUZZ_FOLDER:-/dev/shm}
[ -w "$place" ] || place=${TMPDIR:-/tmp}
folder=
trap '[ -z "$folder" ] || rm -rf "$folder"' EXIT

# The last number that libFuzzer's log has behind a word.
number() { grep -aoE "$2 *[0-9]+" "$1" | tail -1 | grep -oE '[0-9]+$' || echo 0; }

fuzz() {
    local target=$1 longest=$2 dictionary=$3
    local corpus=$work/corpus/$target drawn=$work/drawn/$target findings=$work/findings/$target log=$work/logs/$target.log
    mkdir -p "$corpus" "$drawn" "$findings"
    local seeds=("$drawn")
    [ -d "Fuzzing/Seeds/$target" ] && seeds+=("Fuzzing/Seeds/$target")
    local options=(-max_total_time="$seconds" -rss_limit_mb=1024 -malloc_limit_mb=1024 -timeout="${FUZZ_TIMEOUT:-10}" -max_len="$longest"
        -artifact_prefix="$findings/" -print_final_stats=1 -verbosity=1)
    [ -f "Fuzzing/Dictionaries/$dictionary.dict" ] && options+=(-dict="Fuzzing/Dictionaries/$dictionary.dict")
    [ -t 2 ] && printf '%s …\r' "$target" >&2
    folder=$(mktemp -d "$place/zerotrace-fuzz.XXXXXX")
    FUZZ_FOLDER=$folder FUZZ_TARGET=$target timeout -s KILL $((seconds + 120)) \
        "$fuzzer" "${options[@]}" "$corpus" "${seeds[@]}" </dev/null >"$log" 2>&1
    local status=$? result=clean
    rm -rf "$folder"
    case $status in
        0) ;;
        70) result="SLOW" ;;
        71) result="MEMORY" ;;
        72) result="CUT SHORT" ;;
        137) result="STUCK" ;;
        *) result="FOUND ($status)" ;;
    esac
    local runs edges memory
    runs=$(number "$log" 'number_of_executed_units:')
    edges=$(number "$log" 'cov:')
    memory=$(number "$log" 'peak_rss_mb:')
    printf '%-18s %-10s %10s runs %7s edges %6s MiB %6s s\n' "$target" "$result" "$runs" "$edges" "$memory" "$seconds"
    if [ "$result" != clean ]; then
        grep -aE 'Fatal error|broken promise|ERROR: libFuzzer' "$log" | head -3 | cut -c1-400 | sed 's/^/    /'
        return 1
    fi
}

[ -n "$fuzzer" ] || build
mkdir -p "$work/logs"
declare -A longest dictionary
order=()
while IFS=$'\t' read -r name size words; do
    order+=("$name")
    longest[$name]=$size
    dictionary[$name]=$words
done < <("$fuzzer" --list)

targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=("${order[@]}")
for target in "${targets[@]}"; do
    [ -n "${longest[$target]:-}" ] || { echo "no target is called $target" >&2; exit 2; }
done
[ -d "$feeds" ] && python3 Fuzzing/draw_seeds.py "$feeds" "$work/drawn" "${targets[@]}" >&2

found=0
for target in "${targets[@]}"; do
    fuzz "$target" "${longest[$target]}" "${dictionary[$target]}" || found=1
done
exit $found
