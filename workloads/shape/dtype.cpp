// SPDX-License-Identifier: Apache-2.0
#include "workloads/shape/dtype.hpp"

#include <algorithm>
#include <array>

namespace ridge::shape {
namespace {

constexpr std::array<Dtype, 5> dtypes{{
    {"bf16", 2, "tensor_bf16"},
    {"fp16", 2, "tensor_fp16"},
    {"tf32", 4, "tensor_tf32"},
    {"fp32", 4, "fp32"},
    {"fp64", 8, "fp64"},
}};

}  // namespace

std::optional<Dtype> dtype(std::string_view name) noexcept {
    const auto* found =
        std::find_if(dtypes.begin(), dtypes.end(), [&](const Dtype& d) { return d.name == name; });
    return found == dtypes.end() ? std::nullopt : std::optional(*found);
}

std::string dtypeNames() {
    std::string names;
    for (const Dtype& d : dtypes) names += (names.empty() ? "" : ", ") + std::string(d.name);
    return names;
}

}  // namespace ridge::shape
