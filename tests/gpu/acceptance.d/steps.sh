# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by acceptance: sections (each with its share of the time), steps (commands with a time limit and a log) and
# claims (verdicts on what they left).
declare -A refused seconds # of a step: why its claims cannot be tested; how long it took
blocked=                   # why no step can run at all

# What a command that a build lacks answers: exit status 2 and one of these.
unknown='no command|unknown (option|argument)|not expected|no option'

# section NAME SECONDS: runs section_NAME in a process of its own, so that what breaks in it breaks nothing else, for at
# most SECONDS; then everything gathered so far is in $out.
section() {
    local name=$1 share=$2 start=$SECONDS
    section_end=$((SECONDS + share))
    [ "$section_end" -le "$stage_end" ] || section_end=$stage_end
    printf ' - %s, at most %s s\n' "$name" "$share"
    ("section_${name//-/_}"; exit 0) ||
        verdict "section $name runs to its end" "to its end" "broken off: exit $?" "does not hold"
    printf '%s\t%s\t%s\t%s\n' "$stage" "$name" "$share" "$((SECONDS - start))" >>"$out/sections.tsv"
    gather
}

# step NAME LIMIT_S COMMAND...: output to logs/NAME.log and .err; SIGTERM at the limit, so that what was measured is kept.
step() {
    local name=$1 limit=$2 status start=$EPOCHREALTIME
    shift 2
    unset "refused[$name]"
    rm -f "$out/logs/$name.status"
    if [ -n "$blocked" ]; then refused[$name]=$blocked; return; fi
    local left=$((section_end - SECONDS))
    if [ "$left" -lt 2 ]; then refused[$name]="the time of the section is over"; return; fi
    [ "$limit" -le "$left" ] || limit=$left
    timeout -k 15 "$limit" "$@" >"$out/logs/$name.log" 2>"$out/logs/$name.err" </dev/null
    status=$?
    seconds[$name]=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }')
    printf '%s\n' "$status" >"$out/logs/$name.status"
    printf '%s\t%s\t%s\t%s\n' "$stage" "$name" "$status" "${seconds[$name]}" >>"$out/steps.tsv"
    printf '   %-28s exit %-3s  %s s\n' "$name" "$status" "${seconds[$name]}"
    if [ "$status" = 2 ] && grep -qE "$unknown" "$out/logs/$name.err" "$out/logs/$name.log"; then
        refused[$name]="this build has no such command"
    elif [ "$status" = 3 ]; then refused[$name]="no usable GPU"
    elif [ "$status" = 4 ]; then refused[$name]="counters not permitted"
    elif [ "$status" = 127 ]; then refused[$name]="$1 is not there"
    fi
}
status_of() { cat "$out/logs/$1.status" 2>/dev/null; }

# refuse NAME REASON: marks a step that is not worth trying.
refuse() {
    rm -f "$out/logs/$1.status"
    refused[$1]=${blocked:-$2}
}

verdict() { # verdict CLAIM EXPECTED MEASURED VERDICT
    printf '%s\t%s\t%s\t%s\t%s\n' "$stage" "$@" | tee -a "$out/claims.tsv" | cut -f2-5 | tr '\t' '|'
}

# claim STEP EXPECTED CLAIM MEASURE ARGS...: MEASURE prints what was measured; 0 holds, 1 does not, 2 nothing was left to
# judge (a step that ran and left nothing does not hold), 3 does not concern this machine.
claim() {
    local name=$1 expected=$2 text=$3 measured
    shift 3
    if [ -n "${refused[$name]:-}" ]; then
        verdict "$text" "$expected" - "not run: ${refused[$name]}"
        return
    fi
    measured=$("$@")
    case $? in
        0) verdict "$text" "$expected" "${measured:--}" holds ;;
        2) verdict "$text" "$expected" "nothing to judge (step $name: exit $(status_of "$name"))" "does not hold" ;;
        3) verdict "$text" "$expected" "${measured:--}" "not run: does not concern this machine" ;;
        *) verdict "$text" "$expected" "${measured:--}" "does not hold" ;;
    esac
}

# Forgets what a stage that is about to run again left in the tables.
forget() {
    local table
    for table in claims sections steps; do
        touch "$out/$table.tsv"
        awk -F '\t' -v stage="$1" '$1 != stage' "$out/$table.tsv" >"$out/$table.new" && mv "$out/$table.new" "$out/$table.tsv"
    done
}

# Whether this machine can measure at all; the rest of its findings go into the logs.
preflight() {
    stage=preflight section_end=$((SECONDS + 60))
    forget preflight
    step doctor 50 ridge doctor --device 0 --json
    case $(status_of doctor) in
        0) ;;
        4) blocked="counters not permitted" ;;
        3) blocked="no usable GPU" ;;
        *) blocked="ridge doctor failed: exit $(status_of doctor)" ;;
    esac
    timeout 20 "$worker" --libraries >"$out/logs/libraries.log" 2>&1 </dev/null
    [ -z "$blocked" ] || printf 'acceptance: %s\n' "$blocked" >&2
}

cell() { printf '%s' "$1" | sed 's/|/\\|/g'; }

report() {
    printf '# Evidence\n\n%s, %s, driver %s, %s\n\n' "$(date -u +%Y-%m-%d)" "$(gpu_name)" "$(driver_version)" "$(ridge --version)"
    printf '```\n%s\n```\n\n| stage | claim | expected | measured | verdict |\n|---|---|---|---|---|\n' "$(cat "$out/logs/libraries.log")"
    local row_stage text expected measured verdict share used
    while IFS=$'\t' read -r row_stage text expected measured verdict; do
        printf '| %s | %s | %s | %s | %s |\n' "$row_stage" "$(cell "$text")" "$(cell "$expected")" "$(cell "$measured")" "$verdict"
    done <"$out/claims.tsv"
    printf '\n| stage | section | share of the time, s | used, s |\n|---|---|---|---|\n'
    while IFS=$'\t' read -r row_stage text share used; do
        printf '| %s | %s | %s | %s |\n' "$row_stage" "$text" "$share" "$used"
    done <"$out/sections.tsv"
}

# Report, evidence and results as of now: whoever cuts this run off loses only the section under way. Nobody writes to the
# results file between sections; where a writer was killed, its journal holds the latest points.
gather() {
    local journals=() suffix
    report >"$out/report.new" && mv "$out/report.new" "$out/report.md"
    for suffix in wal journal; do [ ! -s "$results-$suffix" ] || journals+=("${results##*/}-$suffix"); done
    tar -C "$out" -czf "$out/evidence.new" report.md claims.tsv sections.tsv steps.tsv logs fixtures "${journals[@]}" &&
        mv "$out/evidence.new" "$out/evidence.tar.gz"
    [ ! -e "$results" ] || { gzip -c -3 "$results" >"$out/results.new" && mv "$out/results.new" "$results.gz"; }
}
