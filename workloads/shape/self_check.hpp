// SPDX-License-Identifier: Apache-2.0
// Work whose FLOPs or bytes arithmetic knows, to hold counters against; and the verdict.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ridge::shape {

/// A closed form counts either bytes (copy) or the operations of one compute path.
struct ClosedForm {
    std::string_view name;   ///< copy, fp64, ..., gemm_int8
    std::string_view op;     ///< column `operator`: copy, fma, gemm; empty
    std::string_view dtype;  ///< of its operands; empty where it has none
    std::string_view path;   ///< whose counter is checked, "dram" for bytes, "flops" for all paths
    double tolerance = 0;    ///< relative
    std::string_view why;    ///< what makes up the tolerance
};

/// What the self-check holds counters against.
[[nodiscard]] std::span<const ClosedForm> closedForms() noexcept;
/// Those, and what only fixtures are made of: multiply-adds that half or none of the lanes execute, a kernel
/// that does nothing.
[[nodiscard]] std::span<const ClosedForm> recordedForms() noexcept;
/// Throws ridge::Error (usage) for a name that is none of recordedForms().
[[nodiscard]] const ClosedForm& closedForm(std::string_view name);

struct Verdict {
    bool ok = false;
    std::string text;  ///< "6.87e9 counted, 6.87e9 expected", and the deviation where there is one
};

/// Where nothing is expected, nothing but zero is right. Off when nothing was counted (`reason` says why) or
/// the count deviates by more than the tolerance.
[[nodiscard]] Verdict judge(const ClosedForm& form, double expected, std::optional<double> counted,
                            const std::string& reason);

}  // namespace ridge::shape
