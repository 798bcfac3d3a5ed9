# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by acceptance: are the numbers true? Pass counts, closed forms, ncu, spread, fixtures; ceilings.
self="plan = 'selftest'"
one="plan = 'batch-invariant' AND implementation = 'fixed-tile' AND tokens = 8192 AND k = 14336"

step list-metrics 60 ridge list metrics --set roofline --json
step selftest 150 ridge doctor --selftest -o "$results"
claim selftest "exit 0" "the self-test passes" exits selftest 0
claim selftest "within 0.1 %" "FLOPs counted by closed forms (FMA chains, aligned GEMMs of every dtype) equal arithmetic" \
    within "$self AND status = 'ok' AND flop_inflation IS NOT NULL" flop_inflation 0.999 1.001
claim selftest "within 1 %" "DRAM bytes of a copy equal arithmetic" \
    within "$self AND status = 'ok' AND operator = 'copy'" byte_inflation 0.99 1.01
claim selftest "none" "no closed form failed" none "status = 'failed'" "$self"

step ceilings 170 ridge ceilings -o "$results" --json
claim ceilings "exit 0" "every ceiling this GPU has was measured, none above theory at its clock" exits ceilings 0
claim ceilings ">= 0.90" "DRAM read reaches 90 % of the datasheet" ceiling_share dram_read 0.90
claim ceilings ">= 0.78" "bf16 tensor reaches 78 % of dense peak" ceiling_share tensor_bf16 0.78

for cache in cold warm rotate; do
    step "curve-$cache" 40 ridge collect batch-invariant -o "$results" --resume --cache "$cache" --max-time-per-point 0.1 \
        --only "k = 14336 AND implementation = 'fixed-tile' AND tokens IN (1, 16, 128, 512, 1024, 2048, 4096, 8192)"
    claim "curve-$cache" "a curve" "DRAM over compulsory bytes by duration, $cache" by_duration "$cache"
done
claim curve-cold "at most 3 on GH100" "passes of the float roofline" within "metric_set = 'roofline' AND chip = 'GH100' AND $one" passes 1 3
claim curve-cold "within 2 %" "FLOPs of aligned own GEMMs equal 2MNK" \
    within "$one AND status = 'ok'" flop_inflation 0.98 1.02

for run in 1 2 3 4 5 6 7 8 9 10; do
    step "repeat-$run" 12 ridge collect batch-invariant -o "$results" --cache rotate --max-time-per-point 0.3 \
        --only "k = 14336 AND implementation = 'fixed-tile' AND tokens = 2048"
done
repeated="plan = 'batch-invariant' AND cache = 'rotate' AND implementation = 'fixed-tile' AND tokens = 2048 AND status = 'ok'"
claim repeat-10 "<= 0.01" "ten repeats agree on DRAM bytes" spread "$repeated" dram_bytes 0.01
claim repeat-10 "<= 0.03" "ten repeats agree on time" spread "$repeated" time_ns 0.03

# ncu runs the same kernel; its median DRAM bytes against the point's. Clocks and caches are left alone.
ncu_bytes() {
    local theirs ours
    theirs=$(grep -E '"dram__bytes_(op_)?(read|write).sum"' "$out/logs/ncu.log" | awk -F'","' '{ gsub(/[",]/, "", $NF); s[$(1)] += $NF } END { for (i in s) print s[i] }' | over | cut -d' ' -f3)
    ours=$(values "$one AND cache = 'warm' AND status = 'ok'" dram_bytes | over | cut -d' ' -f3)
    [ -n "$theirs" ] && [ -n "$ours" ] || return 2
    awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.4f of %.6g bytes", a / b, b; d = a / b - 1; exit !(d < 0.01 && d > -0.01) }'
}
if command -v ncu >/dev/null; then
    step ncu 60 ncu --target-processes all --csv --print-units base --cache-control none --clock-control none --launch-count 20 \
        --metrics dram__bytes_read.sum,dram__bytes_write.sum -- ridge collect batch-invariant -o "$out/logs/ncu.db" \
        --metrics none --cache warm --max-time-per-point 0.1 --only "k = 14336 AND implementation = 'fixed-tile' AND tokens = 8192"
else
    refuse ncu "ncu is not installed"
fi
claim ncu "within 1 %" "DRAM bytes of our GEMM under ncu" ncu_bytes

for tool in memcheck racecheck; do
    if [ ! -x "${RIDGE_GPU_TEST:-$bin/gpu_test}" ]; then
        refuse "$tool" "no gpu_test beside ridge (RIDGE_GPU_TEST names one)"
    elif ! command -v compute-sanitizer >/dev/null; then
        refuse "$tool" "compute-sanitizer is not installed"
    else
        step "$tool" 60 compute-sanitizer --tool "$tool" --error-exitcode 9 "${RIDGE_GPU_TEST:-$bin/gpu_test}"
    fi
    claim "$tool" "exit 0" "own kernels are correct and clean under compute-sanitizer $tool" exits "$tool" 0
done

step record 90 ridge-worker --record "$out/fixtures"
claim record "exit 0" "fixtures for tests without a GPU were recorded" exits record 0
