#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What counters cost ridge collect: wall time of a small plan with and without them, and, where Nsight Compute is
# installed, of a kernel under it with the same counters. Prints KEY=VALUE lines and judges nothing.
# usage: tests/bench/cost.sh [BIN]: the folder of ridge; default: of build/portable, else build/release
# Exit status: 0; 1 a run failed; 2 no such program; 77 there is nothing to measure on, or counters are not permitted
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${1:-}
for preset in portable release; do
    [ -n "$bin" ] || [ ! -x "$here/build/$preset/bin/ridge" ] || bin=$here/build/$preset/bin
done
ridge=${bin:-build/release/bin}/ridge
[ -x "$ridge" ] || { printf 'cost.sh: no %s: build it, or name its folder\n' "$ridge" >&2; exit 2; }
reason=$("$ridge" doctor --device 0) || { printf 'cost.sh: skipped: %s\n' "$(tail -n 1 <<<"$reason")" >&2; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# seconds COMMAND...: its wall time; what it says is shown where it fails.
seconds() {
    local start=$EPOCHREALTIME
    "$@" >"$folder/log" 2>&1 </dev/null || { cat "$folder/log" >&2; printf 'cost.sh: failed: %s\n' "$*" >&2; exit 1; }
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }'
}
# collect FILE TOKENS OPTIONS...: six products for every number of tokens.
collect() {
    seconds "$ridge" collect batch-invariant -o "$folder/$1.db" --max-time-per-point 0.1 --set "tokens=$2" "${@:3}"
}

tokens=16,256,1024,2048,4096 points=30
collect warm-up 16 --metrics none >/dev/null
uncounted=$(collect uncounted $tokens --metrics none)
counted=$(collect counted $tokens)
# At least a microsecond: a run's time is not known better.
cost=$(awk -v c="$counted" -v u="$uncounted" -v n=$points 'BEGIN { d = (c - u) / n; printf "%.6f", (d > 1e-6 ? d : 1e-6) }')
printf 'points=%s\nuncounted_s=%s\ncounted_s=%s\ncounted_to_uncounted=%s\ncounters_s_per_point=%s\n' "$points" "$uncounted" "$counted" \
    "$(awk -v c="$counted" -v u="$uncounted" 'BEGIN { printf "%.3f", c / u }')" "$cost"

command -v ncu >/dev/null || { printf 'cost.sh: ncu is not installed: no comparison with it\n' >&2; exit 0; }
chip=$("$ridge" show "$folder/counted.db" --format json | sed -n 's/.*"chip": *"\([^"]*\)".*/\1/p' | tail -n 1)
counters=$("$ridge" list metrics --chip "$chip" --set roofline --json |
    awk -F '"' '/"metrics"/ { on = 1; next } /\]/ { on = 0 } on { print $2 }' | paste -sd,)
# Two runs that differ in measured kernels alone, so that what starting costs cancels.
few=5 many=25
under_ncu() {
    seconds ncu --csv --target-processes all --cache-control none --clock-control none --metrics "$counters" \
        --kernel-name 'regex:gem[mv]|nvjet|cutlass' --launch-count "$1" \
        "$ridge" collect batch-invariant -o "$folder/ncu-$1.db" --max-time-per-point 0.1 --set tokens=256 --metrics none
}
ncu_many=$(under_ncu $many)
ncu_few=$(under_ncu $few)
awk -v a="$ncu_many" -v b="$ncu_few" -v n=$((many - few)) -v c="$cost" 'BEGIN {
    each = (a > b ? a - b : 0) / n
    printf "ncu_s_per_kernel=%.6f\n", each
    printf "ncu_kernel_to_point=%.2f\n", each / c
}'
