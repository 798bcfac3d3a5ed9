// SPDX-License-Identifier: Apache-2.0
#include "workloads/shape/operator.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ridge::shape {
namespace {

std::vector<Gemm> qkv(const Llm& llm, std::int64_t t) {
    const std::int64_t queries = llm.heads * llm.headDim;
    const std::int64_t keys = llm.kvHeads * llm.headDim;
    if (llm.fusedQkv) return {{t, queries + 2 * keys, llm.hidden}};
    return {{t, queries, llm.hidden}, {t, keys, llm.hidden}, {t, keys, llm.hidden}};
}

}  // namespace

std::vector<std::string_view> layerOperators(const Llm& llm) {
    if (llm.gated) return {"qkv", "qk", "pv", "out", "up", "gate", "down"};
    return {"qkv", "qk", "pv", "out", "fc1", "fc2"};
}

bool hasOperator(const Llm& llm, std::string_view op) {
    const auto operators = layerOperators(llm);
    return op == "lm_head" || std::find(operators.begin(), operators.end(), op) != operators.end();
}

bool isAttention(std::string_view op) noexcept {
    return op == "qk" || op == "pv";
}

std::vector<Gemm> gemmsOf(std::string_view op, const Llm& llm, const Pass& pass) {
    const std::int64_t t = pass.tokens();
    const std::int64_t count = pass.batch * llm.heads;
    const std::int64_t sharing = llm.heads / llm.kvHeads;
    if (op == "qkv") return qkv(llm, t);
    if (op == "qk") return {{pass.queries, pass.context, llm.headDim, count, sharing}};
    if (op == "pv") return {{pass.queries, llm.headDim, pass.context, count, sharing}};
    if (op == "out") return {{t, llm.hidden, llm.heads * llm.headDim}};
    if (op == "up" || op == "gate" || op == "fc1") return {{t, llm.ffn, llm.hidden}};
    if (op == "down" || op == "fc2") return {{t, llm.hidden, llm.ffn}};
    if (op == "lm_head") return {{t, llm.vocab, llm.hidden}};
    throw std::logic_error("no shape for operator '" + std::string(op) + "'");
}

double flops(const std::vector<Gemm>& gemms) noexcept {
    double sum = 0;
    for (const Gemm& gemm : gemms) sum += flops(gemm);
    return sum;
}

double compulsoryElements(const std::vector<Gemm>& gemms) noexcept {
    double sum = 0;
    for (const Gemm& gemm : gemms) sum += compulsoryElements(gemm);
    return sum;
}

double residentElements(const std::vector<Gemm>& gemms) noexcept {
    double sum = compulsoryElements(gemms);
    for (std::size_t i = 1; i < gemms.size(); ++i) {
        sum -= static_cast<double>(gemms[i].m) * static_cast<double>(gemms[i].k);
    }
    return sum;
}

}  // namespace ridge::shape
