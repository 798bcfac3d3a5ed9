# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by acceptance: what measuring costs. The program launches 2000 small kernels; ridge profile measures 100 of them.
launches=$parts/launches.py
if [ -z "$blocked" ] && timeout 60 python3 -c "import torch" 2>/dev/null; then
    step warm-up 60 python3 "$launches"
    step native 60 python3 "$launches"
    step injected 60 ridge profile -o "$results" --start profiler-api -- python3 "$launches"
    step profiled 120 ridge profile -o "$results" --count 100 -- python3 "$launches"
else
    for name in native injected profiled; do refuse "$name" "python3 has no torch"; done
fi
if [ -z "$blocked" ] && command -v ncu >/dev/null && [ -z "${refused[native]:-}" ]; then
    step ncu-profiled 180 ncu --csv --cache-control none --clock-control none --launch-count 100 \
        --metrics dram__bytes_read.sum,dram__bytes_write.sum,sm__sass_thread_inst_executed_op_ffma_pred_on.sum \
        python3 "$launches"
else
    refuse ncu-profiled "ncu is not installed"
fi

# What a measured kernel costs on top of the native run: ncu's over ours.
cheaper() {
    [ "$(status_of profiled)" = 0 ] && [ "$(status_of ncu-profiled)" = 0 ] || return 2
    awk -v n="${seconds[native]}" -v ours="${seconds[profiled]}" -v theirs="${seconds[ncu-profiled]}" 'BEGIN {
        a = (ours - n) / 100; b = (theirs - n) / 100
        if (a <= 0) { printf "ours not measurable, ncu %.4f s a kernel", b; exit 0 }
        printf "%.1f times (%.4f s a kernel, ncu %.4f s)", b / a, a, b; exit !(b / a >= 20) }'
}
claim injected "<= 1.01" "before its trigger the injection costs a program under 1 %" times_longer injected native 1.01
claim ncu-profiled ">= 20 times" "a measured kernel costs 20 times less than under ncu" cheaper

step plan-time-small 60 ridge collect gpt2-l -o "$out/logs/cost.db" --max-time-per-point 0.1
step plan-time-uncounted 60 ridge collect gpt2-l -o "$out/logs/cost.db" --metrics none --max-time-per-point 0.1
claim plan-time-small "<= 3" "counters cost a plan less than twice its time again" times_longer plan-time-small plan-time-uncounted 3
