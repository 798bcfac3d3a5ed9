// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/injection.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "collector/cupti/api.hpp"
#include "collector/cupti/driver.hpp"
#include "collector/cupti/toolkit.hpp"
#include "collector/inject/channel.hpp"
#include "collector/inject/driver_hooks.hpp"
#include "collector/inject/kernel_recorder.hpp"
#include "collector/inject/nvtx_hooks.hpp"
#include "collector/inject/range_recorder.hpp"
#include "collector/inject/refusal.hpp"
#include "collector/inject/timers.hpp"

namespace ridge::inject {
namespace {

/// All of one process; never freed, because callbacks may come until its very end.
struct Injection {
    Injection(const Options& asked, const cupti::Driver& driver, Report told)
        : options(asked), report(std::move(told)), program(driver, measuresNodes(asked)) {}

    Options options;
    Report report;
    ProgramState program;
    std::unique_ptr<Recorder> recorder;
    std::unique_ptr<DriverHooks> hooks;
};

std::atomic<Injection*> active{nullptr};
std::atomic<bool> begun{false};
std::atomic<bool> said{false};  ///< Bye, the last line

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

std::string programPath() {
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).string();
}

Hello introduction() {
    Hello hello;
    hello.pid = getpid();
    hello.program = programPath();
    std::getline(std::ifstream("/sys/module/nvidia/version"), hello.driver);
    int version = 0;
    if (const cupti::Driver* driver = cupti::driver();
        driver != nullptr && driver->driverGetVersion(&version) == CUDA_SUCCESS) {
        hello.cuda = fmt::format("{}.{}", version / 1000, version % 1000 / 10);
    }
    try {
        hello.cupti = cupti::library().versionText();
    } catch (const Error&) {  // told by begin(), which needs it
        hello.cupti.clear();
    }
    return hello;
}

void onCallback(void* injection, CUpti_CallbackDomain domain, CUpti_CallbackId call, const void* data) {
    auto* told = static_cast<Injection*>(injection);
    if (active.load(std::memory_order_relaxed) == told) told->hooks->called(domain, call, data);
}

/// Callbacks go on until the threads are gone: a launch under way must end its measurement, others wait for
/// it.
void onExit() {
    Injection* ending = active.load();
    if (ending == nullptr) return;
    listenToRanges(nullptr);
    const Counts counts = ending->recorder->finish();
    ending->report(Bye{counts.launches, counts.matched});
    said.store(true);
}

/// A child has none of the parent's CUDA state: it may not touch it, nor the parent's line.
void onForkedChild() {
    active.store(nullptr);
    try {
        forgetOtherThreadsRanges();
    } catch (const std::exception&) {  // out of memory: the parent's ranges stay, nobody reads them
        listenToRanges(nullptr);
    }
}

template <class Made>
void listen(Injection& injection, std::unique_ptr<Made> made) {
    listenToRanges(made.get());
    injection.recorder = std::move(made);
}

void makeRecorder(Injection& injection, const cupti::Api& api, const cupti::Driver& driver) {
    const Options& options = injection.options;
    const bool ranges = options.mode == Mode::range;
    if (options.purpose == Purpose::time) {
        if (ranges) {
            listen(injection,
                   std::make_unique<RangeTimer>(options, api, driver, injection.program, injection.report));
        } else {
            injection.recorder = std::make_unique<KernelTimer>(options, api, driver, injection.report);
        }
    } else if (ranges) {
        listen(injection,
               std::make_unique<RangeRecorder>(options, api, driver, injection.program, injection.report));
    } else {
        injection.recorder =
            std::make_unique<KernelRecorder>(options, api, driver, injection.program, injection.report);
    }
}

void begin(const Report& report) {
    const Options options = decodeOptions(environment(optionsVariable));
    const cupti::Api& api = cupti::library().api;
    const cupti::Driver* driver = cupti::driver();
    if (driver == nullptr) {
        throw Error(ExitCode::noGpu, "libcuda.so.1 is not there, or too old",
                    cupti::neededDriver() + ": install NVIDIA's");
    }
    auto fresh = std::make_unique<Injection>(options, *driver, report);
    makeRecorder(*fresh, api, *driver);
    fresh->hooks = std::make_unique<DriverHooks>(fresh->options, api, fresh->program, *fresh->recorder);
    active.store(fresh.get());
    try {
        fresh->hooks->subscribe(&onCallback, fresh.get());
    } catch (...) {
        active.store(nullptr);
        listenToRanges(nullptr);
        throw;
    }
    static_cast<void>(fresh.release());
    std::atexit(&onExit);
    pthread_atfork(nullptr, nullptr, &onForkedChild);
}

}  // namespace

void startInjection() noexcept {
    try {
        const std::string address = environment(channelVariable);
        if (address.empty() || environment(optionsVariable).empty() || begun.exchange(true)) return;
        // Never freed, as what reports to it.
        Sender* line = std::make_unique<Sender>(address, introduction()).release();
        const Report report = [line](const Event& event) {
            if (!said.load()) line->send(event);
        };
        try {
            begin(report);
            // At once: what is going to be measured must not be ended because another process cannot be.
            line->introduce();
        } catch (const Error& error) {
            report(refusalFor(error));
        }
    } catch (const std::exception&) {  // out of memory: the program goes on, unmeasured
        return;
    }
}

}  // namespace ridge::inject
