# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by truth: a program of our own under ridge profile. Do kernels sum to the step they make up, at which clock does
# profiled work run, and what would inputs of zeros have changed?

# A step's weights are 12 matrices of 6656 x 17920 bf16 values.
step_weights=2862612480

section_step() {
    local since kernels ranges
    step step-native 12 "$gpu_workload" step 6
    since=$(newest)
    step step-kernels 20 ridge profile -o "$results" --mode kernel --cache warm --nvtx step/ -- "$gpu_workload" step 1
    kernels="plan = 'profile' AND operator = 'kernel' AND status = 'ok' AND point_id > $since"
    kernels="point_id IN ($(values "$kernels" point_id | paste -sd,))"
    since=$(newest)
    step step-ranges 20 ridge profile -o "$results" --mode range --nvtx step/ -- "$gpu_workload" step 12
    ranges="plan = 'profile' AND operator = 'range' AND status = 'ok' AND point_id > $since"
    claim step-kernels "12 or more" "every product of a step is measured as a kernel" between_count 12 60 "$kernels"
    claim step-ranges "within 2 %" "kernel bytes of one step sum to the step's" \
        ratio "$(total "$kernels" dram_bytes)" "$(values "$ranges" dram_bytes | median)" 0.98 1.02
    claim step-ranges "equal" "kernel FLOPs of one step sum to the step's" \
        ratio "$(total "$kernels" flops_executed)" "$(values "$ranges" flops_executed | median)" 0.999999 1.000001
    claim step-kernels "-1 to +3 %" "and they are the bytes of its weights" \
        ratio "$(total "$kernels" dram_bytes)" "$step_weights" 0.99 1.03
    claim step-kernels "within 3 %" "profiled kernels run at the clock of the unprofiled run" \
        ratio "$(values "$kernels" sm_clock_hz | median)" "$(said step-native sm_clock_hz)" 0.97 1.03
}

# between_count LOW HIGH WHERE
between_count() {
    local n
    n=$(count "$3")
    printf '%s' "$n"
    [ "$n" -ge "$1" ] && [ "$n" -le "$2" ]
}

# fewer_later WHERE: every point but the first took fewer passes than the first; two points at least.
fewer_later() {
    values "$1" passes | awk '{ text = text (NR > 1 ? ", " : "") $1; if (NR == 1) first = $1; else if ($1 == "" || $1 >= first) bad = 1 }
        END { if (NR < 2) exit 2; printf "%s passes", text; exit bad }'
}

section_inputs() {
    local kind since kernels again
    declare -A flops
    for kind in random zeros; do
        step "inputs-$kind" 10 "$gpu_workload" gemm "$kind"
        since=$(newest)
        step "inputs-$kind-counted" 20 ridge profile -o "$results" --mode kernel --cache warm --nvtx last/ --count 3 -- \
            "$gpu_workload" gemm "$kind"
        kernels="plan = 'profile' AND operator = 'kernel' AND status = 'ok' AND point_id > $since"
        flops[$kind]=$(values "$kernels" flops_executed | median)
        [ "$kind" = zeros ] || again="$kernels AND point_id <= $(newest)"
    done
    claim inputs-zeros-counted "equal" "zero inputs execute the FLOPs of random ones" ratio "${flops[zeros]}" "${flops[random]}" 0.999999 1.000001
    claim inputs-random-counted "equal" "and they are 2MNK" ratio "${flops[random]}" "$(said inputs-random flops)" 0.999999 1.000001
    claim inputs-random-counted "fewer" "launches of a kernel seen before take fewer passes" fewer_later "$again"
    claim inputs-random-counted "equal" "and count the FLOPs of the first" spread "$again" flops_executed 3 0
    claim inputs-zeros "<= 0.9" "zero inputs draw less power, which is why ours are random" \
        ratio "$(said inputs-zeros power_w)" "$(said inputs-random power_w)" 0 0.9
    claim inputs-zeros ">= 0.995" "and run at no lower clock" \
        ratio "$(said inputs-zeros sm_clock_hz)" "$(said inputs-random sm_clock_hz)" 0.995 10
}
