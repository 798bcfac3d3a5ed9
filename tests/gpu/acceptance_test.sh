#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/gpu/acceptance on a machine that cannot measure, and on a worker that makes its numbers up.
# usage: acceptance_test.sh BIN FAKE_WORKER
set -uo pipefail
acceptance=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/acceptance
bin=$1
export RIDGE_WORKER=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0
check() { # check WHAT COMMAND...
    local what=$1
    shift
    "$@" || { printf 'FAILED: %s\n' "$what"; failures=$((failures + 1)); }
}
verdict() { awk -F '\t' -v claim="$1" '$2 == claim { print $5 }' "$folder/out/claims.tsv"; }
lacks() { ! grep -q "$@"; }

FAKE_WORKER=no-driver "$acceptance" --out "$folder/out" --bin "$bin" >"$folder/log" 2>&1
check "no GPU is exit status 3" [ $? = 3 ]
check "every stage has its claims" [ "$(cut -f1 "$folder/out/claims.tsv" | sort -u | wc -l)" = 4 ]
check "every claim says why it was not tested" [ "$(cut -f5 "$folder/out/claims.tsv" | sort -u)" = "not run: no usable GPU" ]
check "the report has a line a claim" \
    [ "$(grep -c 'not run: no usable GPU' "$folder/out/report.md")" = "$(wc -l <"$folder/out/claims.tsv")" ]
check "nothing was measured" [ ! -e "$folder/out/results.db" ]
check "the evidence is one file" tar -tzf "$folder/out/evidence.tar.gz" report.md claims.tsv logs/doctor.log >/dev/null

FAKE_WORKER='' "$acceptance" --stage truth --stage plans --out "$folder/out" --bin "$bin" >"$folder/log" 2>&1
check "a claim that does not hold is exit status 1" [ $? = 1 ]
check "DRAM reads at 92 % of the datasheet hold" [ "$(verdict 'DRAM read reaches 90 % of the datasheet')" = holds ]
check "bf16 at 20 % of dense peak does not" [ "$(verdict 'bf16 tensor reaches 78 % of dense peak')" = "does not hold" ]
check "repeats that are equal agree" [ "$(verdict 'ten repeats agree on DRAM bytes')" = holds ]
check "a whole plan is complete" [ "$(verdict 'plan llama-13b is complete')" = holds ]
check "a stage that ran again has its new claims alone" lacks "no usable GPU" <(grep '^plans' "$folder/out/claims.tsv")
check "a stage that did not keeps its old ones" grep -q "^cost.*no usable GPU" "$folder/out/claims.tsv"

FAKE_WORKER='refuse:down' "$acceptance" --stage plans --out "$folder/other" --bin "$bin" >"$folder/log" 2>&1
check "a plan with failed points is not complete" \
    grep -q "plan llama-13b is complete.*[0-9]* of 588 points.*does not hold" "$folder/other/claims.tsv"

"$acceptance" --stage nonsense --bin "$bin" >"$folder/log" 2>&1
check "an unknown stage is exit status 2" [ $? = 2 ]
[ "$failures" = 0 ] || { cat "$folder/log" "$folder/out/claims.tsv"; exit 1; }
