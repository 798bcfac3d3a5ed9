// SPDX-License-Identifier: Apache-2.0
// A foreign program in memory: launches on a fake CUPTI, and what it would have sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "collector/inject/event.hpp"
#include "collector/inject/kernel_recorder.hpp"
#include "collector/inject/options.hpp"
#include "collector/inject/recorder.hpp"
#include "tests/collector/cupti/fake_cupti.hpp"

namespace ridge::test {

struct FakeProcess {
    FakeCupti cupti;
    std::mutex mutex;
    std::vector<inject::Event> events;
    inject::ProgramState program{FakeCupti::driver()};

    FakeProcess() {
        cupti.current = FakeCupti::primary();
        cupti.baseMetrics = {"dram__bytes_read",  "dram__bytes_write",  "lts__t_bytes",
                             "l1tex__t_bytes",    "gpu__time_duration", "sm__cycles_elapsed",
                             "sm__cycles_active", "smsp__inst_executed"};
        cupti.values = {{"dram__bytes_read.sum", 4096}, {"dram__bytes_write.sum", 1024}};
    }

    [[nodiscard]] inject::Report report() {
        return [this](const inject::Event& event) {
            const std::lock_guard lock(mutex);
            events.push_back(event);
        };
    }

    template <class T>
    [[nodiscard]] std::vector<T> all() const {
        std::vector<T> found;
        for (const inject::Event& event : events) {
            if (const T* one = std::get_if<T>(&event)) found.push_back(*one);
        }
        return found;
    }
    /// As they are in the file once everything is read.
    [[nodiscard]] std::vector<inject::MeasuredRecord> rows() const {
        std::vector<inject::MeasuredRecord> rows;
        std::map<std::int64_t, std::size_t> unfinished;  // by inject::Revision::row
        for (const auto& measured : all<inject::MeasuredRecord>()) {
            const auto& revision = measured.revision;
            const auto earlier = revision ? unfinished.find(revision->row) : unfinished.end();
            const std::size_t at = earlier == unfinished.end() ? rows.size() : earlier->second;
            if (at == rows.size()) rows.emplace_back();
            rows[at] = measured;
            if (revision && revision->isLast) unfinished.erase(revision->row);
            if (revision && !revision->isLast) unfinished[revision->row] = at;
        }
        return rows;
    }
    [[nodiscard]] std::vector<db::Point> points() const {
        std::vector<db::Point> found;
        for (const auto& row : rows()) found.push_back(row.record.point);
        return found;
    }

    /// One kernel launch in the context that is current.
    void launch(inject::Recorder& recorder, const std::string& name, CUresult result = CUDA_SUCCESS) {
        recorder.launching({cupti.current, nullptr, name.c_str(), name.c_str(), {{2, 1, 1}, {128, 1, 1}}});
        recorder.launched(result);
    }
};

[[nodiscard]] inline inject::Options bytesOptions() {
    inject::Options options;
    options.program = "app";
    options.metricSet = "bytes";
    options.cache = inject::Cache::warm;
    options.timed = true;
    return options;
}

/// One whose launches a KernelRecorder hears.
struct RecordedProcess : FakeProcess {
    explicit RecordedProcess(const inject::Options& options = bytesOptions())
        : recorder(options, FakeCupti::api(), FakeCupti::driver(), program, report()) {}
    void launch(const std::string& name, CUresult result = CUDA_SUCCESS) {
        FakeProcess::launch(recorder, name, result);
    }
    inject::KernelRecorder recorder;
};

}  // namespace ridge::test
