#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a portable build installs needs glibc alone, finds its data beside it, and fits into one transfer.
# usage: portable_test.sh BUILD_FOLDER
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cmake --install "$1" --prefix "$folder/ridgepoint" --strip >/dev/null
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

mkdir "$folder/empty"
cd "$folder/empty"
ridge=$folder/ridgepoint/bin/ridge
for file in "$folder"/ridgepoint/bin/* "$folder"/ridgepoint/lib*/*.so; do
    [ -e "$file" ] || continue
    others=$(objdump -p "$file" | awk '$1 == "NEEDED" { print $2 }' |
        grep -vxE 'lib(c|m|dl|pthread|rt)\.so\.[0-9]+|ld-linux-.*' || true)
    [ -z "$others" ] || die "$file needs $others"
    printf '%-18s %9d bytes, needs %s\n' "$(basename "$file")" "$(stat -c %s "$file")" \
        "$(objdump -T "$file" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)"
done
[ "$(du -sm "$folder/ridgepoint" | cut -f1)" -lt 30 ] || die "the folder is $(du -sh "$folder/ridgepoint" | cut -f1)"

env -i "$ridge" --version | grep -q '^ridge [0-9]' || die "no version"
env -i "$ridge" collect llama-13b --model "NVIDIA A40" -o x.db 2>log || die "cannot model: $(cat log)"
[ "$(env -i "$ridge" show x.db --format csv | grep -c llama-13b)" -gt 500 ] || die "what was modelled is not there"
if [ -x "$folder/ridgepoint/bin/ridge-worker" ]; then
    env -i "$ridge" list metrics --chip GH100 | grep -q roofline || die "no metric sets"
    env -i "$folder/ridgepoint/bin/ridge-worker" --libraries
fi
