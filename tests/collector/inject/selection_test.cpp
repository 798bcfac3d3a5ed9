// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/selection.hpp"

#include <array>
#include <atomic>
#include <thread>

#include "db/model/error.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::inject;
using Kind = Decision::Kind;

namespace {

std::vector<NvtxRange> stackOf(const std::vector<std::string>& names) {
    std::vector<NvtxRange> stack;
    stack.reserve(names.size());
    for (const std::string& name : names) stack.push_back({"", name, stack.size() + 1});
    return stack;
}

Decision launch(KernelSelection& selection, const KernelInfo& kernel) {
    return selection.onLaunch([&]() -> const KernelInfo& { return kernel; });
}

}  // namespace

TEST_CASE("without a filter every launch is measured") {
    KernelSelection selection{Options()};
    const KernelInfo kernel = selection.describe("k");
    CHECK(launch(selection, kernel).kind == Kind::measure);
    CHECK(launch(selection, kernel).kind == Kind::measure);
    CHECK(selection.quota().matched() == 2);
    CHECK(!selection.quota().isExhausted());
}

TEST_CASE("the kernel filter sees the short and the full name") {
    Options options;
    options.kernel = "^axpy$";
    CHECK(KernelSelection(options).describe("_Z4axpyIfEvT_PKS0_PS0_i").matches);
    options.kernel = "axpy<float>";
    CHECK(KernelSelection(options).describe("_Z4axpyIfEvT_PKS0_PS0_i").matches);
    options.kernel = "gemm";
    KernelSelection selection(options);
    CHECK(launch(selection, selection.describe("_Z4axpyIfEvT_PKS0_PS0_i")).kind == Kind::ignore);
    CHECK(selection.quota().matched() == 0);
}

TEST_CASE("places that are given back are as if they had not been taken") {
    Options options;
    options.skip = 1;
    options.count = 2;
    KernelSelection selection(options);
    const KernelInfo kernel = selection.describe("k");
    for (const Kind kind : {Kind::ignore, Kind::measure, Kind::measure}) {
        const Decision decision = launch(selection, kernel);
        CHECK(decision.kind == kind);
        CHECK(decision.counted);
    }
    CHECK_FALSE(launch(selection, kernel).counted);
    CHECK(selection.quota().isExhausted());
    selection.quota().giveBack(2);
    CHECK_FALSE(selection.quota().isExhausted());
    CHECK(selection.quota().matched() == 1);
    CHECK(launch(selection, kernel).kind == Kind::measure);
    CHECK(launch(selection, kernel).kind == Kind::measure);
    CHECK(launch(selection, kernel).kind == Kind::ignore);
    options.kernel = "other";
    KernelSelection other(options);
    CHECK_FALSE(launch(other, other.describe("k")).counted);
}

TEST_CASE("kernels that any --deny names, by their short or full name, are skipped and say so") {
    Options options;
    options.deny = {"^wait$", "sync<float>"};
    KernelSelection selection(options);
    for (const char* name : {"wait", "_Z4syncIfEvT_PKS0_PS0_i"}) {
        const Decision decision = launch(selection, selection.describe(name));
        CHECK(decision.kind == Kind::skip);
        CHECK(decision.reason.find("--deny") != std::string_view::npos);
    }
    CHECK(launch(selection, selection.describe("waiter")).kind == Kind::measure);
    const KernelInfo wait = selection.describe("wait");
    const KernelInfo other = selection.describe("other");
    const std::array<const KernelInfo*, 2> graph{&other, &wait};
    CHECK(selection.onGraphLaunch(graph).kind == Kind::skip);
    const KernelInfo known = selection.describe("ncclDevKernel_AllReduce");
    CHECK(known.cannotReplay.find("NCCL") != std::string_view::npos);
}

TEST_CASE("skip and count count what the filters let through") {
    Options options;
    options.kernel = "a";
    options.skip = 1;
    options.count = 2;
    KernelSelection selection(options);
    const KernelInfo a = selection.describe("a");
    const KernelInfo b = selection.describe("b");
    CHECK(launch(selection, b).kind == Kind::ignore);
    CHECK(launch(selection, a).kind == Kind::ignore);
    CHECK(launch(selection, b).kind == Kind::ignore);
    CHECK(launch(selection, a).kind == Kind::measure);
    CHECK(!selection.quota().isExhausted());
    CHECK(launch(selection, a).kind == Kind::measure);
    CHECK(selection.quota().isExhausted());
    CHECK(launch(selection, a).kind == Kind::ignore);
    CHECK(selection.quota().matched() == 3);
}

TEST_CASE("a count is used up when as many have ended, and no count ever is") {
    Options options;
    options.count = 2;
    const KernelSelection two(options);
    CHECK(!two.quota().isUsedUpBy(1));
    CHECK(two.quota().isUsedUpBy(2));
    CHECK(!KernelSelection(Options()).quota().isUsedUpBy(1000));
}

TEST_CASE("a count of none measures nothing") {
    Options options;
    options.count = 0;
    KernelSelection selection(options);
    CHECK(selection.quota().isExhausted());
    CHECK(launch(selection, selection.describe("a")).kind == Kind::ignore);
}

TEST_CASE("the profiler's API opens and closes the gate") {
    Options options;
    options.start = Start::profilerApi;
    KernelSelection selection(options);
    const KernelInfo a = selection.describe("a");
    CHECK(launch(selection, a).kind == Kind::ignore);
    selection.quota().profilerStart();
    CHECK(launch(selection, a).kind == Kind::measure);
    selection.quota().profilerStop();
    CHECK(launch(selection, a).kind == Kind::ignore);
    selection.quota().profilerStart();
    CHECK(launch(selection, a).kind == Kind::measure);

    KernelSelection always{Options()};
    always.quota().profilerStop();  // --start now does not hear it
    CHECK(launch(always, a).kind == Kind::measure);
}

TEST_CASE("launches outside the NVTX expression pass by") {
    Options options;
    options.nvtx = "step/";
    KernelSelection selection(options);
    CHECK_FALSE(selection.isInside({}, {}));
    CHECK_FALSE(selection.isInside({}, stackOf({"step"})));
    CHECK(selection.isInside(stackOf({"step", "x"}), {}));
    REQUIRE(selection.nvtx().has_value());
    CHECK(selection.nvtx()->isNested());
    CHECK(KernelSelection(Options()).isInside({}, {}));
    CHECK_FALSE(KernelSelection(Options()).nvtx().has_value());
}

TEST_CASE("a kernel that waits for others is skipped with the reason, where it was meant") {
    Options options;
    options.count = 2;
    KernelSelection selection(options);
    const KernelInfo nccl = selection.describe("ncclDevKernel_AllGather_RING_LL");
    const Decision decision = launch(selection, nccl);
    CHECK(decision.kind == Kind::skip);
    CHECK_THAT(std::string(decision.reason), ContainsSubstring("NCCL"));
    // A graph with one of them in it cannot be replayed either.
    const KernelInfo gemm = selection.describe("gemm");
    const std::vector<const KernelInfo*> graph{&gemm, &nccl};
    CHECK(selection.onGraphLaunch(graph).kind == Kind::skip);
    CHECK(selection.quota().isExhausted());
}

TEST_CASE("a graph is meant when one of its kernels is") {
    Options options;
    options.kernel = "gemm";
    KernelSelection selection(options);
    const KernelInfo gemm = selection.describe("gemm");
    const KernelInfo copy = selection.describe("copy");
    const std::vector<const KernelInfo*> with{&copy, &gemm};
    const std::vector<const KernelInfo*> without{&copy};
    CHECK(selection.onGraphLaunch(with).kind == Kind::measure);
    CHECK(selection.onGraphLaunch(without).kind == Kind::ignore);
    CHECK(selection.onGraphLaunch({}).kind == Kind::ignore);
}

TEST_CASE("a quota that is used up gives nothing, whoever still asks") {
    Options options;
    options.skip = 1;
    options.count = 1;
    Quota quota(options);
    CHECK(!quota.take());
    CHECK(quota.isOpen());
    CHECK(quota.take());
    CHECK(!quota.isOpen());
    CHECK(!quota.take());  // a thread that had asked isOpen() before
    CHECK(quota.matched() == 3);
}

TEST_CASE("many threads share one quota") {
    Options options;
    options.skip = 100;
    options.count = 500;
    KernelSelection selection(options);
    const KernelInfo a = selection.describe("a");
    std::atomic<int> measured{0};
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 1000; ++n) {
                if (launch(selection, a).kind == Kind::measure) ++measured;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(measured == 500);
}

TEST_CASE("a filter that cannot be read is refused") {
    Options options;
    options.kernel = "(";
    CHECK_THROWS_AS(KernelSelection(options), ridge::Error);
    options.kernel = "";
    options.nvtx = "//";
    CHECK_THROWS_AS(KernelSelection(options), ridge::Error);
    CHECK_THROWS_AS(RangeSelection(options), ridge::Error);
}

TEST_CASE("a range is measured from the push that makes the expression true to its pop") {
    Options options;
    options.nvtx = "step/";
    RangeSelection selection(options);
    CHECK(!selection.pushed(stackOf({"run"})));
    CHECK(selection.pushed(stackOf({"run", "step"})));
    CHECK(!selection.pushed(stackOf({"run", "step", "inner"})));
    CHECK(!selection.pushed(stackOf({"run", "step", "step"})));
    CHECK(!selection.closed(3));
    CHECK(selection.closed(2));
    CHECK(!selection.closed(2));
    CHECK(selection.pushed(stackOf({"run", "step"})));
}

TEST_CASE("a range inside an expression that is already true does not begin") {
    Options options;
    options.nvtx = "step/";
    options.start = Start::profilerApi;
    RangeSelection selection(options);
    CHECK(!selection.pushed(stackOf({"step"})));
    selection.quota().profilerStart();
    CHECK(!selection.pushed(stackOf({"step", "inner"})));
}

TEST_CASE("a start/end range beside ones that already make the expression true does not begin") {
    Options options;
    options.nvtx = "A";
    options.start = Start::profilerApi;
    RangeSelection selection(options);
    const NvtxRange a{"", "A", 1};
    const NvtxRange other{"", "C", 2};
    CHECK(!selection.started(a, std::vector<NvtxRange>{a}));
    selection.quota().profilerStart();
    CHECK(!selection.started(other, std::vector<NvtxRange>{a, other}));
    CHECK(selection.quota().matched() == 0);
}

TEST_CASE("without an expression the ridge: ranges are measured, of any domain and kind") {
    RangeSelection selection{Options()};
    CHECK(!selection.pushed(stackOf({"step"})));
    const std::vector<NvtxRange> stack{{"NVTX", "ridge:op=qk", 5}};
    CHECK(selection.pushed(stack));
    CHECK(selection.closed(5));
    const NvtxRange range{"", "ridge:op=pv", 6};
    CHECK(selection.started(range, std::vector<NvtxRange>{range}));
    CHECK(selection.closed(6));
}

TEST_CASE("start/end ranges are measured when the last one that is asked for starts") {
    Options options;
    options.nvtx = "A,B";
    options.count = 1;
    RangeSelection selection(options);
    const NvtxRange b{"", "B", 1};
    const NvtxRange a{"", "A", 2};
    const NvtxRange other{"", "C", 3};
    CHECK(!selection.started(b, std::vector<NvtxRange>{b}));
    CHECK(selection.started(a, std::vector<NvtxRange>{b, a}));
    CHECK(!selection.started(other, std::vector<NvtxRange>{b, a, other}));
    CHECK(selection.closed(2));
    CHECK(!selection.pushed(stackOf({"A"})));
    CHECK(selection.quota().isExhausted());
    CHECK(!selection.started(a, std::vector<NvtxRange>{b, a}));
}

TEST_CASE("skip and count count the occurrences of a range") {
    Options options;
    options.nvtx = "step/";
    options.skip = 1;
    options.count = 1;
    RangeSelection selection(options);
    CHECK(!selection.pushed(stackOf({"step"})));
    CHECK(!selection.closed(1));
    CHECK(selection.pushed(stackOf({"step"})));
    CHECK(selection.closed(1));
    CHECK(!selection.pushed(stackOf({"step"})));
}

TEST_CASE("while a range is measured no other one begins, on any thread and of any kind") {
    Options options;
    options.nvtx = "step/";
    RangeSelection nested(options);
    CHECK(nested.pushed(std::vector<NvtxRange>{{"", "step", 1}}));
    CHECK(!nested.pushed(std::vector<NvtxRange>{{"", "step", 2}}));  // another thread's stack
    CHECK(nested.closed(1));
    CHECK(nested.pushed(std::vector<NvtxRange>{{"", "step", 3}}));

    options.nvtx = "A";
    RangeSelection flat(options);
    const NvtxRange first{"", "A", 4};
    CHECK(flat.started(first, std::vector<NvtxRange>{first}));
    const NvtxRange second{"", "A", 5};
    CHECK(!flat.started(second, std::vector<NvtxRange>{second}));

    RangeSelection ridge{Options()};
    CHECK(ridge.pushed(std::vector<NvtxRange>{{"", "ridge:op=layer", 6}}));
    CHECK(!ridge.pushed(std::vector<NvtxRange>{{"", "ridge:op=layer", 6}, {"", "ridge:op=qk", 7}}));
    const NvtxRange third{"", "ridge:op=pv", 8};
    CHECK(!ridge.started(third, std::vector<NvtxRange>{third}));
    CHECK(ridge.closed(6));
    CHECK(ridge.started(third, std::vector<NvtxRange>{third}));
}

TEST_CASE("an expression of one kind of range does not hear the other kind") {
    Options options;
    options.nvtx = "A";
    RangeSelection flat(options);
    CHECK(!flat.pushed(stackOf({"A"})));
    options.nvtx = "A/";
    RangeSelection nested(options);
    const NvtxRange a{"", "A", 1};
    CHECK(!nested.started(a, std::vector<NvtxRange>{a}));
    RangeSelection ridge{Options()};
    CHECK(!ridge.started(a, std::vector<NvtxRange>{a}));
}
