// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/refusal.hpp"

#include "collector/cupti/error.hpp"

namespace ridge::inject {
namespace {

bool holdsEverywhere(const Error& error) {
    if (error.code() == ExitCode::noGpu) return true;
    const auto* told = dynamic_cast<const cupti::CuptiError*>(&error);
    if (told == nullptr) return false;
    switch (told->result()) {
        case CUPTI_ERROR_INSUFFICIENT_PRIVILEGES:
        case CUPTI_ERROR_VIRTUALIZED_DEVICE_INSUFFICIENT_PRIVILEGES:
        case CUPTI_ERROR_HARDWARE_BUSY:
        case CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED:
        case CUPTI_ERROR_DISABLED:
        case CUPTI_ERROR_OLD_PROFILER_API_INITIALIZED:
            return true;
        default:
            return false;
    }
}

}  // namespace

Refusal refusalFor(const std::exception& error) {
    if (const auto* known = dynamic_cast<const Error*>(&error))
        return {known->code(), known->what(), known->hint(), holdsEverywhere(*known)};
    return {ExitCode::failed, error.what(), "run 'ridge doctor'"};
}

}  // namespace ridge::inject
