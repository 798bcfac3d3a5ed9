// SPDX-License-Identifier: Apache-2.0
// An injected library without a GPU: decides and tells as libridge_inject.so does, and makes the numbers up.
// In range mode every occurrence is a row with the sums over its kernels. FAKE_NUMBERS changes what it
// measures: range_passes occurrences make one row, bytes from the first and FLOPs with the last; kernel_bytes
// and kernel_flops of a launch, passes, clock in Hz, range_bytes and range_flops over what the sums are,
// repeat_passes of a kernel's later launches and repeat_flops over what those of the first are,
// patience in ms for a ridge that does not read.
#include "tests/cli/fake_injection.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "collector/inject/channel.hpp"
#include "collector/inject/launch_record.hpp"
#include "collector/inject/selection.hpp"
#include "tests/cli/fake_numbers.hpp"

using namespace ridge;
using namespace ridge::inject;

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

struct Injected {
    Options options = decodeOptions(variable(optionsVariable));
    KernelSelection selection{options};
    RangeSelection rangeSelection{options};
    std::uint64_t pushed = 0;
    std::int64_t launches = 0;
    std::vector<db::Kernel> kernelsOfRange;
    Sender sender{variable(channelVariable),
                  {0, std::filesystem::read_symlink("/proc/self/exe").string(), "580.1", "13.0", "13.0.85"},
                  std::chrono::milliseconds(static_cast<int>(test::fakeNumber("patience", 5000)))};
    ThreadRanges ranges;
    std::map<std::string, std::int64_t> ordinals;
    std::map<std::string, std::int64_t> rowOfRange;  ///< Revision::row of the latest round
    std::int64_t rows = 0;
    std::set<std::string> seenBefore;
    pid_t described = 0;        ///< the process that has told of its device: a fork has not
    std::vector<Timing> times;  ///< of kernels, told at the end
    pid_t timed = 0;            ///< whose they are
};

// Leaked: exit handlers of the program may still launch.
Injected* injected = nullptr;

void sayBye() {
    if (injected->timed == ::getpid()) {
        for (const Timing& timing : injected->times) injected->sender.send(timing);
    }
    injected->sender.send(Bye{injected->launches, injected->selection.quota().matched()});
}

db::Device device() {
    db::Device fake;
    const char* name = std::getenv("FAKE_DEVICE");
    const char* chip = std::getenv("FAKE_CHIP");
    fake.name = name != nullptr ? name : "NVIDIA A40";
    fake.uuid = "GPU-fake";
    fake.chip = chip != nullptr ? chip : "GA102";
    return fake;
}

metrics::Evaluation counted(double kernels) {
    metrics::Evaluation evaluation;
    evaluation.flops.value = kernels * test::fakeNumber("kernel_flops", 1e6);
    evaluation.dominantPath = "fp32";
    evaluation.dramBytes.value = kernels * test::fakeNumber("kernel_bytes", 1e5);
    evaluation.smClockHz.value = test::fakeNumber("clock");
    return evaluation;
}

Interval justNow() {
    return {monotonicNs(), monotonicNs()};
}

void describeDevice() {
    if (injected->described != ::getpid()) injected->sender.send(SeenDevice{0, device()});
    injected->described = ::getpid();
}

void measure(const KernelInfo& kernel, const LaunchShape& shape, const LaunchKey& key, double timeNs,
             const Decision& decision) {
    Described described = kernelRecord(injected->options, kernel.name, shape, injected->ranges.stack(), {});
    if (decision.kind == Decision::Kind::skip) {
        setUnmeasured(described.record, db::Status::skipped, decision.reason);
    } else {
        metrics::Evaluation evaluation = counted(1);
        evaluation.timeNs.value = 2 * timeNs;  // slower when profiled
        double passes = test::fakeNumber("passes", 3);
        if (!injected->seenBefore.insert(kernel.name.mangled).second) {
            passes = test::fakeNumber("repeat_passes", passes);
            *evaluation.flops.value *= test::fakeNumber("repeat_flops", 1);
        }
        static_cast<void>(
            addCounters(described.record, evaluation, {{"dram__bytes.sum", 1e5}}, static_cast<int>(passes)));
    }
    for (const std::string& note : described.notes) injected->sender.send(Note{note});
    injected->sender.send(MeasuredRecord{0, described.record, key, justNow()});
}

/// Of an occurrence of a range that takes several passes.
std::optional<Revision> revisionOf(const LaunchKey& range) {
    const auto passes = static_cast<std::int64_t>(test::fakeNumber("range_passes", 1));
    if (passes == 1) return std::nullopt;
    if (range.ordinal % passes == 0) injected->rowOfRange[range.name] = injected->rows++;
    return Revision{injected->rowOfRange[range.name], range.ordinal % passes == passes - 1};
}

/// The launches since it was pushed, 1000 ns each.
void measureRange(const NvtxRange& range) {
    const auto kernels = static_cast<double>(injected->kernelsOfRange.size());
    const LaunchKey key{range.name, injected->ordinals[range.name]++, "", ""};
    describeDevice();
    if (injected->options.purpose == Purpose::time) {
        injected->sender.send(Timing{0, key, 1000 * kernels});
        return;
    }
    Described described = rangeRecord(injected->options, range, std::move(injected->kernelsOfRange),
                                      injected->ranges.stack(), {});
    metrics::Evaluation evaluation = counted(kernels);
    *evaluation.dramBytes.value *= test::fakeNumber("range_bytes", 1);
    if (described.record.point.flopsAlgorithmic)
        evaluation.flops.value = described.record.point.flopsAlgorithmic;
    *evaluation.flops.value *= test::fakeNumber("range_flops", 1);
    const std::optional<Revision> revision = revisionOf(key);
    if (revision && !revision->isLast) {
        evaluation.flops.value.reset();
        described.record.point.statusReason = "its last pass is missing";
    }
    static_cast<void>(addCounters(described.record, evaluation, {}, 3));
    injected->sender.send(MeasuredRecord{0, described.record, key, {}, revision});
}

}  // namespace

int InitializeInjection() {
    injected = new Injected;
    std::atexit(sayBye);
    injected->sender.introduce();
    return 1;
}

void fakeLaunch(const char* name, unsigned blocks) {
    const KernelInfo kernel = injected->selection.describe(name);
    const LaunchShape shape{{blocks, 1, 1}, {32, 1, 1}};
    if (injected->options.mode == Mode::range) {
        auto& kernels = injected->kernelsOfRange;
        kernels.push_back(kernelRow(kernel.name, shape, static_cast<std::int64_t>(kernels.size())));
        return;
    }
    const LaunchKey key{kernel.name.mangled, injected->ordinals[name]++, dimensions(shape.grid),
                        dimensions(shape.block)};
    ++injected->launches;
    const Decision decision =
        injected->selection.isInside(injected->ranges.stack(), {})
            ? injected->selection.onLaunch([&]() -> const KernelInfo& { return kernel; })
            : Decision{};
    if (decision.kind == Decision::Kind::ignore) return;
    describeDevice();
    const double timeNs = 1000.0 * static_cast<double>(std::strlen(name));
    if (injected->options.purpose != Purpose::time) return measure(kernel, shape, key, timeNs, decision);
    if (std::exchange(injected->timed, ::getpid()) != ::getpid()) injected->times.clear();
    injected->times.push_back({0, key, timeNs, justNow()});
}

void fakePush(const char* range) {
    injected->ranges.push("", range, ++injected->pushed);
    if (injected->options.mode == Mode::range && injected->rangeSelection.pushed(injected->ranges.stack()))
        injected->kernelsOfRange.clear();
}

void fakePop() {
    const NvtxRange* latest = injected->ranges.latest("");
    if (latest == nullptr) return;
    const NvtxRange range = *latest;
    injected->ranges.pop("");
    if (injected->options.mode == Mode::range && injected->rangeSelection.closed(range.key))
        measureRange(range);
}

void fakeNote(const char* text) {
    injected->sender.send(Note{text});
}

void fakeRefuse(int code, const char* message, const char* hint, bool everywhere) {
    injected->sender.send(Refusal{static_cast<ExitCode>(code), message, hint, everywhere});
}
