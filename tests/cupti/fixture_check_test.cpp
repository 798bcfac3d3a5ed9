// SPDX-License-Identifier: Apache-2.0
// What fixtures_test holds recorded images against, on values that need none.
#include "collector/worker/fixture_check.hpp"

#include <cmath>
#include <limits>

#include "db/model/error.hpp"
#include "tests/cupti/chip_plans.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

/// A fixture of GH100 in which one metric counted and all others zero.
cupti::Fixture counting(const std::string& form, const std::string& metric, double value, double expected) {
    cupti::Fixture fixture;
    fixture.work = form;
    fixture.chip = "GH100";
    fixture.metricSet = form == "copy" ? "bytes" : "roofline";
    fixture.metrics = test::metricsOf(fixture.chip, fixture.metricSet);
    fixture.expected = expected;
    for (const std::string& name : fixture.metrics) fixture.values.push_back(name == metric ? value : 0);
    return fixture;
}

bool agrees(const cupti::Fixture& fixture) {
    const auto resolution = test::resolutionOf(fixture.chip, fixture.metricSet);
    return worker::judgeFixture(fixture, resolution, fixture.values).ok;
}

const std::string multiplyAdds = "smsp__sass_thread_inst_executed_op_ffma_pred_on.sum";
const std::string bf16 = "sm__ops_path_tensor_op_hgmma_src_bf16_dst_fp32_sparsity_off.sum";

}  // namespace

TEST_CASE("a fixture agrees with arithmetic to the tolerance of its form") {
    CHECK(agrees(counting("fp32", multiplyAdds, 1e9, 2e9)));
    CHECK_FALSE(agrees(counting("fp32", multiplyAdds, 1e9 + 2, 2e9)));
    CHECK(agrees(counting("gemm_bf16", bf16, 4e12, 4e12)));
    CHECK_FALSE(agrees(counting("gemm_bf16", bf16, 2e12, 4e12)));
    CHECK_FALSE(agrees(counting("gemm_fp16", bf16, 4e12, 4e12)));
    CHECK(agrees(counting("copy", "dram__bytes_read.sum", 1.005e9, 1e9)));
    CHECK_FALSE(agrees(counting("copy", "dram__bytes_read.sum", 1.02e9, 1e9)));
}

TEST_CASE("a fixture of nothing agrees with nothing alone") {
    CHECK(agrees(counting("empty", "", 0, 0)));
    CHECK_FALSE(agrees(counting("empty", multiplyAdds, 1, 0)));
    CHECK(agrees(counting("predicated_off", "", 0, 0)));
}

TEST_CASE("a fixture whose counter was not delivered agrees with nothing") {
    cupti::Fixture fixture = counting("fp32", multiplyAdds, std::numeric_limits<double>::quiet_NaN(), 0);
    const auto verdict =
        worker::judgeFixture(fixture, test::resolutionOf(fixture.chip, fixture.metricSet), fixture.values);
    CHECK_FALSE(verdict.ok);
    CHECK_THAT(verdict.text, ContainsSubstring("FLOPs not counted: " + multiplyAdds + " is NaN"));
    fixture.work = "no such form";
    CHECK_THROWS_AS(agrees(fixture), Error);
}
