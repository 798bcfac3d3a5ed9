# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by foreign: a program of our own under ridge profile. Do kernels sum to the step they make up, at which clock does
# profiled work run, what would inputs of zeros have changed, and are launches of rarer kinds measured right?

# A step's weights are 12 matrices of 6656 x 17920 bf16 values.
step_weights=2862612480

section_step() {
    local since kernels ranges single
    step step-native 12 "$gpu_workload" step 6
    since=$(newest)
    step step-kernels 20 ridge profile -o "$results" --mode kernel --cache warm --nvtx step/ -- "$gpu_workload" step 1
    kernels="plan = 'profile' AND operator = 'kernel' AND status = 'ok' AND point_id > $since"
    kernels="point_id IN ($(values "$kernels" point_id | paste -sd,))"
    since=$(newest)
    step step-one-pass 15 ridge profile -o "$results" --metrics bytes --mode kernel --cache warm --nvtx step/ -- "$gpu_workload" step 1
    single="plan = 'profile' AND operator = 'kernel' AND status = 'ok' AND point_id > $since AND point_id <= $(newest)"
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
    # CUPTI saves and restores memory around the passes of a kernel that takes several; one pass needs neither.
    claim step-one-pass "1 in all" "a kernel's bytes alone are measured in one pass" within "$single" passes 1 1 12
    claim step-one-pass "within 5 %" "and are those of several passes, summed over the step" \
        ratio "$(total "$single" dram_bytes)" "$(total "$kernels" dram_bytes)" 0.95 1.05
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
    # A multiplication by alpha for each output, where the kernel has one, is another 1 / 2K: 6.1e-5.
    claim inputs-random-counted "-0.01 to +0.1 %" "and they are 2MNK" ratio "${flops[random]}" "$(said inputs-random flops)" 0.9999 1.001
    claim inputs-random-counted "fewer" "launches of a kernel seen before take fewer passes" fewer_later "$again"
    claim inputs-random-counted "equal" "and count the FLOPs of the first" spread "$again" flops_executed 3 0
    claim inputs-zeros "<= 0.9" "zero inputs draw less power, which is why ours are random" \
        ratio "$(said inputs-zeros power_w)" "$(said inputs-random power_w)" 0 0.9
    claim inputs-zeros ">= 0.995" "and run at no lower clock" \
        ratio "$(said inputs-zeros sm_clock_hz)" "$(said inputs-random sm_clock_hz)" 0.995 10
}

# in_both_contexts N WHERE: in each, that many points, all measured.
in_both_contexts() {
    local first second all
    first=$(count "($2) AND status = 'ok' AND params LIKE '%first%'")
    second=$(count "($2) AND status = 'ok' AND params LIKE '%second%'")
    all=$(count "$2")
    printf '%s and %s of %s' "$first" "$second" "$all"
    [ "$first" = "$1" ] && [ "$second" = "$1" ] && [ "$all" = "$((2 * $1))" ]
}

# denied N WHERE: that many points, none measured.
denied() {
    local skipped all
    all=$(count "$2") skipped=$(count "($2) AND status = 'skipped' AND dram_bytes IS NULL")
    printf '%s of %s' "$skipped" "$all"
    [ "$skipped" = "$1" ] && [ "$all" = "$1" ]
}

# A cooperative launch moves five arrays of 2 GiB, a copy two: what an L2 of 50 MB keeps of them is under 2 %.
section_launch_kinds() {
    local since cooperative copies kernels array=2147483648
    since=$(newest)
    step cooperative 15 ridge profile -o "$results" --kernel turnedSum -- "$gpu_workload" cooperative 3
    cooperative="plan = 'profile' AND point_id > $since AND point_id <= $(newest)"
    since=$(newest)
    step contexts 15 ridge profile -o "$results" --kernel copyStream -- "$gpu_workload" contexts 3
    copies="plan = 'profile' AND point_id > $since AND point_id <= $(newest)"
    since=$(newest)
    step deny 15 ridge profile -o "$results" --metrics bytes --deny turnedSum -- "$gpu_workload" cooperative 2
    kernels="plan = 'profile' AND point_id > $since"
    claim cooperative "exit 0" "kernels whose blocks wait for one another compute the same when measured" exits cooperative 0
    claim cooperative "3" "and every such launch is a row" exactly 3 "$cooperative"
    claim cooperative "within 2 %" "with the bytes that it moves" \
        within "$cooperative" dram_bytes "$((5 * array * 98 / 100))" "$((5 * array * 102 / 100))" 3
    claim contexts "exit 0" "two contexts that take turns compute the same when measured" exits contexts 0
    claim contexts "3 and 3 of 6" "and every copy of either is a row" in_both_contexts 3 "$copies"
    claim contexts "within 2 %" "with the bytes that a copy moves" \
        within "$copies" dram_bytes "$((2 * array * 98 / 100))" "$((2 * array * 102 / 100))" 6
    claim deny "exit 0" "a program is profiled without the kernel that --deny names" exits deny 0
    claim deny "2 of 2" "and every launch of that one is a row without a measurement" denied 2 "$kernels AND series LIKE '%turnedSum%'"
    claim deny "1 or more" "but the others are measured" \
        within "$kernels AND series NOT LIKE '%turnedSum%' AND status = 'ok'" dram_bytes 1 1e12 1
}
