# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by acceptance: are the numbers true? Libraries, own kernels, closed forms, ceilings, bytes, spread, fixtures.

section_libraries() {
    step libraries 8 "$worker" --libraries
    claim libraries "version and path" "CUPTI was found here, and where is on record" says libraries.log '^CUPTI +.* at /'
    claim libraries "version and path" "cuBLAS was found here, and where is on record" says libraries.log '^cuBLAS +.* at /'
}

section_own_kernels() {
    step own-kernels 38 env RIDGE_REQUIRE_GPU=1 "$gpu_test" '~[counters]'
    claim own-kernels "all tests pass" "own kernels agree with a reference on the CPU" \
        says own-kernels.log '^All tests passed \([0-9]+ assertions in [0-9]{2,} test cases\)'
}

# every_form_agrees: each of the eleven closed forms stands in the self-test's answer; those that this GPU has no type for
# are skipped.
every_form_agrees() {
    local answers
    answers=$(awk -F '"' '$2 == "form" { form = $4 } $2 == "text" { text = $4 } $2 == "verdict" { print form, $4, text }' "$out/logs/selftest.log")
    [ -n "$answers" ] || return 2
    awk '{ ++n } $2 == "ok" { ++ok } $2 != "ok" && !($2 == "skipped" && / no (fp8|int8) /) { bad = bad " " $1 }
        END { printf "%d of %d agree%s", ok, n, bad ? ", not:" bad : ""; exit !(n == 11 && ok >= 10 && !bad) }' <<<"$answers"
}

section_selftest() {
    local since closed
    since=$(newest)
    step selftest 65 ridge doctor --selftest --json -o "$results"
    closed="plan = 'selftest' AND status = 'ok' AND point_id > $since"
    claim selftest "exit 0" "the self-test passes" exits selftest 0
    claim selftest "11 of 11" "every closed form was held against arithmetic, and agrees" every_form_agrees
    claim selftest "within 0.1 %, of 8 or more" "FLOPs of FMA chains and of aligned GEMMs of every dtype equal arithmetic" \
        within "$closed AND flops_algorithmic > 0" flop_inflation 0.999 1.001 8
    claim selftest "within 1 %" "DRAM bytes of a copy equal arithmetic" within "$closed AND operator = 'copy'" byte_inflation 0.99 1.01
}

# ceiling_share NAME SHARE: of the datasheet, as ridge ceilings measured and stored it.
ceiling_share() {
    local share
    share=$(grep "\"name\":\"$1\"" "$out/logs/ceilings.log" | grep -o '"of_datasheet":[0-9.e+-]*' | cut -d: -f2)
    [ -n "$share" ] || return 2
    printf '%s of the datasheet' "$share"
    awk -v share="$share" -v least="$2" 'BEGIN { exit !(share >= least) }'
}

section_ceilings() {
    step ceilings 90 ridge ceilings -o "$results" --json
    claim ceilings "exit 0" "every ceiling this GPU has was measured, none above theory at its clock" exits ceilings 0
    claim ceilings ">= 0.90" "DRAM read reaches 90 % of the datasheet" ceiling_share dram_read 0.90
    claim ceilings ">= 0.78" "bf16 tensor reaches 78 % of dense peak" ceiling_share tensor_bf16 0.78
}

# again_ceilings NAME LIMIT: what the ten workers answered; one or two may have been too slow to start.
again_ceilings() {
    cat "$out"/logs/ceilings-again-*.log | grep "\"name\":\"$1\"" | grep -o '"value":[0-9.e+-]*' | cut -d: -f2 | agree 8 "$2"
}

# The questions of ridge ceilings, to ten workers one after the other: a whole run of it takes too long for ten.
section_ceiling_repeats() {
    local run name questions=$out/logs/ceilings-again.request
    for name in dram_read fp32 tensor_bf16; do printf '{"request":"ceiling","name":"%s"}\n' "$name"; done >"$questions"
    rm -f "$out"/logs/ceilings-again-*.log
    # shellcheck disable=SC2016 # the inner shell's own $
    for run in 1 2 3 4 5 6 7 8 9 10; do
        step "ceilings-again-$run" 20 sh -c '"$0" <"$1"' "$worker" "$questions"
    done
    claim ceilings-again-1 "<= 0.01" "ten measurements of the DRAM read ceiling agree" again_ceilings dram_read 0.01
    claim ceilings-again-1 "<= 0.03" "ten measurements of the fp32 ceiling agree" again_ceilings fp32 0.03
    claim ceilings-again-1 "<= 0.03" "ten measurements of the bf16 tensor ceiling agree" again_ceilings tensor_bf16 0.03
}

# by_duration WHERE: the byte curve, the mean of each decade of duration; it spans four of them.
by_duration() {
    values "$1 AND status = 'ok' AND byte_inflation > 0" time_ns byte_inflation | awk '
        { d = int(log($1) / log(10) + 1e-9); n[d]++; s[d] += $2 }
        END {
            for (d = 2; d < 10; ++d) if (n[d]) { ++decades; printf "%s1e%d ns: %.4f", (decades > 1 ? "; " : ""), d, s[d] / n[d] }
            exit (!decades ? 2 : (decades < 4))
        }'
}

section_byte_curve() {
    local cache since curve
    for cache in cold warm rotate; do
        since=$(newest)
        step "curve-$cache" 15 ridge collect "$parts/byte-curve.toml" -o "$results" --cache "$cache" --max-time-per-point 0.1
        curve="plan = 'byte-curve' AND cache = '$cache' AND point_id > $since"
        claim "curve-$cache" "a curve over 4 decades" "DRAM over compulsory bytes by duration, $cache" by_duration "$curve"
        claim "curve-$cache" "within 1 %, of 3 or more" "DRAM bytes of work above 200 us are right, $cache" \
            within "$curve AND status = 'ok' AND time_ns > 2e5" byte_inflation 0.99 1.01 3
        claim "curve-$cache" "CUPTI's own plan" "the float roofline takes no more passes than planned without a GPU, $cache" \
            few_passes "$curve AND passes > 0"
    done
}

# Time may cut off two of the ten.
section_repeats() {
    local run since repeated
    since=$(newest)
    for run in 1 2 3 4 5 6 7 8 9 10; do
        step "repeat-$run" 10 ridge collect batch-invariant -o "$results" --cache rotate --max-time-per-point 0.3 \
            --only "k = 14336 AND implementation = 'fixed-tile' AND tokens = 2048"
    done
    repeated="plan = 'batch-invariant' AND cache = 'rotate' AND status = 'ok' AND point_id > $since"
    claim repeat-1 "<= 0.01, of 8 or more" "ten repeats agree on DRAM bytes" spread "$repeated" dram_bytes 8 0.01
    claim repeat-1 "<= 0.03, of 8 or more" "ten repeats agree on time" spread "$repeated" time_ns 8 0.03
    claim repeat-1 "0, of 8 or more" "ten repeats agree on FLOPs" spread "$repeated" flops_executed 8 1e-9
    claim repeat-1 "within 0.1 %" "FLOPs of an aligned own GEMM equal 2MNK" within "$repeated" flop_inflation 0.999 1.001 8
}

# A point that is given more than a second has its energy measured, too.
section_energy() {
    local since
    since=$(newest)
    step energy 15 ridge collect batch-invariant -o "$results" --cache rotate --max-time-per-point 1.5 \
        --only "k = 14336 AND implementation = 'cublas' AND tokens = 2048"
    claim energy "50 to 1500 W" "the energy of a product over its time is a power that a GPU draws" \
        watts "plan = 'batch-invariant' AND cache = 'rotate' AND status = 'ok' AND point_id > $since" 50 1500
}
# watts WHERE LOW HIGH
watts() { values "$1 AND energy_j > 0 AND time_ns > 0" energy_j time_ns | awk '{ print 1e9 * $1 / $2 }' | between 1 "$2" "$3"; }

section_fixtures() {
    step record 22 "$worker" --record "$out/fixtures"
    claim record "exit 0" "fixtures for tests without a GPU were recorded, and their counts are those of arithmetic" exits record 0
    claim record "13 or more" "and are whole" whole_fixtures 13
}
# whole_fixtures N: folders with an oracle, a configuration and a counter image that is not empty.
whole_fixtures() {
    local oracle folder whole=0 all=0
    while read -r oracle; do
        folder=$(dirname "$oracle")
        all=$((all + 1))
        [ ! -s "$oracle" ] || [ ! -s "$folder/config.bin" ] || [ ! -s "$folder/counter_data.bin" ] || whole=$((whole + 1))
    done < <(find "$out/fixtures" -name fixture.json)
    printf '%s of %s' "$whole" "$all"
    [ "$whole" -ge "$1" ] && [ "$whole" = "$all" ]
}

section libraries 8
section own-kernels 38
section selftest 65
section ceilings 90
section byte-curve 45
section repeats 60
section energy 15
section fixtures 22
section ceiling-repeats 65
