// SPDX-License-Identifier: Apache-2.0
// libridge_inject.so itself, in this process: without a driver, and with NVTX calls as any program makes
// them.
#include <dlfcn.h>
#include <nvtx3/nvToolsExt.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "collector/inject/channel.hpp"
#include "collector/inject/event.hpp"
#include "collector/inject/options.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

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

int initialize() {
    void* library = dlopen(RIDGE_INJECT_FILE, RTLD_NOW);
    if (library == nullptr) return 90;
    const auto start = reinterpret_cast<int (*)()>(dlsym(library, "InitializeInjection"));
    return start != nullptr && start() == 1 ? 17 : 91;
}

bool hasDriver() {
    return dlopen("libcuda.so.1", RTLD_NOW) != nullptr;
}

}  // namespace

TEST_CASE("a process that ridge did not start is left alone, and its exit code is its own") {
    CHECK(inChild({}, initialize) == 17);
}

TEST_CASE("without a driver the library says so on the channel and the program goes on") {
    if (hasDriver()) return;
    inject::Listener listener;
    const int status = inChild({{inject::channelVariable, listener.address()},
                                {inject::optionsVariable, inject::encode(inject::Options{})}},
                               initialize);
    CHECK(status == 17);
    std::vector<inject::Event> events;
    listener.receive(std::chrono::seconds(2), {},
                     [&](int, const std::string& line) { events.push_back(inject::decodeEvent(line)); });
    listener.receive(std::chrono::milliseconds(200), {},
                     [&](int, const std::string& line) { events.push_back(inject::decodeEvent(line)); });
    REQUIRE(events.size() == 2);
    REQUIRE(std::holds_alternative<inject::Hello>(events[0]));
    CHECK(std::get<inject::Hello>(events[0]).program.find("inject_library_test") != std::string::npos);
    REQUIRE(std::holds_alternative<inject::Refusal>(events[1]));
    CHECK(std::get<inject::Refusal>(events[1]).code == ExitCode::noGpu);
}

TEST_CASE("options that are none are refused on the channel, not by the program's end") {
    inject::Listener listener;
    const int status =
        inChild({{inject::channelVariable, listener.address()}, {inject::optionsVariable, "{"}}, initialize);
    CHECK(status == 17);
    std::string last;
    for (int i = 0; i < 2; ++i) {
        listener.receive(std::chrono::milliseconds(500), {},
                         [&](int, const std::string& line) { last = line; });
    }
    REQUIRE_FALSE(last.empty());
    CHECK(std::holds_alternative<inject::Refusal>(inject::decodeEvent(last)));
}

TEST_CASE("NVTX finds the library and its ranges nest without a driver") {
    const int status = inChild({{"NVTX_INJECTION64_PATH", RIDGE_INJECT_FILE}}, [] {
        if (nvtxRangePushA("outer") != 0) return 1;  // without a tool it is NVTX_NO_PUSH_POP_TRACKING
        const nvtxDomainHandle_t domain = nvtxDomainCreateA("lib");
        nvtxEventAttributes_t event{};
        event.version = NVTX_VERSION;
        event.size = NVTX_EVENT_ATTRIB_STRUCT_SIZE;
        event.messageType = NVTX_MESSAGE_TYPE_REGISTERED;
        event.message.registered = nvtxDomainRegisterStringA(domain, "inside");
        if (event.message.registered == nullptr) return 2;
        if (nvtxDomainRangePushEx(domain, &event) != 0) return 3;
        if (nvtxRangePushA("inner") != 1) return 4;
        const nvtxRangeId_t id = nvtxRangeStartA("epoch");
        std::thread([id] { nvtxRangeEnd(id); }).join();
        if (nvtxRangePop() != 1 || nvtxRangePop() != 0) return 5;
        return nvtxDomainRangePop(domain) == 0 ? 17 : 6;
    });
    CHECK(status == 17);
}

TEST_CASE("a child made by fork goes on by itself") {
    const int status = inChild({{"NVTX_INJECTION64_PATH", RIDGE_INJECT_FILE}}, [] {
        nvtxRangePushA("parent");
        static_cast<void>(initialize());
        const pid_t grandchild = fork();
        if (grandchild == 0) _exit(nvtxRangePop() == 0 && nvtxRangePushA("own") == 0 ? 17 : 1);
        int inner = 0;
        waitpid(grandchild, &inner, 0);
        return WIFEXITED(inner) ? WEXITSTATUS(inner) : 2;
    });
    CHECK(status == 17);
}
