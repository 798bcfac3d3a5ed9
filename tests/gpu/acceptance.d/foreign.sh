# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by acceptance: programs that know nothing of ridge. PyTorch and Triton where python3 has them.
step profile-true 30 ridge profile -o "$results" -- true
claim profile-true "exit 0" "a program without CUDA is let through" exits profile-true 0
claim profile-true "a note" "and ridge says that it used no CUDA" says profile-true CUDA
step profile-status 30 ridge profile -o "$results" -- sh -c 'exit 7'
claim profile-status "exit 7" "a program's own exit status is passed on" exits profile-status 7

has() { [ -z "$blocked" ] && timeout 60 python3 -c "import $1" 2>/dev/null; }
decode=$parts/decode.py matmul=$parts/matmul.py
if has torch; then
    step native-decode 60 python3 "$decode"
    step kernel-decode 100 ridge profile -o "$results" --mode kernel --nvtx "step/" --count 200 -- python3 "$decode"
    step range-decode 100 ridge profile -o "$results" --mode range --nvtx "step/" -- python3 "$decode"
else
    for name in native-decode kernel-decode range-decode; do refuse "$name" "python3 has no torch"; done
fi
claim kernel-decode "exit 0" "a PyTorch decode is profiled kernel by kernel" exits kernel-decode 0
claim kernel-decode "> 0" "every kernel of it has DRAM bytes" within "operator = 'kernel' AND params LIKE '%decode.py%' OR operator = 'kernel'" dram_bytes 0 1e15
claim range-decode "exit 0" "a PyTorch decode is profiled range by range" exits range-decode 0
claim range-decode "none" "every range of it has bytes and FLOPs" none "dram_bytes IS NULL OR flops_executed IS NULL" "operator = 'range'"

if has triton; then
    step triton 120 ridge profile -o "$results" --mode kernel --kernel matmul_kernel -- python3 "$matmul"
else
    refuse triton "python3 has no triton"
fi
claim triton "exit 0" "a Triton GEMM of the published tile is profiled" exits triton 0
