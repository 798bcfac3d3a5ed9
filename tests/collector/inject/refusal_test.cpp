// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/refusal.hpp"

#include <new>
#include <source_location>

#include "collector/cupti/error.hpp"
#include "collector/cupti/gate.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using inject::refusalFor;

TEST_CASE("another profiler, no GPU and no permission hold everywhere; what befalls one device does not") {
    const auto holds = [](CUptiResult result) {
        return refusalFor(cupti::CuptiError(result, std::source_location::current())).everywhere;
    };
    for (const CUptiResult result :
         {CUPTI_ERROR_INSUFFICIENT_PRIVILEGES, CUPTI_ERROR_VIRTUALIZED_DEVICE_INSUFFICIENT_PRIVILEGES,
          CUPTI_ERROR_HARDWARE_BUSY, CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED, CUPTI_ERROR_DISABLED,
          CUPTI_ERROR_OLD_PROFILER_API_INITIALIZED, CUPTI_ERROR_NOT_INITIALIZED}) {
        INFO(static_cast<int>(result));
        CHECK(holds(result));
    }
    for (const CUptiResult result :
         {CUPTI_ERROR_OUT_OF_MEMORY, CUPTI_ERROR_UNKNOWN, CUPTI_ERROR_NOT_SUPPORTED,
          CUPTI_ERROR_MIG_DEVICE_NOT_SUPPORTED, CUPTI_ERROR_INVALID_CONTEXT}) {
        INFO(static_cast<int>(result));
        CHECK_FALSE(holds(result));
    }
    CHECK(refusalFor(Error(ExitCode::noGpu, "none")).everywhere);
    CHECK_FALSE(refusalFor(Error(ExitCode::failed, "a launch does not return")).everywhere);
    const auto memory = refusalFor(std::bad_alloc());
    CHECK_FALSE(memory.everywhere);
    CHECK_FALSE(memory.hint.empty());
}

TEST_CASE("what the gate found keeps its sentence and CUPTI's reason") {
    const auto refusalOf = [](CUptiResult result) {
        cupti::Gate gate;
        gate.step = cupti::GateStep::profilerRefused;
        gate.code = ExitCode::notPermitted;
        gate.text = "why";
        gate.cuptiStatus = result;
        try {
            cupti::requireOpen(gate);
        } catch (const Error& error) {
            return refusalFor(error);
        }
        return inject::Refusal{};
    };
    const auto denied = refusalOf(CUPTI_ERROR_INSUFFICIENT_PRIVILEGES);
    CHECK(denied.everywhere);
    CHECK(denied.code == ExitCode::notPermitted);
    CHECK(denied.message == "why");
    CHECK_FALSE(refusalOf(CUPTI_ERROR_NOT_SUPPORTED).everywhere);
}
