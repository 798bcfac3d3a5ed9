// SPDX-License-Identifier: Apache-2.0
// Element types of GEMM operands: their size, and the compute ceiling they are held against.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ridge::shape {

struct Dtype {
    std::string_view name;         ///< column `dtype`
    std::int64_t bytes = 0;        ///< of one element; operands and result are of the same type
    std::string_view computePath;  ///< ceiling with fp32 accumulation: tensor_bf16, ...
};

/// nullopt for a name that is none of dtypeNames().
[[nodiscard]] std::optional<Dtype> dtype(std::string_view name) noexcept;
[[nodiscard]] std::string dtypeNames();  ///< "bf16, fp16, ..."

}  // namespace ridge::shape
