// SPDX-License-Identifier: Apache-2.0
// The roofs that v_ceilings can hold, by name.
#pragma once

#include <array>
#include <string_view>

namespace ridge::db {

struct CeilingKind {
    std::string_view name, kind, unit;  ///< as in v_ceilings
};

/// What a data sheet quotes for its memory; no kernel measures it.
inline constexpr CeilingKind quotedDram{"dram", "memory", "byte/s"};

/// In the order they are measured: memory first, then compute paths from fp64 to int8.
inline constexpr std::array<CeilingKind, 14> measuredCeilings{{
    {"dram_read", "memory", "byte/s"},
    {"dram_write", "memory", "byte/s"},
    {"dram_copy", "memory", "byte/s"},
    {"dram_triad", "memory", "byte/s"},
    {"l2_read", "memory", "byte/s"},
    {"fp64", "compute", "flop/s"},
    {"fp32", "compute", "flop/s"},
    {"half2", "compute", "flop/s"},
    {"tensor_bf16", "compute", "flop/s"},
    {"tensor_fp16", "compute", "flop/s"},
    {"tensor_fp16_acc16", "compute", "flop/s"},
    {"tensor_tf32", "compute", "flop/s"},
    {"tensor_fp8", "compute", "flop/s"},
    {"tensor_int8", "compute", "op/s"},
}};

}  // namespace ridge::db
