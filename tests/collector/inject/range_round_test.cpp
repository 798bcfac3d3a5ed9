// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/range_round.hpp"

#include "collector/metrics/metric_set.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using inject::RangeRound;

namespace {

using Values = std::map<std::string, double>;

const std::string bf16 = "sm__ops_path_tensor_src_bf16_dst_fp32_sparsity_off.sum",
                  int8 = "sm__ops_path_tensor_src_int8_sparsity_off.sum",
                  tensorPipe = "sm__inst_executed_pipe_tensor.sum",
                  fmaCounter = "smsp__sass_thread_inst_executed_op_ffma_pred_on.sum";

/// The set on a chip whose counters are all that its rules name first, one tensor leaf and the pipe.
struct Chip {
    explicit Chip(const char* name = "roofline") : set(metrics::loadSet(name)) {
        std::vector<std::string> counters{metrics::baseName(bf16), metrics::baseName(int8),
                                          metrics::baseName(tensorPipe)};
        for (const metrics::CounterRule& rule : set.counters) {
            if (!rule.optional) counters.push_back(metrics::baseName(rule.anyOf.front()));
        }
        resolution = metrics::resolve(set, counters);
    }
    [[nodiscard]] inject::RangeVerdict judge(const RangeRound& round, bool canAskPipe = true) const {
        return round.judge(metrics::evaluate(set, resolution, round.values()), resolution, canAskPipe);
    }
    /// Every counter of the set.
    [[nodiscard]] Values values(const Values& counted = {}) const {
        Values all = counted;
        for (const std::string& metric : resolution.metrics) all.try_emplace(metric, 0);
        return all;
    }

    metrics::MetricSet set;
    metrics::Resolution resolution;
};

db::Kernel kernel(const std::string& name, std::int64_t launches = 1, const std::string& grid = "1,1,1") {
    db::Kernel row;
    row.name = name;
    row.launches = launches;
    row.grid = grid;
    return row;
}

inject::RangePass pass(Values values, std::vector<db::Kernel> kernels = {kernel("a")}) {
    return {std::move(values), std::move(kernels), {10, 20}};
}

const Values bytes{{"dram__bytes_read.sum", 64}, {"dram__bytes_write.sum", 32}};

}  // namespace

TEST_CASE("occurrences go through the passes in turn") {
    RangeRound round(2);
    CHECK(round.collected() == 0);
    CHECK_FALSE(round.isWhole());
    round.add(pass({{"a", 1}}));
    CHECK(round.collected() == 1);
    CHECK_FALSE(round.isWhole());
    round.add(pass({{"a", 5}, {"b", 2}}));
    CHECK(round.isWhole());
    CHECK(round.values() == Values{{"a", 1}, {"b", 2}});
    round.restart();
    CHECK(round.collected() == 0);
    CHECK(round.values().empty());
    CHECK(RangeRound(0).isWhole() == false);
}

TEST_CASE("a round lasts from its first occurrence to its latest, and is cold where all of them were") {
    RangeRound round(3);
    round.add({{}, {}, {10, 20}, true});
    CHECK(round.isCold());
    round.add({{}, {}, {30, 40}, false});
    round.add({{}, {}, {50, 60}, true});
    CHECK(round.during().beginNs == 10);
    CHECK(round.during().endNs == 60);
    CHECK_FALSE(round.isCold());
}

TEST_CASE("the same kernels as often are the same work, whatever their grids") {
    RangeRound round(3);
    CHECK(round.isSameWork({kernel("anything")}));
    round.add(pass({}, {kernel("a", 2), kernel("b")}));
    CHECK(round.isSameWork({kernel("b"), kernel("a", 1, "2,1,1"), kernel("a", 1, "3,1,1")}));
    CHECK_FALSE(round.isSameWork({kernel("a", 2)}));
    CHECK_FALSE(round.isSameWork({kernel("a"), kernel("b")}));
    round.add(pass({}, {kernel("a", 2), kernel("b")}));
    CHECK(round.hasSameGrids());
    round.add(pass({}, {kernel("a", 2), kernel("b", 1, "2,1,1")}));
    CHECK_FALSE(round.hasSameGrids());
    round.restart();
    CHECK(round.hasSameGrids());
}

TEST_CASE("an incomplete round keeps what its passes hold wholly, without FLOPs, and says what is missing") {
    const Chip chip;
    RangeRound round(3);
    round.add(pass(bytes));
    const auto verdict = chip.judge(round);
    CHECK(verdict.status == db::Status::ok);
    CHECK_FALSE(verdict.isLast);
    CHECK(verdict.evaluation.dramBytes.value == 96.0);
    CHECK_FALSE(verdict.evaluation.flops.value);
    CHECK_FALSE(verdict.evaluation.timeNs.value);
    CHECK_THAT(verdict.reason, Catch::Matchers::StartsWith("1 of 3 passes") && ContainsSubstring("FLOPs") &&
                                   ContainsSubstring("--count") && ContainsSubstring("--metrics bytes"));
}

TEST_CASE("a quantity half of whose counters are missing is none, never a part of the sum") {
    const Chip chip;
    RangeRound round(3);
    round.add(pass({{"dram__bytes_read.sum", 64}, {"gpu__time_duration.sum", 1000}}));
    const auto verdict = chip.judge(round);
    CHECK(verdict.status == db::Status::ok);
    CHECK(verdict.evaluation.timeNs.value == 1000.0);
    CHECK(verdict.evaluation.dramReadBytes.value == 64.0);
    CHECK_FALSE(verdict.evaluation.dramBytes.value);
    CHECK_FALSE(verdict.evaluation.dramWriteBytes.value);
}

TEST_CASE("FLOPs are unknown until nothing can contradict them, also where all their counters are there") {
    const Chip chip;
    Values most = chip.values({{fmaCounter, 8}, {bf16, 4096}});
    most.erase("lts__t_bytes.sum");
    RangeRound round(3);
    round.add(pass(most));
    round.add(pass({}));
    auto verdict = chip.judge(round);
    CHECK_FALSE(verdict.evaluation.flops.value);
    CHECK_FALSE(verdict.evaluation.paths.at("tensor_bf16").value);
    CHECK(verdict.evaluation.dominantPath.empty());
    CHECK_FALSE(verdict.evaluation.l2Bytes.value);
    round.add(pass({{"lts__t_bytes.sum", 7}}));
    verdict = chip.judge(round);
    CHECK(verdict.isLast);
    CHECK(verdict.reason.empty());
    CHECK(verdict.evaluation.flops.value == 4112.0);
    CHECK(verdict.evaluation.l2Bytes.value == 7.0);
}

TEST_CASE("a round whose passes hold no quantity wholly is failed, until one does") {
    const Chip chip;
    RangeRound round(3);
    round.add(pass({{"dram__bytes_read.sum", 64}}));
    CHECK(chip.judge(round).status == db::Status::ok);  // the bytes read
    RangeRound none(3);
    none.add(pass({{bf16, 64}}));
    const auto verdict = chip.judge(none);
    CHECK(verdict.status == db::Status::failed);
    CHECK_FALSE(verdict.isLast);
    CHECK_THAT(verdict.reason, Catch::Matchers::StartsWith("1 of 3 passes"));
    none.add(pass(bytes));
    CHECK(chip.judge(none).status == db::Status::ok);
}

TEST_CASE("counters that CUPTI gave no value of are named where nothing else is to be said") {
    const Chip chip;
    Values counted = chip.values({{bf16, 4096}});
    counted.erase("lts__t_bytes.sum");
    RangeRound round(1);
    round.add(pass(counted));
    CHECK(chip.judge(round).reason == "CUPTI gave no value of lts__t_bytes.sum");
    CHECK(chip.judge(round).status == db::Status::ok);
    CHECK(chip.judge(round).isLast);
    counted.erase(fmaCounter);
    RangeRound fewer(1);
    fewer.add(pass(counted));
    CHECK_THAT(chip.judge(fewer).reason,
               Catch::Matchers::StartsWith("CUPTI gave no value of ") && ContainsSubstring(" and 1 more"));
    CHECK_FALSE(chip.judge(fewer).evaluation.flops.value);
}

TEST_CASE("a round without tensor work waits for one look at the tensor pipe") {
    const Chip chip;
    RangeRound round(1);
    round.add(pass(chip.values({{fmaCounter, 8}, {"dram__bytes_read.sum", 64}})));
    auto verdict = chip.judge(round);
    CHECK_FALSE(verdict.isLast);
    CHECK(verdict.status == db::Status::ok);
    CHECK(verdict.evaluation.dramReadBytes.value == 64.0);
    CHECK_FALSE(verdict.evaluation.flops.value);
    CHECK_THAT(verdict.reason, Catch::Matchers::StartsWith("executed FLOPs unknown: ") &&
                                   ContainsSubstring("could look at the tensor pipe"));
    CHECK(chip.judge(round, false).evaluation.flops.value == 16.0);  // of a chip where nobody can look

    RangeRound refused = round;
    refused.add(pass({}));  // the pipe's counter was not delivered
    verdict = chip.judge(refused);
    CHECK(verdict.isLast);
    CHECK_FALSE(verdict.evaluation.flops.value);

    RangeRound idle = round;
    idle.add(pass({{tensorPipe, 0}}));
    verdict = chip.judge(idle);
    CHECK(verdict.isLast);
    CHECK(verdict.reason.empty());
    CHECK(verdict.evaluation.flops.value == 16.0);

    round.add(pass({{tensorPipe, 5}}));  // and nothing of the set counted it
    verdict = chip.judge(round);
    CHECK(verdict.isLast);
    CHECK(verdict.status == db::Status::ok);
    CHECK_FALSE(verdict.evaluation.flops.value);
    CHECK_THAT(verdict.reason, Catch::Matchers::StartsWith("executed FLOPs unknown: ") &&
                                   ContainsSubstring(tensorPipe + " is 5"));
}

TEST_CASE("a zero that the tensor pipe contradicts for certain fails the row, but not before it is whole") {
    const Chip chip("all");
    RangeRound round(2);
    Values counted = chip.values({{tensorPipe, 5}, {"dram__bytes_read.sum", 64}});
    counted.erase(int8);
    round.add(pass(counted));
    CHECK(chip.judge(round).status == db::Status::ok);
    RangeRound explained = round;
    explained.add(pass({{int8, 512}}));
    CHECK(chip.judge(explained).status == db::Status::ok);
    CHECK(chip.judge(explained).reason.empty());
    round.add(pass({{int8, 0}}));
    const auto verdict = chip.judge(round);
    CHECK(verdict.isLast);
    CHECK(verdict.status == db::Status::failed);
    CHECK_THAT(verdict.reason, ContainsSubstring(tensorPipe + " is 5"));
}
