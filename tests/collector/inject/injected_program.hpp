// SPDX-License-Identifier: Apache-2.0
// A process on the fake driver that libridge_inject.so is injected into, and what it sends.
#pragma once

#include <cuda.h>
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "collector/inject/channel.hpp"
#include "collector/inject/event.hpp"
#include "collector/inject/options.hpp"
#include "tests/support/catch.hpp"

namespace ridge::test {

/// Runs `body` in a child with this environment; its exit status.
template <class Body>
int inChild(const std::vector<std::pair<const char*, std::string>>& environment, Body body) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        for (const auto& [name, value] : environment) setenv(name, value.c_str(), 1);
        std::exit(body());
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// A program on the fake driver; the library comes in by CUDA_INJECTION64_PATH.
struct FakeGpu {
    FakeGpu() {
        void* library = dlopen(RIDGE_FAKE_GPU_FILE, RTLD_NOW | RTLD_GLOBAL);
        if (library == nullptr) std::_Exit(92);
        const auto init = reinterpret_cast<CUresult (*)(unsigned)>(dlsym(library, "cuInit"));
        launch = reinterpret_cast<void (*)(const char*)>(dlsym(library, "fakeLaunch"));
        broken = reinterpret_cast<int (*)()>(dlsym(library, "fakeBroken"));
        if (init == nullptr || launch == nullptr || init(0) != CUDA_SUCCESS) std::_Exit(93);
    }
    void (*launch)(const char*) = nullptr;
    int (*broken)() = nullptr;
};

inline std::vector<std::pair<const char*, std::string>> injected(const inject::Listener& listener,
                                                                 const inject::Options& options) {
    return {{"CUDA_INJECTION64_PATH", RIDGE_INJECT_FILE},
            {"NVTX_INJECTION64_PATH", RIDGE_INJECT_FILE},
            {"RIDGE_CUPTI", RIDGE_FAKE_GPU_FILE},
            {inject::channelVariable, listener.address()},
            {inject::optionsVariable, inject::encode(options)}};
}

inline inject::Options bytesOptions() {
    inject::Options options;
    options.metricSet = "bytes";
    options.timed = true;
    return options;
}

/// Everything that was sent, once the processes that sent it are gone.
inline std::vector<inject::Event> eventsOf(inject::Listener& listener) {
    std::vector<inject::Event> events;
    const auto keep = [&](int, const std::string& line) { events.push_back(inject::decodeEvent(line)); };
    listener.receive(std::chrono::seconds(1), {}, keep);
    while (listener.openPeers() > 0) listener.receive(std::chrono::milliseconds(100), {}, keep);
    return events;
}

template <class T>
std::vector<T> only(const std::vector<inject::Event>& events) {
    std::vector<T> found;
    for (const auto& event : events) {
        if (const T* one = std::get_if<T>(&event)) found.push_back(*one);
    }
    return found;
}

}  // namespace ridge::test
