# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by acceptance: questions to the results file, through ridge show alone, and judgements on the answers.

# values WHERE COLUMN...: a line a point, tab-separated, in the order of the file; nothing where no point matches.
values() {
    local where=$1
    shift
    [ -e "$results" ] || return 0
    ridge show "$results" --format csv --where "$where" 2>/dev/null | awk -v wanted="$*" '
        function split_csv(line, cells,    n, i, c, quoted) { # RFC 4180, without line ends in cells
            n = 1; cells[1] = ""
            for (i = 1; i <= length(line); ++i) {
                c = substr(line, i, 1)
                if (c == "\"" && quoted && substr(line, i + 1, 1) == "\"") { cells[n] = cells[n] c; ++i }
                else if (c == "\"") quoted = !quoted
                else if (c == "," && !quoted) cells[++n] = ""
                else cells[n] = cells[n] c
            }
            return n
        }
        /^#/ && !header { next }
        !header { n = split_csv($0, names); for (i = 1; i <= n; ++i) at[names[i]] = i; header = 1; next }
        {
            split_csv($0, cells); count = split(wanted, columns, " "); line = ""
            for (i = 1; i <= count; ++i) line = line (i > 1 ? "\t" : "") cells[at[columns[i]]]
            print line
        }'
}

# over: "N MIN MEDIAN MAX" of the numbers on standard input, empty lines left out.
over() {
    grep -v '^$' | sort -g | awk '{ v[NR] = $1 } END { if (NR) printf "%d %.6g %.6g %.6g\n", NR, v[1], v[int((NR + 1) / 2)], v[NR] }'
}

count() { values "$1" point_id | grep -c .; }

# within WHERE COLUMN LOW HIGH: every value of the column lies there.
within() {
    local n low middle high
    read -r n low middle high < <(values "$1" "$2" | over)
    [ -n "${n:-}" ] || return 2
    printf '%s to %s, median %s (%s points)' "$low" "$high" "$middle" "$n"
    awk -v a="$low" -v b="$high" -v low="$3" -v high="$4" 'BEGIN { exit !(a >= low && b <= high) }'
}

# spread WHERE COLUMN LIMIT: (largest - smallest) / median.
spread() {
    local n low middle high relative
    read -r n low middle high < <(values "$1" "$2" | over)
    [ "${n:-0}" -ge 2 ] || return 2
    relative=$(awk -v a="$low" -v m="$middle" -v b="$high" 'BEGIN { printf "%.4f", (b - a) / m }')
    printf '%s over %s runs, median %s' "$relative" "$n" "$middle"
    awk -v r="$relative" -v limit="$3" 'BEGIN { exit !(r <= limit) }'
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
planned() { ridge collect "$@" --dry-run --json 2>/dev/null | grep -c '"event":"planned"'; }

# all_there PLAN CACHE: every planned point of it stands in the file, none failed.
all_there() {
    local want got
    want=$(planned "$1") got=$(count "plan = '$1' AND cache = '$2' AND status <> 'failed'")
    printf '%s of %s points' "$got" "$want"
    [ "$want" -gt 0 ] && [ "$got" -ge "$want" ]
}

# by_duration CACHE: the byte curve, the mean of each decade of duration. Tells, and judges nothing but that it is there.
by_duration() {
    local text
    text=$(values "tags = '' AND cache = '$1' AND plan = 'batch-invariant' AND status = 'ok' AND byte_inflation > 0" time_ns byte_inflation |
        awk '{ d = int(log($1) / log(10)); n[d]++; s[d] += $2 } END { for (d = 3; d < 9; ++d) if (n[d]) printf "1e%d ns: %.3f; ", d, s[d] / n[d] }')
    [ -n "$text" ] || return 2
    printf '%s' "$text"
}

# ceiling_share NAME SHARE: of the datasheet, as ridge ceilings measured and stored it.
ceiling_share() {
    local share
    share=$(grep "\"name\":\"$1\"" "$out/logs/ceilings.log" | grep -o '"of_datasheet":[0-9.e+-]*' | cut -d: -f2)
    [ -n "$share" ] || return 2
    printf '%s of the datasheet' "$share"
    awk -v share="$share" -v least="$2" 'BEGIN { exit !(share >= least) }'
}

# exits STEP STATUS
exits() {
    [ -n "$(status_of "$1")" ] || return 2
    printf 'exit %s' "$(status_of "$1")"
    [ "$(status_of "$1")" = "$2" ]
}

# says STEP PATTERN: on standard error.
says() {
    grep -m 1 -E "$2" "$out/logs/$1.err" || { printf 'nothing like it'; return 1; }
}

# times_longer STEP BASE LIMIT: wall times of two steps.
times_longer() {
    [ "$(status_of "$1")" = 0 ] && [ "$(status_of "$2")" = 0 ] || return 2
    awk -v a="${seconds[$1]}" -v b="${seconds[$2]}" -v limit="$3" \
        'BEGIN { printf "%.3f (%s s against %s s)", a / b, a, b; exit !(a / b <= limit) }'
}

gpu_name() { values 1 device | sort -u | paste -sd, | grep . || printf 'no GPU'; }
driver_version() { sed -n 's/^NVRM version:.* \([0-9][0-9.]*\) .*/\1/p' /proc/driver/nvidia/version 2>/dev/null | grep . || printf 'none'; }
