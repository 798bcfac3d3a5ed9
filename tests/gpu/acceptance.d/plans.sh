# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by acceptance: the four plans, whole, in one file. What the time limit cuts off, another run of this stage adds.
for plan in llama-33b-speculation gpt2-l batch-invariant llama-13b; do
    step "plan-$plan" 105 ridge collect "$plan" -o "$results" --resume --timeout 40 --max-time-per-point 0.3
    claim "plan-$plan" "all" "plan $plan is complete" all_there "$plan" cold
    claim "plan-$plan" "none" "no point of $plan lies above its roof" none "flags LIKE '%above_roof%'" "plan = '$plan' AND status = 'ok'"
done
step plan-warm 50 ridge collect batch-invariant -o "$results" --resume --cache warm --timeout 40 --max-time-per-point 0.1 \
    --only "k = 14336"
claim plan-warm "none" "batch-invariant under its published protocol (warm, back to back): none failed" \
    none "status = 'failed'" "plan = 'batch-invariant' AND cache = 'warm'"
claim plan-batch-invariant "1 in all" "the fixed tile gives bit-identical rows at every batch" \
    within "plan = 'batch-invariant' AND implementation = 'fixed-tile' AND status = 'ok'" invariant 1 1
claim plan-batch-invariant "1 in all" "the fixed tile gives bit-identical rows in every run" \
    within "plan = 'batch-invariant' AND implementation = 'fixed-tile' AND status = 'ok'" deterministic 1 1
claim plan-gpt2-l "three series" "baseline, naive and staged decode of GPT2-L were measured" \
    within "plan = 'gpt2-l' AND operator = 'step' AND status = 'ok' AND flops_per_s > 0" time_ns 1 1e12
