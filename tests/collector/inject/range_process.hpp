// SPDX-License-Identifier: Apache-2.0
// A foreign program whose NVTX ranges a RangeRecorder hears.
#pragma once

#include <string>
#include <vector>

#include "collector/inject/range_recorder.hpp"
#include "tests/collector/inject/fake_process.hpp"

namespace ridge::test {

[[nodiscard]] inline inject::Options rangeOptions() {
    inject::Options options = bytesOptions();
    options.mode = inject::Mode::range;
    options.nvtx = "step/";
    return options;
}

struct RangeProcess : FakeProcess {
    explicit RangeProcess(const inject::Options& options = rangeOptions())
        : recorder(options, FakeCupti::api(), FakeCupti::driver(), program, report()) {
        cupti.metricsPerPass = 8;  // the bytes set is one group
    }

    void push(const std::string& name) {
        stack.push_back({{}, name, ++key});
        recorder.pushed(stack);
    }
    void pop() {
        recorder.closing(stack.back());
        stack.pop_back();
    }
    void occurrence(const std::vector<std::string>& kernels) {
        push("step");
        for (const std::string& kernel : kernels) launch(recorder, kernel);
        pop();
    }
    /// No occurrence will add to the latest row.
    [[nodiscard]] bool isLatestWhole() const {
        const auto latest = all<inject::MeasuredRecord>().back();
        return !latest.revision || latest.revision->isLast;
    }
    /// Occurrences until the latest row is whole; how many.
    std::size_t fillRound(const std::vector<std::string>& kernels = {"a"}) {
        for (std::size_t n = 1; n < 20; ++n) {
            occurrence(kernels);
            if (isLatestWhole()) return n;
        }
        return 20;
    }

    std::vector<inject::NvtxRange> stack;
    std::uint64_t key = 0;
    inject::RangeRecorder recorder;
};

}  // namespace ridge::test
