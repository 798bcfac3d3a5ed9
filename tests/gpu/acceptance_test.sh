#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/gpu/acceptance on a machine that cannot measure, and on one that makes its numbers up: with right ones every claim
# holds, with wrong ones none does.
# usage: acceptance_test.sh BIN TESTS: the folders of ridge and of fake_worker, profiled_program, libfake_injection.so
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=$1
export FAKE_PROGRAMS=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0
check() { # check WHAT COMMAND...
    local what=$1
    shift
    "$@" || { printf 'FAILED: %s\n' "$what"; failures=$((failures + 1)); }
}
run() { # run OUT STAGE...: tests/gpu/acceptance --out OUT with these stages
    local out=$1 stages=() stage
    shift
    for stage in "$@"; do stages+=(--stage "$stage"); done
    "$here/acceptance" "${stages[@]}" --out "$folder/$out" --bin "$bin" >"$folder/$out.log" 2>&1
}
claims() { cut -f2,4,5 "$folder/$1/claims.tsv"; }
lacks() { ! grep "$@"; } # shows what there should not be
does_not_hold() { # does_not_hold OUT CLAIM
    [ "$(awk -F '\t' -v claim="$2" '$2 == claim { print $5 }' "$folder/$1/claims.tsv")" = "does not hold" ] ||
        { awk -F '\t' -v claim="$2" '$2 == claim' "$folder/$1/claims.tsv"; false; }
}

# A GPU, a worker, a Python with PyTorch and Triton, Nsight Compute and a sanitizer that are none of these.
fakes=$here/acceptance_fakes
export RIDGE_WORKER=$fakes/worker RIDGE_GPU_TEST=$fakes/gpu_test RIDGE_GPU_WORKLOAD=$fakes/gpu_workload
export RIDGE_INJECT=$FAKE_PROGRAMS/libfake_injection.so PATH=$fakes:$PATH
export FAKE_DEVICE="NVIDIA H100 80GB HBM3" FAKE_CHIP=GH100

mkdir "$folder/blocked" && echo points >"$folder/blocked/results.db-wal"
FAKE_WORKER=no-driver run blocked
check "no GPU is exit status 3" [ $? = 3 ]
check "every stage has its claims" [ "$(cut -f1 "$folder/blocked/claims.tsv" | sort -u | wc -l)" = 4 ]
check "every claim says why it was not tested" [ "$(cut -f5 "$folder/blocked/claims.tsv" | sort -u)" = "not run: no usable GPU" ]
check "the report has a line a claim" \
    [ "$(grep -c 'not run: no usable GPU' "$folder/blocked/report.md")" = "$(wc -l <"$folder/blocked/claims.tsv")" ]
check "nothing was measured" [ ! -e "$folder/blocked/results.db" ]
check "the evidence is one file" tar -tzf "$folder/blocked/evidence.tar.gz" report.md claims.tsv logs/doctor.log >/dev/null
check "with the journal of a writer that was killed" tar -tzf "$folder/blocked/evidence.tar.gz" results.db-wal >/dev/null
check "no results, none packed" [ ! -e "$folder/blocked/results.db.gz" ]
check "the sections of a stage fit into 8 minutes, those of all into 28" \
    awk '{ s[$1] += $3; all += $3 } END { for (i in s) { if (s[i] > 475) exit 1 } exit !(NR && all <= 1680) }' "$folder/blocked/sections.tsv"

# What is bound by compute lies 2 % above its roof: that was measured at another clock.
right="bytes=1,rate=8.16e14,bandwidth=1.8e12,passes=3,watts=600,tile=1,cublas=0,dram=3.1e12,bf16=8e14"
FAKE_NUMBERS=$right run right
check "right numbers are exit status 0" [ $? = 0 ]
check "with right numbers every claim holds" lacks -v 'holds$' <(claims right)
check "there is a claim for all that is asked" [ "$(wc -l <"$folder/right/claims.tsv")" -ge 99 ]
check "the results are packed whole" cmp <(gunzip -c "$folder/right/results.db.gz") "$folder/right/results.db"
check "every claim of a machine without a GPU is one of a machine with one" \
    diff <(cut -f1,2 "$folder/blocked/claims.tsv" | sort) <(cut -f1,2 "$folder/right/claims.tsv" | sort)

# Numbers that are a little off, tools that complain. What needs no number of a GPU is left out.
export FAKE_WRONG=yes
off="off:copy,off:fp32,above:fp32,slow-counters"
FAKE_WORKER=$off FAKE_NUMBERS="bytes=1.05,flops=1.02,rate=5e14,bandwidth=1.8e12,passes=5,dram=2e12,bf16=3e14,jitter=0.5" run wrong truth foreign cost
check "a claim that does not hold is exit status 1" [ $? = 1 ]
check "with wrong numbers no claim holds" lacks -vE \
    'does not hold$|^(a program( without|.s own)|and (ridge says|its output)|DRAM over compulsory|a PyTorch decode)' <(claims wrong)
check "a stage that did not run has no claims" [ "$(cut -f1 "$folder/wrong/claims.tsv" | sort -u | paste -sd' ')" = "cost foreign truth" ]

FAKE_WORKER=refuse:step,refuse:down FAKE_NUMBERS="bytes=0,flops=1.5,rate=5e16,bandwidth=1e14,passes=9,tile=0,cublas=1" run wrong plans
FAKE_WORKER=refuse:gemm FAKE_NUMBERS="$right,spec_bytes=1.4,cold_passes=5" run failed truth plans
check "with wrong numbers no claim on a plan holds but that it is whole" lacks -vE 'does not hold$|^plan batch-invariant (is complete|takes)|protocol.*complete' \
    <(grep '^plans' "$folder/wrong/claims.tsv" | cut -f2,4,5)
for claim in "plan batch-invariant is complete" "plan batch-invariant takes no longer than its share of the time" \
    "naive speculation needs the published share of the baseline's bytes a token" \
    "staged speculation needs the published share of the baseline's bytes a token" \
    "batch-invariant under its published protocol (warm, back to back) is complete" \
    "the float roofline takes no more passes than planned without a GPU, cold" \
    "DRAM over compulsory bytes by duration, cold" "DRAM over compulsory bytes by duration, rotate"; do
    check "with points that failed: $claim" does_not_hold failed "$claim"
done
unset FAKE_WRONG

# A section that breaks says so, and breaks nothing else; nor does time that is over after eight repeats.
cp -r "$here/acceptance" "$here/acceptance.d" "$folder"
sed -i 's/^section_own_kernels() {/&\n    echo "$nowhere"/' "$folder/acceptance.d/truth.sh"
sed -i 's/^    for run in 1 2 3 4 5 6 7 8 9 10; do/    for run in 1 2 3 4 5 6 7 8; do/' "$folder/acceptance.d/truth.sh"
FAKE_NUMBERS=$right RIDGE_SHARE=$here/../../share "$folder/acceptance" --stage truth --out "$folder/broken" --bin "$bin" >"$folder/broken.log" 2>&1
check "a section that breaks is a claim that does not hold" does_not_hold broken "section own-kernels runs to its end"
check "and the last section's claims are there" grep -q "bf16 tensor ceiling agree.*holds$" "$folder/broken/claims.tsv"
check "eight repeats of ten will do" [ "$(grep -cE 'ten (repeats|measurements).* over 8 runs.*holds$' "$folder/broken/claims.tsv")" = 6 ]

FAKE_WORKER=no-driver "$here/../bench/cost.sh" "$bin" >"$folder/cost.log" 2>&1
check "what counting costs is skipped without a GPU" [ $? = 77 ]
check "and says why" grep -q '^cost.sh: skipped: This machine cannot measure' "$folder/cost.log"
FAKE_WORKER=refuse:gemm "$here/../bench/cost.sh" "$bin" >"$folder/cost.log" 2>&1
check "what counting costs is not told of a plan that failed" [ $? = 1 ]
check "but what failed is" grep -q 'CUBLAS_STATUS_NOT_SUPPORTED' "$folder/cost.log"

driver_of() { # driver_of LINE: what the report says of a module that tells this of itself
    printf '%s\n' "$1" 'GCC version:  gcc version 12.2.0 (Debian 12.2.0-14+deb12u1)' >"$folder/version"
    # shellcheck source=acceptance.d/measures.sh
    (source "$here/acceptance.d/measures.sh" && driver_version "$folder/version")
}
check "the driver is not taken for the day it was built" [ "$(driver_of \
    'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023')" = 535.104.05 ]
check "nor is the open one" [ "$(driver_of \
    'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (dvs-builder@U22)  Sun Jul 27 07:23:53 UTC 2025')" = 580.65.06 ]
check "no module is no driver" [ "$(source "$here/acceptance.d/measures.sh" && driver_version "$folder/nowhere")" = none ]

"$here/acceptance" --stage nonsense --bin "$bin" >"$folder/nonsense.log" 2>&1
check "an unknown stage is exit status 2" [ $? = 2 ]
[ "$failures" = 0 ]
