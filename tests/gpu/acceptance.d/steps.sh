# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by acceptance: steps (commands with a time limit and a log) and claims (verdicts on what they left).
declare -A refused seconds # of a step: why its claims cannot be tested; how long it took
blocked=                   # why no step can run at all

# What a command that a build lacks answers: exit status 2 and one of these.
unknown='no command|unknown (option|argument)|not expected|no option'

# step NAME LIMIT_S COMMAND...: output to logs/NAME.log and .err; SIGTERM at the limit, so that what was measured is kept.
step() {
    local name=$1 limit=$2 status start=$EPOCHREALTIME
    shift 2
    unset "refused[$name]"
    if [ -n "$blocked" ]; then refused[$name]=$blocked; return; fi
    local left=$((stage_end - SECONDS))
    if [ "$left" -lt 5 ]; then refused[$name]="the time of the stage is over"; return; fi
    [ "$limit" -le "$left" ] || limit=$left
    timeout -k 20 "$limit" "$@" >"$out/logs/$name.log" 2>"$out/logs/$name.err" </dev/null
    status=$?
    seconds[$name]=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }')
    printf '%s\n' "$status" >"$out/logs/$name.status"
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
refuse() { refused[$1]=${blocked:-$2}; }

# claim STEP EXPECTED CLAIM MEASURE ARGS...: MEASURE prints what was measured; 0 holds, 1 does not, 2 nothing to judge.
claim() {
    local name=$1 expected=$2 text=$3 measured verdict
    shift 3
    if [ -n "${refused[$name]:-}" ]; then
        measured=- verdict="not run: ${refused[$name]}"
    else
        measured=$("$@")
        case $? in
            0) verdict=holds ;;
            1) verdict="does not hold" ;;
            *) verdict="not run: nothing to judge (step $name: exit $(status_of "$name"))" ;;
        esac
    fi
    printf '%s\t%s\t%s\t%s\t%s\n' "$stage" "$text" "$expected" "${measured:--}" "$verdict" | tee -a "$out/claims.tsv" |
        cut -f2-5 | tr '\t' '|'
}

# Forgets the claims of a stage that is about to run again.
forget() {
    touch "$out/claims.tsv"
    awk -F '\t' -v stage="$1" '$1 != stage' "$out/claims.tsv" >"$out/claims.new" && mv "$out/claims.new" "$out/claims.tsv"
}

# Whether this machine can measure at all; the rest of its findings go into the logs.
preflight() {
    stage=preflight stage_end=$((SECONDS + 100))
    step doctor 90 ridge doctor --json
    case $(status_of doctor) in
        0) ;;
        4) blocked="counters not permitted" ;;
        3) blocked="no usable GPU" ;;
        *) blocked="ridge doctor failed: exit $(status_of doctor)" ;;
    esac
    ridge-worker --libraries >"$out/logs/libraries.log" 2>&1
    [ -z "$blocked" ] || printf 'acceptance: %s\n' "$blocked" >&2
}

cell() { printf '%s' "$1" | sed 's/|/\\|/g'; }

report() {
    printf '# Evidence\n\n%s, %s, driver %s, %s\n\n' "$(date -u +%Y-%m-%d)" "$(gpu_name)" "$(driver_version)" "$(ridge --version)"
    printf '```\n%s\n```\n\n| stage | claim | expected | measured | verdict |\n|---|---|---|---|---|\n' "$(cat "$out/logs/libraries.log")"
    local stage text expected measured verdict
    while IFS=$'\t' read -r stage text expected measured verdict; do
        printf '| %s | %s | %s | %s | %s |\n' "$stage" "$(cell "$text")" "$(cell "$expected")" "$(cell "$measured")" "$verdict"
    done <"$out/claims.tsv"
}
