// SPDX-License-Identifier: Apache-2.0
// Range mode in libridge_inject.so itself: NVTX calls as any program makes them, and programs that are
// killed.
#include <nvtx3/nvToolsExt.h>

#include <csignal>

#include "tests/collector/inject/injected_program.hpp"

using namespace ridge;
using namespace ridge::test;

TEST_CASE("NVTX ranges are measured in a whole program, and choose its kernels") {
    inject::Options options = bytesOptions();
    options.nvtx = "step/";
    for (const auto mode : {inject::Mode::range, inject::Mode::kernel}) {
        options.mode = mode;
        inject::Listener listener;
        const int status = inChild(injected(listener, options), [] {
            const FakeGpu gpu;
            gpu.launch("before");
            nvtxRangePushA("step");
            gpu.launch("inside");
            nvtxRangePop();
            gpu.launch("after");
            return gpu.broken() == 0 ? 17 : 1;
        });
        CHECK(status == 17);
        const auto events = eventsOf(listener);
        const auto records = only<inject::MeasuredRecord>(events);
        REQUIRE(records.size() == 1);
        REQUIRE(std::holds_alternative<inject::Bye>(events.back()));
        const auto& bye = std::get<inject::Bye>(events.back());
        CHECK(bye.launches == (mode == inject::Mode::range ? 1 : 3));
        CHECK(bye.matched == 1);
        INFO(toText(mode));
        REQUIRE(records[0].record.kernels.size() == 1);
        CHECK(records[0].record.point.status == db::Status::ok);
        CHECK(records[0].record.kernels[0].name == "inside");
        CHECK(records[0].record.point.op == (mode == inject::Mode::range ? "range" : "kernel"));
    }
}

TEST_CASE("a pass of a range is sent before the next one, whatever ends the program then") {
    inject::Options options = bytesOptions();
    options.nvtx = "step/";
    options.mode = inject::Mode::range;
    for (const bool killed : {true, false}) {
        for (const int occurrences : {1, 2, 3}) {
            INFO(occurrences << (killed ? " killed" : " left"));
            inject::Listener listener;
            auto environment = injected(listener, options);
            environment.emplace_back("FAKE_METRICS_PER_PASS", "2");  // of three
            const int status = inChild(environment, [&] {
                const FakeGpu gpu;
                for (int i = 0; i < occurrences; ++i) {
                    nvtxRangePushA("step");
                    gpu.launch("inside");
                    nvtxRangePop();
                }
                if (killed) return raise(SIGKILL);
                _exit(gpu.broken() == 0 ? 17 : 1);
            });
            CHECK(status == (killed ? 128 + SIGKILL : 17));
            const auto records = only<inject::MeasuredRecord>(eventsOf(listener));
            REQUIRE(records.size() == static_cast<std::size_t>(occurrences));
            for (std::size_t i = 0; i < records.size(); ++i) {
                const db::Point& point = records[i].record.point;
                REQUIRE(records[i].revision.has_value());
                CHECK((records[i].revision->row == records[0].revision->row) == (i < 2));
                CHECK(records[i].revision->isLast == (i == 1));
                CHECK(point.dramBytes == 5120.0);
                CHECK(point.timeNs.has_value() == (i == 1));
                CHECK(point.statusReason.empty() == (i == 1));
            }
        }
    }
}
