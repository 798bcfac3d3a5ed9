// SPDX-License-Identifier: Apache-2.0
#include "workloads/transformer/execution_order.hpp"

#include <string>

#include "tests/support/catch.hpp"
#include "workloads/gemm/gemm.hpp"

using namespace ridge::workloads;

namespace {

Part leaf(std::int64_t n, std::int64_t repeats = 1) {
    return {GemmProblem{1, 64, {n}, 1, DType::bf16, Layout::nt, Implementation::cublas}, repeats, {}};
}

/// "0.1 1.1": leaf.turn of every launch.
std::string textOf(const ExecutionOrder& order) {
    std::string text;
    for (const Launch& launch : order.launches) {
        if (!text.empty()) text += ' ';
        text += std::to_string(launch.leaf) + "." + std::to_string(launch.turn);
    }
    return text;
}

}  // namespace

TEST_CASE("a single operator is one launch, however often a parent would run it") {
    const ExecutionOrder order = executionOrder(leaf(64, 36));
    CHECK(textOf(order) == "0.0");
    CHECK(order.turns == std::vector<std::int64_t>{1});
}

TEST_CASE("operators with equal repeats take turns, what follows runs after them") {
    const Part step{std::nullopt, 1, {leaf(1, 3), leaf(2, 3), leaf(3)}};
    CHECK(textOf(executionOrder(step)) == "0.0 1.0 0.1 1.1 0.2 1.2 2.0");
}

TEST_CASE("layers nest in steps and turns go on counting") {
    const Part layer{std::nullopt, 2, {leaf(1), leaf(2, 2)}};
    const Part step{std::nullopt, 1, {layer, leaf(3)}};
    const ExecutionOrder order = executionOrder(step);
    CHECK(textOf(order) == "0.0 1.0 1.1 0.1 1.2 1.3 2.0");
    CHECK(order.turns == std::vector<std::int64_t>{2, 4, 1});
}

TEST_CASE("operands rotate over enough sets to leave the cache") {
    const ExecutionOrder order = executionOrder(leaf(128));
    const std::size_t set = operandBytes(order, 1, 1);
    CHECK(set == weightBytes(order.leaves[0]) + activationBytes(order.leaves[0]));
    const auto copies = operandCopies(order, 10 * set + 1, 1000 * set);
    REQUIRE(copies);
    CHECK(copies->sets == 11);
    CHECK(copies->bytes == 11 * set);
    CHECK(operandCopies(order, 0, 1000 * set)->sets == 1);
    CHECK(operandCopies(order, 10 * set, 3 * set)->sets == 3);
}

TEST_CASE("distinct weights per turn give way to memory, and one copy that does not fit is refused") {
    const Part step{std::nullopt, 1, {leaf(4096, 10)}};
    const ExecutionOrder order = executionOrder(step);
    CHECK(operandCopies(order, 0, operandBytes(order, 1, 10))->turnWeights == 10);
    CHECK(operandCopies(order, 0, operandBytes(order, 1, 10) - 1)->turnWeights == 9);
    CHECK(operandCopies(order, 0, operandBytes(order, 1, 1))->turnWeights == 1);
    CHECK_FALSE(operandCopies(order, 0, operandBytes(order, 1, 1) - 1));
}
