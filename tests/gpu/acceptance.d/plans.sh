# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by acceptance: the four plans, whole, in one file. What the time limit cuts off, another run of this stage adds.

# plan NAME SECONDS: its claims and its wall time, which is that of the whole plan where nothing of it was there before.
plan() {
    step "plan-$1" "$2" ridge collect "$1" -o "$results" --resume --timeout 40 --max-time-per-point "${3:-0.3}"
    claim "plan-$1" "all" "plan $1 is complete" all_there "$1" cold
    claim "plan-$1" "<= $2 s" "plan $1 takes no longer than its share of the time" no_slower "plan-$1" "$2"
    # Point and roof were measured at clocks of their own: 3 % is what they may differ by.
    claim "plan-$1" "<= 1.03" "no point of $1 lies above its roof" within "plan = '$1' AND status = 'ok'" roof_fraction 0 1.03
    claim "plan-$1" "none" "every point of $1 has time, bytes and FLOPs" \
        none "time_ns IS NULL OR dram_bytes IS NULL OR dram_bytes <= 0 OR flops_executed IS NULL OR flops_executed <= 0" \
        "plan = '$1' AND status = 'ok'"
    claim "plan-$1" "CUPTI's own plan" "no point of $1 takes more passes than planned without a GPU" \
        few_passes "plan = '$1' AND status = 'ok'"
}

section_llama_33b_speculation() { plan llama-33b-speculation 75; }
section_llama_13b() { plan llama-13b 190 0.1; }

# three_decodes: every one of the three series has its step at each of the three lengths.
three_decodes() {
    local rows
    rows=$(values "plan = 'gpt2-l' AND operator = 'step' AND status = 'ok' AND cache = 'cold' AND time_ns > 0" series seq | sort -u)
    [ -n "$rows" ] || return 2
    printf '%s series at %s lengths' "$(cut -f1 <<<"$rows" | sort -u | wc -l)" "$(cut -f2 <<<"$rows" | sort -u | wc -l)"
    [ "$(wc -l <<<"$rows")" = 9 ]
}

# bytes_a_token SERIES: DRAM bytes for an emitted token of the middle step.
bytes_a_token() {
    values "plan = 'gpt2-l' AND operator = 'step' AND status = 'ok' AND cache = 'cold' AND seq = 325 AND series LIKE '$1%'" \
        dram_bytes emitted_tokens | awk '$2 > 0 { print $1 / $2 }' | median
}

section_gpt2_l() {
    local baseline
    plan gpt2-l 75
    baseline=$(bytes_a_token Baseline)
    claim plan-gpt2-l "3 series at 3 lengths" "baseline, naive and staged decode of GPT2-L were measured" three_decodes
    claim plan-gpt2-l "-2 to +10 %" "a baseline step reads its weights once" \
        within "plan = 'gpt2-l' AND operator = 'step' AND status = 'ok' AND series LIKE 'Baseline%'" byte_inflation 0.98 1.10 3
    claim plan-gpt2-l "0.31, within 25 %" "naive speculation needs the published share of the baseline's bytes a token" \
        ratio "$(bytes_a_token Naive)" "$baseline" 0.2325 0.3875
    claim plan-gpt2-l "0.23, within 25 %" "staged speculation needs the published share of the baseline's bytes a token" \
        ratio "$(bytes_a_token Staged)" "$baseline" 0.1725 0.2875
}

# beside_published CACHE COLUMN IMPLEMENTATION LOW HIGH: our FLOP/s over the published ones, at every number of tokens.
beside_published() {
    values "plan = 'batch-invariant' AND status = 'ok' AND cache = '$1' AND k = 14336 AND implementation = '$3'" tokens algorithmic_flops_per_s |
        awk -F '[,\t]' -v column="$2" 'NR == FNR { if (!/^#/) published[$1] = $column * 1e12; next }
            published[$1] > 0 { print $2 / published[$1] }' "$reference/batch_invariant_matmul.csv" - | between 14 "$4" "$5"
}

section_batch_invariant() {
    local tiles="plan = 'batch-invariant' AND implementation = 'fixed-tile' AND status = 'ok'"
    plan batch-invariant 60
    claim plan-batch-invariant "1 in all" "the fixed tile gives bit-identical rows at every batch" within "$tiles" invariant 1 1 42
    claim plan-batch-invariant "1 in all" "the fixed tile gives bit-identical rows in every run" within "$tiles" deterministic 1 1 42
    claim plan-batch-invariant "0" "the test can fail: cuBLAS's mlp_down is not batch-invariant, as published" \
        within "plan = 'batch-invariant' AND implementation = 'cublas' AND k = 14336 AND status = 'ok'" invariant 0 0 14
    claim plan-batch-invariant "within 0.1 %" "FLOPs of own GEMMs of whole tiles equal 2MNK" \
        within "$tiles AND tokens >= 128" flop_inflation 0.999 1.001 21
}

# 5 warm-up and 10 back-to-back iterations, no flush: warm. An H100 PCIe was used; others have up to 1.7 times its rates.
section_published_protocol() {
    step plan-warm 40 ridge collect batch-invariant -o "$results" --resume --cache warm --timeout 40 --max-time-per-point 0.1 \
        --only "k = 14336"
    claim plan-warm "all" "batch-invariant under its published protocol (warm, back to back) is complete" \
        all_there batch-invariant warm --only "k = 14336"
    claim plan-warm "0.8 to 3 times" "cuBLAS beside the published curve" beside_published warm 2 cublas 0.8 3
    claim plan-warm "0.8 to 10 times" "the fixed tile beside the published Triton curve" beside_published warm 4 fixed-tile 0.8 10
}

section llama-33b-speculation 75
section gpt2-l 75
section batch-invariant 60
section published-protocol 40
section llama-13b 190
