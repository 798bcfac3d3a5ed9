// SPDX-License-Identifier: Apache-2.0
// A plan as its TOML file says it: which operators of which model, over which axes, measured how.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ridge::plan {

/// When unprofiled repetitions end: at least `minSamples` and `minTimeS`, then as soon as the relative spread
/// is at most `spread`, at the latest after `maxTimeS`.
struct Repetition {
    int minSamples = 10;
    double minTimeS = 0.5;
    double maxTimeS = 15;
    double spread = 0.005;
};

/// A plain product whose M is the axis `tokens`: C[tokens,n] = A[tokens,k] B[k,n].
struct GemmDims {
    std::string name;  ///< into params
    std::int64_t n = 0, k = 0;
};

/// What proposes the candidates of a speculative step: one forward of `model` for each of `passes`, with that
/// many new tokens per sequence.
struct Draft {
    std::string model;
    std::vector<std::int64_t> passes;
};

/// One legend entry: operators of one phase over axes. Axes: batch, seq and spec for a model's operators,
/// tokens for a plain gemm.
struct Series {
    std::string label;  ///< `{spec}` and the like stand for the setting's value
    std::string phase;  ///< init, ar, spec; empty for a plain gemm
    std::string implementation;
    std::vector<std::string> operators;
    std::map<std::string, std::vector<std::int64_t>>
        axes;  ///< the plan's own axes with the series' over them
    std::optional<GemmDims> gemm;
    std::optional<Draft> draft;
    std::optional<double> emittedTokens;  ///< per sequence and speculative step; an assumption, not a result
};

struct Plan {
    std::string name, title, workload, model, dtype, layout, metricSet, cache;
    bool contextHoldsStep = false;  ///< K length of QK^T: s + q (GPT-2) instead of s (Llama)
    Repetition repetition;
    std::vector<Series> series;
};

/// Loads a plan by NAME in share/plans or by PATH. Throws ridge::Error (usage): unknown name with the nearest
/// ones, or FILE:LINE:COLUMN for what does not parse or does not fit.
[[nodiscard]] Plan load(std::string_view nameOrPath);

/// `AXIS=V1,V2` of --set: replaces the axis in every series that has it, plan order kept. Throws ridge::Error
/// (usage) when no series has it, naming the axes there are, or a value is not a positive integer.
void replaceAxis(Plan& plan, std::string_view assignment);

}  // namespace ridge::plan
