// SPDX-License-Identifier: Apache-2.0
// libridge_inject.so itself, in this process: without a driver, and with NVTX calls as any program makes
// them.
#include <dlfcn.h>
#include <elf.h>
#include <nvtx3/nvToolsExt.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "tests/collector/inject/injected_program.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace ridge;
using namespace ridge::test;

namespace {

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
    CHECK(std::get<inject::Refusal>(events[1]).everywhere);
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
    const auto event = inject::decodeEvent(last);
    REQUIRE(std::holds_alternative<inject::Refusal>(event));
    CHECK_FALSE(std::get<inject::Refusal>(event).everywhere);
}

TEST_CASE("a process in which all is well says so before its first record") {
    inject::Listener listener;
    const int status = inChild(injected(listener, bytesOptions()), [] {
        const FakeGpu gpu;
        return raise(SIGKILL);
    });
    CHECK(status == 128 + SIGKILL);
    const auto events = eventsOf(listener);
    REQUIRE(events.size() == 1);
    CHECK(std::holds_alternative<inject::Hello>(events[0]));
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
        if (nvtxRangePop() != 1) return 5;
        if (nvtxRangePop() != 0) return 7;
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

TEST_CASE("a whole program is measured: hello, device, a record a launch, bye; its exit code is its own") {
    inject::Listener listener;
    const int status = inChild(injected(listener, bytesOptions()), [] {
        const FakeGpu gpu;
        for (const char* kernel : {"first", "second", "second"}) gpu.launch(kernel);
        return gpu.broken() == 0 ? 17 : 1;
    });
    CHECK(status == 17);
    const auto events = eventsOf(listener);
    REQUIRE(events.size() > 2);
    CHECK(std::holds_alternative<inject::Hello>(events[0]));
    CHECK(std::holds_alternative<inject::SeenDevice>(events[1]));
    const auto records = only<inject::MeasuredRecord>(events);
    REQUIRE(records.size() == 3);
    CHECK(records[2].launch->name == "second");
    CHECK(records[2].launch->ordinal == 1);
    CHECK(records[2].record.point.dramBytes == 5120.0);
    REQUIRE(std::holds_alternative<inject::Bye>(events.back()));
    CHECK(std::get<inject::Bye>(events.back()).launches == 3);
}

TEST_CASE("what a user's own set computes is in the record of a launch, with its unit") {
    const test::TemporaryFolder folder;
    const auto set = folder / "mine.toml";
    std::ofstream(set) << R"(summary = "reads twice"
formula_version = 1
[[counter]]
role = "read"
any_of = ["dram__bytes_read.sum"]
unit = "byte"
[[counter]]
role = "other"
any_of = ["there__is_none.sum"]
unit = "byte"
[[quantity]]
name = "twice_read_bytes"
unit = "byte"
weights = { read = 2 }
[[quantity]]
name = "unknown_bytes"
unit = "byte"
weights = { read = 1, other = 1 }
)";
    inject::Listener listener;
    inject::Options options = bytesOptions();
    options.metricSet = set.string();
    const int status = inChild(injected(listener, options), [] {
        const FakeGpu gpu;
        gpu.launch("first");
        return 17;
    });
    CHECK(status == 17);
    const auto records = only<inject::MeasuredRecord>(eventsOf(listener));
    REQUIRE(records.size() == 1);
    const db::Record& record = records[0].record;
    REQUIRE(record.computed.size() == 1);
    CHECK(record.computed[0].name == "twice_read_bytes");
    CHECK(record.computed[0].value == 8192);
    CHECK(record.computed[0].unit == "byte");
    CHECK(record.metrics == std::map<std::string, double>{{"dram__bytes_read.sum", 4096}});
    CHECK(record.metricUnits.at("dram__bytes_read.sum") == "byte");
    CHECK_FALSE(record.point.flopsExecuted);
}

TEST_CASE("what was measured before a program is killed has been sent") {
    inject::Listener listener;
    const int status = inChild(injected(listener, bytesOptions()), [] {
        const FakeGpu gpu;
        gpu.launch("first");
        gpu.launch("second");
        return raise(SIGKILL);
    });
    CHECK(status == 128 + SIGKILL);
    const auto events = eventsOf(listener);
    CHECK(only<inject::MeasuredRecord>(events).size() == 2);
    CHECK(only<inject::Bye>(events).empty());
}

TEST_CASE("a child forked from a measured process measures nothing and disturbs nothing") {
    inject::Listener listener;
    const int status = inChild(injected(listener, bytesOptions()), [] {
        const FakeGpu gpu;
        gpu.launch("parent");
        const pid_t child = fork();
        if (child == 0) {
            gpu.launch("child");
            std::exit(3);
        }
        int inner = 0;
        waitpid(child, &inner, 0);
        gpu.launch("parent");
        return WIFEXITED(inner) && WEXITSTATUS(inner) == 3 ? 17 : 1;
    });
    CHECK(status == 17);
    const auto events = eventsOf(listener);
    CHECK(only<inject::Hello>(events).size() == 1);
    CHECK(only<inject::MeasuredRecord>(events).size() == 2);
    CHECK(only<inject::Bye>(events).size() == 1);
}

TEST_CASE("another profiler in the process is a sentence, and the program goes on") {
    inject::Listener listener;
    auto environment = injected(listener, bytesOptions());
    environment.emplace_back("FAKE_OTHER_PROFILER", "1");
    const int status = inChild(environment, [] {
        const FakeGpu gpu;
        gpu.launch("unmeasured");
        return 17;
    });
    CHECK(status == 17);
    const auto events = eventsOf(listener);
    const auto refusals = only<inject::Refusal>(events);
    REQUIRE(refusals.size() == 1);
    INFO(refusals[0].message << ": " << refusals[0].hint);
    CHECK(refusals[0].hint.find("nsys") != std::string::npos);
    CHECK(only<inject::MeasuredRecord>(events).empty());
}

TEST_CASE("ranges choose the launches of their thread alone, and start/end ranges those of all threads") {
    inject::Options options = bytesOptions();
    for (const bool nested : {true, false}) {
        options.nvtx = nested ? "step/" : "step";
        inject::Listener listener;
        const int status = inChild(injected(listener, options), [nested] {
            const FakeGpu gpu;
            // Threads one after the other: what is kept of one may not be taken for another's.
            std::thread([&] {
                nested ? static_cast<void>(nvtxRangePushA("step"))
                       : static_cast<void>(nvtxRangeStartA("step"));
                gpu.launch("first");
            }).join();
            std::thread([&] {
                nvtxRangePushA("other");
                gpu.launch("second");
            }).join();
            return gpu.broken() == 0 ? 17 : 1;
        });
        CHECK(status == 17);
        const auto records = only<inject::MeasuredRecord>(eventsOf(listener));
        REQUIRE(records.size() == (nested ? 1U : 2U));
        CHECK(records[0].launch->name == "first");
    }
}

TEST_CASE("the library takes little of the thread-local memory that all libraries of a process share") {
    std::ifstream library(RIDGE_INJECT_FILE, std::ios::binary);
    Elf64_Ehdr header{};
    library.read(reinterpret_cast<char*>(&header), sizeof header);
    std::uint64_t bytes = 0;
    library.seekg(static_cast<std::streamoff>(header.e_phoff));
    for (int i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr part{};
        library.read(reinterpret_cast<char*>(&part), sizeof part);
        if (part.p_type == PT_TLS) bytes += part.p_memsz;
    }
    REQUIRE(library.good());
    CHECK(bytes > 0);
    CHECK(bytes <= 256);  // glibc keeps 1664 bytes for libraries that are loaded late
}
