// SPDX-License-Identifier: Apache-2.0
// An injected library without a GPU: decides and tells as libridge_inject.so does, and makes the numbers up.
#include "tests/cli/fake_injection.hpp"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>

#include "collector/inject/channel.hpp"
#include "collector/inject/launch_record.hpp"
#include "collector/inject/selection.hpp"

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
    Sender sender{variable(channelVariable), {0, "/fake/program", "580.1", "13.0", "13.0.85"}};
    ThreadRanges ranges;
    std::map<std::string, std::int64_t> ordinals;
    pid_t described = 0;  ///< the process that has told of its device: a fork has not
};

// Leaked: exit handlers of the program may still launch.
Injected* injected = nullptr;

void sayBye() {
    const Counts counts = injected->selection.quota().counts();
    injected->sender.send(Bye{counts.launches, counts.matched});
}

db::Device device() {
    db::Device fake;
    fake.name = "NVIDIA A40";
    fake.uuid = "GPU-fake";
    fake.chip = "GA102";
    return fake;
}

void measure(const KernelInfo& kernel, const LaunchShape& shape, const LaunchKey& key, double timeNs,
             const Decision& decision) {
    Described described = kernelRecord(injected->options, kernel.name, shape, injected->ranges.stack(), {});
    if (decision.kind == Decision::Kind::skip) {
        setUnmeasured(described.record, db::Status::skipped, decision.reason);
    } else {
        metrics::Evaluation evaluation;
        evaluation.flops.value = 1e6;
        evaluation.dominantPath = "fp32";
        evaluation.dramBytes.value = 1e5;
        evaluation.timeNs.value = 2 * timeNs;  // slower when profiled
        static_cast<void>(addCounters(described.record, evaluation, {{"dram__bytes.sum", 1e5}}, 3));
    }
    for (const std::string& note : described.notes) injected->sender.send(Note{note});
    injected->sender.send(MeasuredRecord{0, described.record, key});
}

}  // namespace

int InitializeInjection() {
    injected = new Injected;
    std::atexit(sayBye);
    return 1;
}

void fakeLaunch(const char* name, unsigned blocks) {
    const KernelInfo kernel = injected->selection.describe(name);
    const LaunchShape shape{{blocks, 1, 1}, {32, 1, 1}};
    const LaunchKey key{kernel.name.mangled, injected->ordinals[name]++, dimensions(shape.grid),
                        dimensions(shape.block)};
    const Decision decision = injected->selection.onLaunch(kernel, injected->ranges.stack(), {});
    if (decision.kind == Decision::Kind::ignore) return;
    if (injected->described != ::getpid()) injected->sender.send(SeenDevice{0, device()});
    injected->described = ::getpid();
    const double timeNs = 1000.0 * static_cast<double>(std::strlen(name));
    if (injected->options.purpose == Purpose::time)
        injected->sender.send(Timing{0, key, timeNs});
    else
        measure(kernel, shape, key, timeNs, decision);
}

void fakePush(const char* range) {
    injected->ranges.push({"", range, 0});
}

void fakePop() {
    injected->ranges.pop("");
}

void fakeNote(const char* text) {
    injected->sender.send(Note{text});
}

void fakeRefuse(const char* message, const char* hint) {
    injected->sender.send(Refusal{ExitCode::notPermitted, message, hint});
}
