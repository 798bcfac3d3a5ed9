#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# libridge_inject.so is loaded into programs of any container: it needs a C library of 2022 and nothing else, and shows two names.
# usage: injection_needs_test.sh FILE
set -euo pipefail
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

others=$(objdump -p "$1" | awk '$1 == "NEEDED" { print $2 }' |
    grep -vxE 'lib(c|m|dl|pthread|rt|asan|tsan|ubsan)\.so\.[0-9]+|ld-linux-.*' || true)
[ -z "$others" ] || die "it needs $others"

# 2.35 is Ubuntu 22.04's, which most images of CUDA are made from.
newest=$(objdump -T "$1" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
[ -n "$newest" ] || die "no symbol of glibc: is $1 a library?"
[ "$(printf '%s\n' "$newest" GLIBC_2.35 | sort -V | tail -n 1)" = GLIBC_2.35 ] ||
    die "$(objdump -T "$1" | grep "$newest") needs a newer glibc than 2.35"

shown=$(nm -D --defined-only "$1" | awk '{ print $3 }' | sort | paste -sd' ')
[ "$shown" = "InitializeInjection InitializeInjectionNvtx2" ] || die "it shows $shown"
