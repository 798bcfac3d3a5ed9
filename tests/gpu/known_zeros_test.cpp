// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/known_zeros.hpp"

#include "tests/support/catch.hpp"

using namespace ridge;
using worker::KnownZeros;
using Texts = std::set<std::string>;

namespace {

const std::string bf16 = "sm__ops_path_tensor_src_bf16_dst_fp32.sum",
                  tf32 = "sm__ops_path_tensor_src_tf32_dst_fp32.sum",
                  dfma = "smsp__sass_thread_inst_executed_op_dfma_pred_on.sum",
                  bytes = "dram__bytes_write.sum";

workloads::GemmProblem product(std::int64_t m) {
    return {
        m, 64, {128}, 1, workloads::DType::bf16, workloads::Layout::nn, workloads::Implementation::cublas};
}

}  // namespace

TEST_CASE("only counters of what was executed are learned, and only where they were zero") {
    KnownZeros zeros;
    CHECK(zeros.of({product(1)}).empty());
    zeros.learn({product(1)}, {{bf16, 8}, {tf32, 0}, {dfma, 0}, {bytes, 0}});
    CHECK(zeros.of({product(1)}) == Texts{tf32, dfma});
}

TEST_CASE("another shape, type, layout or implementation may run another kernel") {
    KnownZeros zeros;
    zeros.learn({product(1)}, {{tf32, 0}});
    CHECK(zeros.of({product(2)}).empty());
    workloads::GemmProblem changed = product(1);
    changed.type = workloads::DType::tf32;
    CHECK(zeros.of({changed}).empty());
    changed = product(1);
    changed.layout = workloads::Layout::nt;
    CHECK(zeros.of({changed}).empty());
    changed = product(1);
    changed.implementation = workloads::Implementation::fixedTile;
    CHECK(zeros.of({changed}).empty());
    changed = product(1);
    changed.products = 2;
    CHECK(zeros.of({changed}).empty());
}

TEST_CASE("a layer needs nothing that all of its operators do without, and tells the same of each") {
    KnownZeros zeros;
    zeros.learn({product(1)}, {{tf32, 0}, {dfma, 0}});
    CHECK(zeros.of({product(1), product(2)}).empty());
    zeros.learn({product(2)}, {{tf32, 0}, {bf16, 0}});
    CHECK(zeros.of({product(1), product(2)}) == Texts{tf32});
    zeros.learn({product(3), product(4)}, {{tf32, 0}, {bf16, 8}});
    CHECK(zeros.of({product(4)}) == Texts{tf32});
    CHECK(zeros.of({}).empty());
}

TEST_CASE("what was contradicted is forgotten") {
    KnownZeros zeros;
    zeros.learn({product(1), product(2)}, {{tf32, 0}});
    zeros.forget({product(1)});
    CHECK(zeros.of({product(1)}).empty());
    CHECK(zeros.of({product(2)}) == Texts{tf32});
}
