# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by acceptance: questions to the results file, through ridge show alone, and judgements on the answers.

# The cells of a line of CSV (RFC 4180, without line ends in cells), for the awk programs below.
# shellcheck disable=SC2016 # awk's own $
split_csv='function split_csv(line, cells,    n, i, c, quoted) {
    n = 1; cells[1] = ""
    for (i = 1; i <= length(line); ++i) {
        c = substr(line, i, 1)
        if (c == "\"" && quoted && substr(line, i + 1, 1) == "\"") { cells[n] = cells[n] c; ++i }
        else if (c == "\"") quoted = !quoted
        else if (c == "," && !quoted) cells[++n] = ""
        else cells[n] = cells[n] c
    }
    return n
}'

# values WHERE COLUMN...: a line a point, tab-separated, in the order of the file; nothing where no point matches.
values() {
    local where=$1
    shift
    [ -e "$results" ] || return 0
    timeout 30 ridge show "$results" --format csv --where "$where" 2>/dev/null | awk -v wanted="$*" "$split_csv"'
        /^#/ && !header { next }
        !header { n = split_csv($0, names); for (i = 1; i <= n; ++i) at[names[i]] = i; header = 1; next }
        {
            split_csv($0, cells); count = split(wanted, columns, " "); line = ""
            for (i = 1; i <= count; ++i) line = line (i > 1 ? "\t" : "") cells[at[columns[i]]]
            print line
        }'
}

# newest: the last point of the file; what a step adds has a larger point_id.
newest() {
    local id
    id=$(values 1 point_id | tail -n 1)
    printf '%s' "${id:-0}"
}

# over: "N MIN MEDIAN MAX" of the numbers on standard input, empty lines left out.
over() {
    grep -v '^$' | sort -g | awk '{ v[NR] = $1 } END { if (NR) printf "%d %.9g %.9g %.9g\n", NR, v[1], v[int((NR + 1) / 2)], v[NR] }'
}
median() { over | cut -d ' ' -f 3; }

count() { values "$1" point_id | grep -c .; }

# total WHERE COLUMN: the sum; nothing where a point lacks the value, or none matches.
total() { values "$1" "$2" | awk '$1 == "" { absent = 1 } { s += $1 } END { if (NR && !absent) printf "%.17g", s }'; }

# between N LOW HIGH: of the numbers on standard input, at least N, all lie there.
between() {
    local n low middle high
    read -r n low middle high < <(over)
    [ -n "${n:-}" ] || return 2
    printf '%s to %s, median %s (%s values)' "$low" "$high" "$middle" "$n"
    awk -v a="$low" -v b="$high" -v low="$2" -v high="$3" -v n="$n" -v least="$1" \
        'BEGIN { exit !(n >= least && a >= low && b <= high) }'
}

# within WHERE COLUMN LOW HIGH [N]: every point, at least N, has a value of the column, which lies there.
within() {
    local absent
    absent=$(count "($1) AND $2 IS NULL")
    [ "$absent" = 0 ] || { printf '%s points without it' "$absent"; return 1; }
    values "$1" "$2" | between "${5:-1}" "$3" "$4"
}

# agree N LIMIT: (largest - smallest) / median of the numbers on standard input, at least N.
agree() {
    local n low middle high relative
    read -r n low middle high < <(over)
    [ -n "${n:-}" ] || return 2
    relative=$(awk -v a="$low" -v m="$middle" -v b="$high" 'BEGIN { printf "%.4g", m != 0 ? (b - a) / m : 1 }')
    printf '%s over %s runs, median %s' "$relative" "$n" "$middle"
    awk -v r="$relative" -v limit="$2" -v n="$n" -v least="$1" 'BEGIN { exit !(n >= least && r <= limit) }'
}

# spread WHERE COLUMN N LIMIT
spread() { values "$1" "$2" | agree "$3" "$4"; }

# ratio A B LOW HIGH: A / B lies there.
ratio() {
    [ -n "${1:-}" ] && [ -n "${2:-}" ] || return 2
    awk -v a="$1" -v b="$2" -v low="$3" -v high="$4" 'BEGIN {
        if (b + 0 == 0) { printf "%s against %s", a, b; exit 1 }
        printf "%.6g (%.6g against %.6g)", a / b, a, b; exit !(a / b >= low && a / b <= high) }'
}

# none WHERE AMONG: no point of AMONG is one of WHERE.
none() {
    local all some
    all=$(count "$2") some=$(count "($2) AND ($1)")
    [ "$all" -gt 0 ] || return 2
    printf '%s of %s points' "$some" "$all"
    [ "$some" = 0 ]
}

# planned ARGS...: how many points ridge collect ARGS would record.
planned() { timeout 30 ridge collect "$@" --dry-run --json 2>/dev/null | grep -c '"event":"planned"'; }

# all_there PLAN CACHE ARGS...: every point of it that ARGS plan stands in the file, none failed.
all_there() {
    local plan=$1 cache=$2 want got
    shift 2
    want=$(planned "$plan" "$@") got=$(count "plan = '$plan' AND cache = '$cache' AND status <> 'failed'")
    printf '%s of %s points' "$got" "$want"
    [ "$want" -gt 0 ] && [ "$got" -ge "$want" ]
}

# few_passes WHERE: no point took more passes than the float roofline takes on its chip by CUPTI's own plan.
few_passes() {
    local chip=$1 most
    chip=$(values "$1" chip | sort -u)
    case $chip in
        GV100 | TU102) most=2 ;;
        GA100 | GA102 | GH100) most=3 ;;
        AD102 | GB100) most=4 ;;
        GB202) most=6 ;;
        '') return 2 ;;
        *) printf '%s' "$chip"; return 3 ;;
    esac
    printf '%s: ' "$chip"
    within "$1" passes 1 "$most"
}

# exits STEP STATUS
exits() {
    [ -n "$(status_of "$1")" ] || return 2
    printf 'exit %s' "$(status_of "$1")"
    [ "$(status_of "$1")" = "$2" ]
}

# says FILE PATTERN: a line of that log.
says() { grep -m 1 -E "$2" "$out/logs/$1" || { printf 'nothing like it'; return 1; }; }

# said STEP KEY: what a program of ours told in a line key=value.
said() { sed -n "s/^$2=//p" "$out/logs/$1.log" 2>/dev/null | tail -n 1; }

# no_slower STEP SECONDS: it ended well, and took at most that.
no_slower() {
    [ -n "${seconds[$1]:-}" ] || return 2
    printf '%s s, exit %s' "${seconds[$1]}" "$(status_of "$1")"
    [ "$(status_of "$1")" = 0 ] && awk -v a="${seconds[$1]}" -v b="$2" 'BEGIN { exit !(a <= b) }'
}

gpu_name() { values 1 device | sort -u | paste -sd, | grep . || printf 'no GPU'; }
# driver_version [FILE]: of the loaded module. A date with a time of day ends that line.
driver_version() { sed -n 's/^NVRM version:[^(]* \([0-9]\{3,\}\.[0-9.]*\) .*/\1/p' "${1:-/proc/driver/nvidia/version}" 2>/dev/null | grep . || printf 'none'; }
