#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Arithmetic and planning are tested without a GPU, every line of them: fails where one is not executed. Prints a table of
# files, lines and what was missed. Arguments go to gcovr: tests/coverage.sh --branches --exclude-throw-branches
source "$(dirname "${BASH_SOURCE[0]}")/../share/setup.sh"
preset=coverage
build=build/$preset

layers=(
    db/analysis
    db/model
    workloads/shape
    workloads/plan
    workloads/ceilings/load_plan
    workloads/gemm/gemm_problem
    workloads/gemm/tile_layout
    workloads/transformer/execution_order
    collector/cli/point_formats
    collector/cli/units
    collector/cupti/host_profiler
    collector/cupti/pass_groups
    collector/cupti/planner
    collector/cupti/replays
    collector/cupti/succession
    collector/cupti/toolkit
    collector/doctor/container
    collector/doctor/counter_findings
    collector/doctor/driver_findings
    collector/doctor/finding
    collector/doctor/gpu_findings
    collector/doctor/machine_facts
    collector/doctor/permission
    collector/doctor/proc
    collector/inject/first_row
    collector/inject/graph_order
    collector/inject/idle_traffic
    collector/inject/interval
    collector/inject/kernel_catalog
    collector/inject/kernel_name
    collector/inject/launch_gate
    collector/inject/launch_measurement
    collector/inject/launch_record
    collector/inject/node_launch
    collector/inject/nvtx_expression
    collector/inject/nvtx_ranges
    collector/inject/options
    collector/inject/pattern
    collector/inject/range_round
    collector/inject/refusal
    collector/inject/ridge_range
    collector/inject/selection
    collector/metrics
    collector/nvml/clock_events
    collector/nvml/clock_lock
    collector/nvml/device
    collector/supervisor/asked_point
    collector/supervisor/ceiling_outcome
    collector/supervisor/checkup
    collector/supervisor/gpu_log
    collector/supervisor/modeling
    collector/supervisor/own_processes
    collector/supervisor/profile_events
    collector/supervisor/program_watch
    collector/supervisor/recorded
    collector/supervisor/selection
    collector/supervisor/timing_table
    collector/worker/ceiling_result
    collector/worker/clock_holder
    collector/worker/idle_traffic
    collector/worker/known_zeros
    collector/worker/point_counters
    collector/worker/power_window
    collector/worker/range_plan
    collector/worker/stopping_rule
)
tests=(
    analysis_test cupti_test doctor_test inject_test injection_test metrics_test nvml_test plan_test range_profiler_test
    supervisor_test worker_test workloads_test
)

fail() { printf 'tests/coverage.sh: %s\n' "$*" >&2; exit 1; }
install_packages gcovr
configure tests
find "$build" -name '*.gcda' -delete
compile "${tests[@]}"
say "Running ${tests[*]}"
pattern=$(IFS='|'; echo "^(${tests[*]})\$")
ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$(nproc)" -R "$pattern" >build/coverage.log 2>&1 ||
    { cat build/coverage.log; fail "a test failed"; }

# Code that no target compiles, or that counts without a reason, must not pass for covered.
if git grep -n 'GCOVR_EXCL\|LCOV_EXCL' -- "${layers[@]/%/*}" | grep -v 'EXCL_[A-Z_]*: '; then fail "excluded without a reason"; fi
say "Lines of arithmetic and planning"
gcovr --root . --object-directory "$build" "${layers[@]/#/--filter=}" --fail-under-line 100 \
    "$@" "$build" | tee build/coverage.txt
for file in $(git ls-files "${layers[@]/%/*.cpp}"); do
    grep -qF "$file" build/coverage.txt || fail "$file is in no test"
done
