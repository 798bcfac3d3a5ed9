// SPDX-License-Identifier: Apache-2.0
// A failed CUPTI call: what it means for this machine and what lifts it.
#pragma once

#include <cupti_result.h>

#include <source_location>
#include <string>
#include <string_view>

#include "db/model/error.hpp"

namespace ridge::cupti {

/// Exit code `notPermitted` where the counters may not be read on this machine or device (time still can be:
/// --metrics none), `noGpu` where CUPTI finds no device or driver, `failed` for everything else.
class CuptiError : public Error {
 public:
    CuptiError(CUptiResult result, const std::source_location& where);
    /// For whoever knows more of it than the code alone says.
    CuptiError(CUptiResult result, const Error& meaning) : Error(meaning), m_result(result) {}

    [[nodiscard]] CUptiResult result() const noexcept { return m_result; }

 private:
    CUptiResult m_result;
};

/// "CUPTI_ERROR_HARDWARE_BUSY" as cupti_result.h spells it; empty for codes that it does not name.
[[nodiscard]] std::string_view nameOf(CUptiResult result) noexcept;

/// What the code says about the machine, and what the user can do; both for doctor as well.
struct Translation {
    ExitCode code = ExitCode::failed;
    std::string text, hint;
    bool known =
        true;  ///< false: the code says nothing a user could act on, so the place in the source is told too
};
[[nodiscard]] Translation translate(CUptiResult result);

/// Throws CuptiError unless `result` is CUPTI_SUCCESS.
void check(CUptiResult result, const std::source_location& where = std::source_location::current());

}  // namespace ridge::cupti
