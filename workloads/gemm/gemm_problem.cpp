// SPDX-License-Identifier: Apache-2.0
#include "workloads/gemm/gemm_problem.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "db/model/error.hpp"

namespace ridge::workloads {
namespace {

template <class Enum>
using Names = std::initializer_list<std::pair<std::string_view, Enum>>;

template <class Enum>
Enum enumOf(std::string_view what, std::string_view text, Names<Enum> names) {
    std::string known;
    for (const auto& [name, value] : names) {
        if (name == text) return value;
        known += (known.empty() ? "" : ", ") + std::string(name);
    }
    throw Error(ExitCode::failed, fmt::format("the worker runs no {} '{}'", what, text),
                fmt::format("it runs {}", known));
}

std::int64_t required(const std::optional<std::int64_t>& value, std::string_view column) {
    if (!value || *value <= 0) {
        throw Error(ExitCode::failed, fmt::format("the point has no positive {}", column),
                    "a point that is run needs m, n and k");
    }
    return *value;
}

bool isAttention(const db::Point& point) {
    return point.op == "qk" || point.op == "pv";
}

/// How many products of M x N x K the algorithmic FLOPs stand for; 1 where the plan does not say.
double productCount(const db::Point& point, const GemmProblem& problem) {
    const double one = problem.flops();
    return point.flopsAlgorithmic && one > 0 ? *point.flopsAlgorithmic / one : 1.0;
}

Error contradiction(const db::Point& point, double products) {
    return {ExitCode::failed,
            fmt::format("{}: m, n and k stand for {:.6g} of the plan's products, which fits no such operator",
                        point.op, products),
            "correct the plan's shape: flops_algorithmic is 2 m n k times the number of products"};
}

/// Query heads that share a KV head become rows of one product.
void arrangeAttention(const db::Point& point, GemmProblem& problem, double products) {
    const auto instances = static_cast<std::int64_t>(std::llround(products));
    const std::int64_t batch = point.batch.value_or(1);
    if (std::abs(products - static_cast<double>(instances)) > 1e-6 || instances % batch != 0) {
        throw contradiction(point, products);
    }
    const std::int64_t heads = instances / batch;
    const std::int64_t kvHeads = point.kvHeads.value_or(heads);
    if (kvHeads <= 0 || heads % kvHeads != 0) throw contradiction(point, products);
    problem.m *= heads / kvHeads;
    problem.products = batch * kvHeads;
    // Keys and values are stored [kv head][position][head dim]: B of QK^T is K transposed, B of PV is V as it
    // is.
    problem.layout = point.op == "qk" ? Layout::nt : Layout::nn;
}

/// Q has N columns; what the FLOPs leave over is K and V, of one width.
void arrangeQkv(const db::Point& point, GemmProblem& problem, double products) {
    const double left = (products - 1) * static_cast<double>(problem.columns.front());
    const auto width = static_cast<std::int64_t>(std::llround(left / 2));
    if (std::abs(left - 2 * static_cast<double>(width)) > 1e-3 || width < 0)
        throw contradiction(point, products);
    if (width > 0) problem.columns.insert(problem.columns.end(), 2, width);
}

}  // namespace

std::size_t bytesOf(DType type) noexcept {
    switch (type) {
        case DType::bf16:
        case DType::fp16:
            return 2;
        case DType::tf32:
        case DType::fp32:
            return 4;
        case DType::fp64:
            break;
    }
    return 8;
}

double GemmProblem::flops() const noexcept {
    double n = 0;
    for (const std::int64_t width : columns) n += static_cast<double>(width);
    return 2.0 * static_cast<double>(m) * n * static_cast<double>(k) * static_cast<double>(products);
}

GemmProblem gemmProblem(const db::Point& point) {
    GemmProblem problem;
    problem.m = required(point.m, "m");
    problem.k = required(point.k, "k");
    problem.columns = {required(point.n, "n")};
    problem.type = enumOf<DType>("dtype", point.dtype,
                                 {{"bf16", DType::bf16},
                                  {"fp16", DType::fp16},
                                  {"tf32", DType::tf32},
                                  {"fp32", DType::fp32},
                                  {"fp64", DType::fp64}});
    problem.layout = enumOf<Layout>("layout", point.layout.empty() ? "nn" : point.layout,
                                    {{"nn", Layout::nn}, {"nt", Layout::nt}});
    problem.implementation = enumOf<Implementation>(
        "implementation", point.implementation,
        {{"cublas", Implementation::cublas}, {"fixed-tile", Implementation::fixedTile}});
    const double products = productCount(point, problem);
    if (isAttention(point)) {
        arrangeAttention(point, problem, products);
    } else if (point.op == "qkv") {
        arrangeQkv(point, problem, products);
    } else if (std::abs(products - 1) > 1e-6) {
        throw contradiction(point, products);
    }
    return problem;
}

}  // namespace ridge::workloads
