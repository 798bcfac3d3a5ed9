// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/launch_times.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "tests/collector/inject/fake_activity.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

struct Times {
    inject::KernelSelection selection;
    inject::LaunchTimes times;

    explicit Times(const inject::Options& options = {}, std::optional<std::size_t> most = std::nullopt)
        : selection(options), times(selection, most) {}

    void ran(const char* name, std::uint32_t correlation, std::uint64_t start, std::uint64_t end,
             std::uint32_t device = 0) {
        add(test::kernelRecord(device, start, end, name, correlation));
    }
    void add(inject::ActivityKernel record) { times.add(test::asActivity(record)); }
    [[nodiscard]] std::vector<inject::Timing> told(std::optional<std::int64_t> toMonotonicNs = {}) {
        std::vector<inject::Timing> timings;
        times.tell(toMonotonicNs, [&](const inject::Timing& timing) { timings.push_back(timing); });
        return timings;
    }
};

std::vector<double> nsOf(const std::vector<inject::Timing>& timings) {
    std::vector<double> ns;
    ns.reserve(timings.size());
    for (const inject::Timing& timing : timings) ns.push_back(timing.timeNs);
    return ns;
}

}  // namespace

TEST_CASE("the launches of a kernel on a device are timed in the order of the program's calls") {
    Times times;
    times.ran("gemm", 9, 500, 530);
    times.ran("copy", 5, 100, 101);
    times.ran("gemm", 3, 10, 20);
    times.ran("gemm", 7, 1, 2, 1);
    std::size_t seen = 0;
    for (const inject::Timing& timing : times.told()) {
        ++seen;
        INFO(timing.launch.name << " on " << timing.device);
        if (timing.launch.name == "copy" || timing.device == 1) {
            CHECK(timing.launch.ordinal == 0);
            CHECK(timing.timeNs == 1.0);
        } else {
            CHECK(timing.launch.name == "gemm");
            CHECK(timing.timeNs == (timing.launch.ordinal == 0 ? 10.0 : 30.0));
            CHECK(timing.launch.block == "32,1,1");
        }
    }
    CHECK(seen == 4);
    CHECK(times.told().empty());
}

TEST_CASE("a launch without a time keeps its place and is not told; graph kernels have none") {
    Times times;
    inject::ActivityKernel ofGraph = test::kernelRecord(0, 1, 2);
    ofGraph.graphNodeId = 5;
    times.add(ofGraph);
    times.ran("gemm", 2, 0, 0);
    times.ran("gemm", 3, 5, 9);
    const auto told = times.told();
    REQUIRE(told.size() == 1);
    CHECK(told[0].launch.ordinal == 1);
    CHECK(times.times.counts().matched == 3);
}

TEST_CASE("a timing says when its launch ran, where CUPTI's clock is known") {
    Times times;
    times.ran("gemm", 1, 100, 130);
    const auto placed = times.told(5000);
    REQUIRE(placed.at(0).during);
    CHECK(placed.at(0).during->beginNs == 5100);
    CHECK(placed.at(0).during->endNs == 5130);
    times.ran("gemm", 1, 100, 130);
    CHECK_FALSE(times.told().at(0).during);
}

TEST_CASE("kernels that do not match are counted, no more") {
    inject::Options options;
    options.kernel = "gemm";
    Times times(options);
    times.ran("copy", 1, 1, 2);
    times.ran("gemm", 2, 3, 4);
    const auto told = times.told();
    REQUIRE(told.size() == 1);
    CHECK(told[0].launch.name == "gemm");
    CHECK(times.times.counts().launches == 2);
    CHECK(times.times.counts().matched == 1);
}

TEST_CASE("of each kernel the first launches are kept, in whatever order they come") {
    Times times({}, 3);
    // 1, 8, 6, 4, 2, 9, 7, 5, 3: a launch takes as many ns as its place.
    for (std::uint32_t i = 0; i < 9; ++i) {
        const std::uint32_t place = 1 + i * 7 % 9;
        times.ran("gemm", place, 100, 100 + place);
    }
    times.ran("copy", 20, 100, 120);
    const auto told = times.told();
    CHECK(nsOf(told) == (told.at(0).launch.name == "copy" ? std::vector{20.0, 1.0, 2.0, 3.0}
                                                          : std::vector{1.0, 2.0, 3.0, 20.0}));
    CHECK(times.times.counts().launches == 10);
}

TEST_CASE("what comes after all that --skip and --count choose need not be kept, unless --nvtx does") {
    inject::Options options;
    CHECK_FALSE(inject::mostChoosable(options));
    options.count = 5;
    const auto few = inject::mostChoosable(options);
    REQUIRE(few);
    CHECK(*few >= 5);
    CHECK(*few < 5000);
    options.skip = 100;
    CHECK(inject::mostChoosable(options) == *few + 100);
    options.count = options.skip = std::numeric_limits<std::int64_t>::max();
    CHECK(*inject::mostChoosable(options) > 1'000'000'000);
    options.nvtx = "step/";
    CHECK_FALSE(inject::mostChoosable(options));
}
