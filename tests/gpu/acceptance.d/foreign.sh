# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by acceptance: programs that know nothing of ridge. PyTorch and Triton where python3 has them.
# shellcheck source=inside.sh
source "$parts/inside.sh"

section_without_cuda() {
    step profile-true 10 ridge profile -o "$results" -- true
    claim profile-true "exit 0" "a program without CUDA is let through" exits profile-true 0
    claim profile-true "a note" "and ridge says that it used no CUDA" says profile-true.err CUDA
    step profile-status 10 ridge profile -o "$results" -- sh -c 'echo its own words; exit 7'
    claim profile-status "exit 7" "a program's own exit status is passed on" exits profile-status 7
    claim profile-status "untouched" "and its output is" says profile-status.log '^its own words$'
}

# Three triads of 3 x 2^28 bytes and 2 FLOPs an element, each after a set and before a copy, four times. The L2 starts clean
# and keeps some of the last 2^28 bytes when a triad ends: dirty lines of up to a third of 60 MB are not DRAM's yet.
section_graph() {
    local since nodes launches triad=805306368 flops=134217728
    step native-graph 8 "$gpu_workload" graph 4
    since=$(newest)
    step graph-node 14 ridge profile -o "$results" --graph node --nvtx replay/ -- "$gpu_workload" graph 4
    nodes="plan = 'profile' AND point_id > $since AND point_id <= $(newest)"
    since=$(newest)
    step graph-whole 14 ridge profile -o "$results" --graph whole --nvtx replay/ -- "$gpu_workload" graph 4
    launches="plan = 'profile' AND point_id > $since"
    claim native-graph "exit 0" "a CUDA graph that counts its kernels counts right" exits native-graph 0
    claim graph-node "exit 0" "measured node by node it computes the same" exits graph-node 0
    claim graph-node "12" "and every kernel of every launch is a row" exactly 12 "$nodes"
    claim graph-node "94 to 102 %" "with the bytes of its own work" \
        within "$nodes" dram_bytes "$((triad * 94 / 100))" "$((triad * 102 / 100))" 12
    # More than 2 an element: for sm_90 the compiler has each thread make a zero by HFMA2.MMA R0,-RZ,RZ,0,0, one a launch, which
    # counts as 4 FLOPs like any packed half: 811008 on the 202752 threads of a wave on 132 SMs, 0.6 % of a triad.
    claim graph-node "0 to +2 %" "and the FLOPs" within "$nodes" flops_executed "$flops" "$((flops * 102 / 100))" 12
    claim graph-whole "exit 0" "measured whole it computes the same" exits graph-whole 0
    claim graph-whole "4" "and every launch is a row" exactly 4 "$launches"
    claim graph-whole "within 2 %" "with the bytes of its kernels" \
        within "$launches" dram_bytes "$((3 * triad * 98 / 100))" "$((3 * triad * 102 / 100))" 4
    claim graph-whole "0 to +2 %" "and their FLOPs" \
        within "$launches" flops_executed "$((3 * flops))" "$((3 * flops * 102 / 100))" 4
}
exactly() { # exactly N WHERE: as many points, each measured
    local all
    all=$(count "$2")
    printf '%s' "$all"
    [ "$all" = "$1" ] && [ "$(count "($2) AND status <> 'ok'")" = 0 ]
}

has() { [ -z "$blocked" ] && timeout 40 python3 -c "import $1" 2>/dev/null; }

section_decode() {
    local since kernels ranges
    if has torch; then
        step native-decode 40 python3 "$parts/decode.py"
        since=$(newest)
        step kernel-decode 70 ridge profile -o "$results" --mode kernel --cache warm --nvtx one/step -- python3 "$parts/decode.py"
        kernels="plan = 'profile' AND operator = 'kernel' AND point_id > $since AND point_id <= $(newest)"
        since=$(newest)
        step range-decode 50 ridge profile -o "$results" --mode range --nvtx step/ -- python3 "$parts/decode.py"
        ranges="plan = 'profile' AND operator = 'range' AND status = 'ok' AND point_id > $since"
    else
        for name in native-decode kernel-decode range-decode; do refuse "$name" "python3 has no torch"; done
    fi
    claim kernel-decode "exit 0" "a PyTorch decode is profiled kernel by kernel" exits kernel-decode 0
    claim kernel-decode "none" "every kernel of it has bytes, FLOPs and a time" \
        none "status <> 'ok' OR dram_bytes IS NULL OR flops_executed IS NULL OR coalesce(time_ns, 0) <= 0" "${kernels:-}"
    claim range-decode "exit 0" "a PyTorch decode is profiled range by range" exits range-decode 0
    claim range-decode "2 rounds or more" "every step of it has bytes" within "${ranges:-}" dram_bytes 1 1e12 2
    claim range-decode "within 5 %" "the kernels' bytes sum to the step's" \
        ratio "$(total "${kernels:-}" dram_bytes)" "$(values "${ranges:-}" dram_bytes | median)" 0.95 1.05
    claim range-decode "within 0.1 %" "the kernels' FLOPs sum to the step's" \
        ratio "$(total "${kernels:-}" flops_executed)" "$(values "${ranges:-}" flops_executed | median)" 0.999 1.001
}

section_triton() {
    local since points
    if has triton; then
        since=$(newest)
        step triton 110 ridge profile -o "$results" --mode range --time-run -- python3 "$parts/matmul.py"
        points="plan = 'profile' AND operator = 'gemm' AND status = 'ok' AND series = 'Batch-invariant (Triton)' AND point_id > $since"
    else
        refuse triton "python3 has no triton"
    fi
    claim triton "exit 0" "a Triton GEMM of the published tile is profiled" exits triton 0
    claim triton "14 numbers of tokens" "it gives the batch-invariant chart its Triton series" fourteen_tokens "${points:-}"
    claim triton "within 0.1 %" "FLOPs of it are those of whole tiles" within "${points:-} AND tokens >= 128 AND status_reason IS NULL" flop_inflation 0.999 1.001 7
}
# fourteen_tokens WHERE: 1, 2, 4, ... 8192, each with a time, among the points that the chart takes for that series.
fourteen_tokens() {
    local n filter
    filter=$(sed -n "s/^where = \"\(.*Triton.*\)\".*/\1/p" "$reference/../figures/batch-invariant-h100.toml")
    n=$(values "($1) AND ($filter) AND algorithmic_flops_per_s > 0" tokens | sort -u | grep -c .)
    printf '%s' "$n"
    [ "$n" = 14 ]
}

section without-cuda 20
section step 60
section graph 36
section launch-kinds 45
section inputs 50
section decode 130
section triton 110
