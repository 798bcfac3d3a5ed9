# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by acceptance: what measuring costs, and the same kernels under Nsight Compute where that is installed.

# said_by STEPS... KEY: the median of what they said.
said_by() {
    local key=${*: -1} step
    for step in "${@:1:$#-1}"; do said "$step" "$key"; done | median
}

# nanoseconds_more A B LIMIT: A - B.
nanoseconds_more() {
    [ -n "${1:-}" ] && [ -n "${2:-}" ] || return 2
    awk -v a="$1" -v b="$2" -v limit="$3" 'BEGIN { printf "%.1f ns (%.1f against %.1f)", a - b, a, b; exit !(a - b <= limit) }'
}

# A decode's kernels last some 4 us; one of 1 ns shows the hooks alone, since then the host is what everything waits for.
section_injection() {
    local run
    for run in 1 2 3; do
        step "native-$run" 10 "$gpu_workload" launches 50000 4000
        step "injected-$run" 10 ridge profile -o "$results" --start profiler-api -- "$gpu_workload" launches 50000 4000
    done
    step native-bare 10 "$gpu_workload" launches 200000 1
    step injected-bare 10 ridge profile -o "$results" --start profiler-api -- "$gpu_workload" launches 200000 1
    claim injected-3 "<= 1.01" "before its trigger the injection costs a program of 4 us kernels under 1 %" \
        ratio "$(said_by injected-{1,2,3} ns_per_launch)" "$(said_by native-{1,2,3} ns_per_launch)" 0 1.01
    claim injected-bare "<= 100 ns" "and a launch that the host alone limits this much" \
        nanoseconds_more "$(said injected-bare ns_per_launch)" "$(said native-bare ns_per_launch)" 100
}

# counters: those of the default set on this chip, separated by commas: what ncu is asked for, too.
counters() {
    local chip
    chip=$(values "chip IS NOT NULL" chip | tail -n 1)
    [ -z "$chip" ] || timeout 20 ridge list metrics --chip "$chip" --set roofline --json |
        awk -F '"' '/"metrics"/ { on = 1; next } /\]/ { on = 0 } on { print $2 }' | paste -sd,
}

under_ncu() { # under_ncu STEP LIMIT_S KERNELS COMMAND...
    local name=$1 limit=$2 kernels=$3 metrics
    shift 3
    metrics=$(counters)
    if ! command -v ncu >/dev/null; then
        refuse "$name" "ncu is not installed"
    elif [ -z "$metrics" ]; then
        refuse "$name" "no counters are known: nothing was measured before"
    else
        step "$name" "$limit" ncu --csv --print-units base --cache-control none --clock-control none --nvtx --nvtx-include step/ \
            --launch-count "$kernels" --metrics "$metrics" "$@"
    fi
}

# ncu_sum bytes|flops|kernels: what its CSV holds of the step.
ncu_sum() {
    [ -e "$out/logs/ncu-step.log" ] || return 0
    awk -v what="$1" "$split_csv"'
        function weight(name) {
            if (name ~ /^sm__ops_path_tensor_.*_src_int/) return 0
            if (name ~ /^sm__ops_path_tensor_/) return 1
            if (name !~ /thread_inst_executed_op_[dfh](add|mul|fma)2?_pred_on\.sum$/) return 0
            return (name ~ /fma/ ? 2 : 1) * (name ~ /op_h/ ? 2 : 1) * (name ~ /2_pred/ ? 2 : 1)
        }
        !at["Metric Name"] { n = split_csv($0, cells); for (i = 1; i <= n; ++i) at[cells[i]] = i; next }
        {
            split_csv($0, cells); name = cells[at["Metric Name"]]; value = cells[at["Metric Value"]]; gsub(/,/, "", value)
            seen[cells[at["ID"]]] = 1
            if (what == "bytes" && name ~ /^dram__bytes_(op_)?(read|write)\.sum$/) s += value
            if (what == "flops") s += weight(name) * value
        }
        END { if (what == "kernels") for (id in seen) ++s; if (s) printf "%.17g", s }' "$out/logs/ncu-step.log"
}

section_ncu() {
    local since kernels
    since=$(newest)
    step own-step 20 ridge profile -o "$results" --mode kernel --cache warm --nvtx step/ -- "$gpu_workload" step 1
    kernels="plan = 'profile' AND operator = 'kernel' AND status = 'ok' AND point_id > $since"
    under_ncu ncu-step 60 60 "$gpu_workload" step 1
    claim ncu-step "equal" "ncu measures the kernels of the step that ridge profile measures" ratio "$(count "$kernels")" "$(ncu_sum kernels)" 1 1
    claim ncu-step "within 1 %" "DRAM bytes of the same kernels under ncu" ratio "$(total "$kernels" dram_bytes)" "$(ncu_sum bytes)" 0.99 1.01
    claim ncu-step "equal" "FLOPs of the same kernels under ncu" ratio "$(total "$kernels" flops_executed)" "$(ncu_sum flops)" 0.999999 1.000001
}

# a_kernel MORE FEWER KERNELS: seconds a further kernel takes, from two runs that differ by KERNELS measured ones.
a_kernel() {
    [ "$(status_of "$1")" = 0 ] && [ "$(status_of "$2")" = 0 ] || return 0
    awk -v a="${seconds[$1]}" -v b="${seconds[$2]}" -v n="$3" 'BEGIN { printf "%.9f", (a - b) / n }'
}

section_overhead() {
    local ours theirs
    step warm-up 10 "$gpu_workload" launches 2000 4000
    step native 10 "$gpu_workload" launches 2000 4000
    step profiled-few 20 ridge profile -o "$results" --count 100 -- "$gpu_workload" launches 2000 4000
    step profiled-many 30 ridge profile -o "$results" --count 600 -- "$gpu_workload" launches 2000 4000
    ours=$(a_kernel profiled-many profiled-few 500)
    claim profiled-many "<= 10 ms" "a measured kernel costs little on top of the native run" \
        between 1 0 0.010 <<<"$ours"
    # Without --nvtx-include: these launches are in no range.
    if command -v ncu >/dev/null && [ -n "$(counters)" ]; then
        for kernels in 20 80; do
            step "ncu-$kernels" 40 ncu --csv --cache-control none --clock-control none --launch-count "$kernels" \
                --metrics "$(counters)" "$gpu_workload" launches 2000 4000
        done
    else
        refuse ncu-80 "ncu is not installed, or no counters are known"
    fi
    theirs=$(a_kernel ncu-80 ncu-20 60)
    claim ncu-80 ">= 20 times" "a measured kernel costs 20 times less than under ncu with the same metrics" ratio "$theirs" "$ours" 20 1e9
}

section_collect() {
    step collect-cost 38 "$here/../bench/cost.sh" "$bin"
    claim collect-cost "<= 3" "counters cost a plan less than twice its time again, half a second for its start aside" \
        ratio "$(said collect-cost counted_s)" "$(said collect-cost uncounted_s | awk '{ print $1 + 0.5 }')" 0 3
    command -v ncu >/dev/null || refuse collect-cost "ncu is not installed"
    claim collect-cost ">= 1" "counting a point of a plan costs less than a kernel under ncu with the same metrics" \
        ratio "$(said collect-cost ncu_s_per_kernel)" "$(said collect-cost counters_s_per_point)" 1 1e9
}

# A sanitizer slows kernels down and takes the counters: tests of times and of counters are left out, and cuBLAS' own kernels.
section_sanitizer() {
    local tool
    for tool in memcheck racecheck; do
        if command -v compute-sanitizer >/dev/null; then
            step "$tool" 38 env RIDGE_REQUIRE_GPU=1 compute-sanitizer --tool "$tool" --error-exitcode 9 "$gpu_test" '~[counters]~[timing]~[cublas]'
        else
            refuse "$tool" "compute-sanitizer is not installed"
        fi
        claim "$tool" "exit 0, no error" "own kernels are clean under compute-sanitizer $tool" clean "$tool"
    done
}
clean() { exits "$1" 0 && says "$1.log" 'ERROR SUMMARY: 0 errors|RACECHECK SUMMARY: 0 hazards'; }

section injection 70
section ncu 80
section overhead 90
section collect 40
section sanitizer 75
