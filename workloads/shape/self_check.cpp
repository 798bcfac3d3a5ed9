// SPDX-License-Identifier: Apache-2.0
#include "workloads/shape/self_check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "db/model/error.hpp"

namespace ridge::shape {
namespace {

/// Counters are whole numbers; shared out over executions they come back with a rounding.
constexpr double exact = 1e-9;

constexpr std::size_t recordedOnly = 3;
constexpr std::array<ClosedForm, 11 + recordedOnly> forms{{
    {"copy", "copy", "", "dram", 0.01, "the lines an L2 keeps"},
    {"fp64", "fma", "fp64", "fp64", exact, ""},
    {"fp32", "fma", "fp32", "fp32", exact, ""},
    {"half2", "fma", "fp16", "half2", 1e-3, "compilers set registers with HFMA2, which counts"},
    {"gemm_fp64", "gemm", "fp64", "fp64", 1e-3, "the products with alpha"},
    {"gemm_fp32", "gemm", "fp32", "fp32", 1e-3, "the products with alpha"},
    {"gemm_bf16", "gemm", "bf16", "tensor_bf16", exact, ""},
    {"gemm_fp16", "gemm", "fp16", "tensor_fp16", exact, ""},
    {"gemm_tf32", "gemm", "tf32", "tensor_tf32", exact, ""},
    {"gemm_fp8", "gemm", "fp8", "tensor_fp8", exact, ""},
    {"gemm_int8", "gemm", "int8", "tensor_int8", exact, ""},
    {"predicated", "fma", "fp32", "fp32", exact, ""},
    {"predicated_off", "fma", "fp32", "fp32", exact, ""},
    {"empty", "empty", "", "flops", exact, ""},
}};

/// Relative; infinite for something where nothing was expected.
double deviationOf(double counted, double expected) {
    if (expected != 0) return counted / expected - 1;
    return counted == 0 ? 0 : std::numeric_limits<double>::infinity();
}

}  // namespace

std::span<const ClosedForm> closedForms() noexcept {
    return std::span(forms).first(forms.size() - recordedOnly);
}

std::span<const ClosedForm> recordedForms() noexcept {
    return forms;
}

const ClosedForm& closedForm(std::string_view name) {
    const auto* const found = std::find_if(forms.begin(), forms.end(),
                                           [name](const ClosedForm& form) { return form.name == name; });
    if (found == forms.end())
        throw Error(ExitCode::usage, fmt::format("no closed form '{}'", name), "see ridge doctor --help");
    return *found;
}

Verdict judge(const ClosedForm& form, double expected, std::optional<double> counted,
              const std::string& reason) {
    const bool bytes = form.path == "dram";
    const std::string noun = bytes ? "bytes" : form.path == "tensor_int8" ? "operations" : "FLOPs";
    if (!counted) return {false, fmt::format("{} not counted: {}", noun, reason)};
    const double deviation = deviationOf(*counted, expected);
    const bool ok = std::abs(deviation) <= form.tolerance;
    std::string text = fmt::format("{:.6g} {} counted, {:.6g} expected", *counted, noun, expected);
    if (std::isfinite(deviation) && std::abs(deviation) > exact)
        text += fmt::format(": {:+.3g} %", 100 * deviation);
    if (!ok && form.tolerance > exact) text += fmt::format(", {:g} % allowed", 100 * form.tolerance);
    return {ok, text};
}

}  // namespace ridge::shape
