// SPDX-License-Identifier: Apache-2.0
// Stands in for ridge-worker where there is no GPU: answers the protocol with made-up but consistent numbers,
// or misbehaves as FAKE_WORKER says. A rule is WHAT or WHAT:OPERATOR (only for that operator),
// comma-separated: crash, hang, exit (3), garbage, silent (closes its output), refuse (an error reply),
// no-memory (the same, of an allocation), lost (the same, and its end, as after a sticky CUDA error), slow
// (50 ms a point), slow-counters (150 ms where counters are read), other (answers another question),
// no-driver, no-counters (or no-counters:GPU), no-cupti, dead:GPU, above (a ceiling beyond theory), off (a
// closed form that disagrees), throttled (a ceiling), shared (a closed form). FAKE_DEVICE is the name of its
// GPU, FAKE_CHIP its chip; FAKE_NUMBERS changes what it measures: bytes and flops over the modelled ones,
// spec_bytes the same where there are candidate tokens, rate and bandwidth that give the time, passes,
// CACHE_passes the same of one cache mode, watts that give the energy where the worker would measure it, tile
// and cublas (invariant: 0 or 1), dram and bf16 ceilings, jitter.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>

#include "collector/metrics/record_values.hpp"
#include "collector/supervisor/protocol.hpp"
#include "collector/worker/orphan_watch.hpp"
#include "tests/cli/fake_numbers.hpp"

namespace {

using namespace ridge;
using test::fakeNumber;
using test::jittered;

bool told(const std::string& what, const std::string& op = {}) {
    const char* text = std::getenv("FAKE_WORKER");
    const std::string rules = "," + std::string(text != nullptr ? text : "") + ",";
    return rules.find("," + what + ",") != std::string::npos ||
           rules.find("," + what + ":" + op + ",") != std::string::npos;
}

void misbehave(const std::string& op) {
    if (told("crash", op)) std::raise(SIGSEGV);
    if (told("exit", op)) std::_Exit(3);
    if (told("hang", op)) ::pause();
    if (told("slow", op)) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (told("silent", op)) {
        ::close(STDOUT_FILENO);
        ::pause();
    }
}

/// 1 ns a kiloflop, unless FAKE_NUMBERS says what the GPU can do.
double timeOf(const db::Point& asked) {
    const double flops = asked.flopsAlgorithmic.value();
    const auto rate = fakeNumber("rate");
    if (!rate) return flops / 1e3;
    return 1e9 * std::max(flops / *rate, asked.compulsoryBytes.value() / fakeNumber("bandwidth", 1e12));
}

std::optional<bool> invarianceOf(const db::Point& asked) {
    const auto number = fakeNumber(asked.implementation == "fixed-tile" ? "tile" : "cublas");
    if (!number || asked.op != "gemm") return std::nullopt;
    return *number != 0;
}

/// Of a set that a user wrote: 100 of each counter it asks for.
void addCounters(db::Record& record, const std::string& metricSet) {
    if (!metricSet.ends_with(".toml")) return;
    const metrics::MetricSet set = metrics::loadSet(metricSet);
    std::vector<std::string> chip;
    chip.reserve(set.counters.size());
    for (const metrics::CounterRule& rule : set.counters) chip.push_back(metrics::baseName(rule.anyOf[0]));
    const metrics::Resolution resolution = metrics::resolve(set, chip);
    for (const std::string& metric : resolution.metrics) record.metrics[metric] = 100;
    metrics::addValues(record, metrics::evaluate(set, resolution, record.metrics));
}

/// DRAM traffic a tenth above the compulsory.
db::Record measured(const db::Point& asked, const protocol::Options& options) {
    db::Record record{asked, {}, {}, {}};
    record.point.timeNs = jittered(timeOf(asked));
    record.point.timeMethod = "events, at most " + std::to_string(options.repetition.maxTimeS) + " s";
    record.point.samples = 2;
    record.point.flopsExecuted = jittered(asked.flopsAlgorithmic.value() * fakeNumber("flops", 1));
    record.point.dramBytes = jittered(asked.compulsoryBytes.value() * fakeNumber("bytes", 1.1) *
                                      (asked.spec ? fakeNumber("spec_bytes", 1) : 1));
    const auto passes = fakeNumber(options.cache + "_passes");
    if (const auto most = passes ? passes : fakeNumber("passes"))
        record.point.passes = static_cast<std::int64_t>(*most);
    if (const auto watts = fakeNumber("watts"); watts && options.repetition.maxTimeS >= 1)
        record.point.energyJ = *watts * 1e-9 * *record.point.timeNs;
    record.point.invariant = invarianceOf(asked);
    record.point.deterministic = record.point.invariant;
    record.samples = {{*record.point.timeNs, {}, {}, {}, {}, {}}, {*record.point.timeNs, {}, {}, {}, {}, {}}};
    addCounters(record, options.metricSet);
    if (told("other", asked.op)) record.point.m = 12345;
    return record;
}

std::string measure(const db::Point& asked, const protocol::Options& options) {
    misbehave(asked.op);
    if (told("slow-counters") && options.metricSet != "none")
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
    if (const char* log = std::getenv("FAKE_WORKER_LOG"))
        std::ofstream(log, std::ios::app) << asked.op << " b=" << asked.batch.value_or(0) << "\n";
    if (told("garbage", asked.op)) return "Segmentation fault? No: {\"ok\":";
    if (told("refuse", asked.op))
        return protocol::encodeError(
            Error(ExitCode::failed, "cublasGemmEx: CUBLAS_STATUS_NOT_SUPPORTED", "report it"));
    if (told("no-memory", asked.op))
        return protocol::encodeError(
            Error(ExitCode::failed, "cudaMalloc: cudaErrorMemoryAllocation (2)", ""));
    if (told("lost", asked.op))
        return protocol::encodeError(Error(ExitCode::failed, "cudaErrorIllegalAddress (700)", ""));
    return protocol::encodeRecord(measured(asked, options));
}

std::string describe() {
    if (told("no-driver"))
        return protocol::encodeError(Error(ExitCode::noGpu, "no usable GPU: libcuda.so.1 was not found",
                                           "install the driver, or model a GPU"));
    const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
    const std::string named = visible != nullptr ? visible : "0";
    const bool isIndex = named.find_first_not_of("0123456789") == std::string::npos;
    const std::string index = isIndex ? std::to_string(std::stoi(named)) : named;
    if (index.size() == 1 && index > "1")
        return protocol::encodeError(Error(ExitCode::noGpu, "no GPU " + index + " here"));
    const char* name = std::getenv("FAKE_DEVICE");
    const char* chip = std::getenv("FAKE_CHIP");
    db::Device device;
    device.name = name != nullptr ? name : "NVIDIA A40";
    device.uuid = isIndex ? "GPU-00000000-0000-0000-0000-00000000000" + index : named;
    device.chip = chip != nullptr ? chip : "GA102";
    device.memoryBytes = 48'000'000'000;
    return protocol::encodeDescribe({device, "580.1", "13.0", "13.0", "0000:3B:00.0"});
}

/// FAKE_GPUS of them, one unless told; dead:N dies when it looks at GPU N.
std::string preflight(int gpu, const std::string& uuid) {
    const std::string number = std::to_string(gpu);
    if (told("dead", number)) std::raise(SIGSEGV);
    const bool driver = !told("no-driver");
    const bool counters = driver && !told("no-counters", number);
    const bool cupti = !told("no-cupti");
    const char* text = std::getenv("FAKE_GPUS");
    const int gpus = !driver ? 0 : text != nullptr ? std::stoi(text) : 1;
    const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
    const bool named = visible != nullptr && !uuid.empty() && visible == uuid;
    using namespace doctor;
    std::vector<Finding> findings{
        driver ? good("driver", "580.1")
               : bad("driver", ExitCode::noGpu, "libcuda.so.1 was not found", "install the NVIDIA driver"),
        cupti ? good("cupti", "CUPTI 13.0")
              : bad("cupti", ExitCode::failed, "libcupti.so.13 could not be loaded", "set RIDGE_CUPTI"),
        counters ? good("permission", "readable on GA102")
        : driver ? bad("permission", ExitCode::notPermitted, "only an administrator may read counters",
                       "NVreg_RestrictProfilingToAdminUsers=0")
                 : unknown("permission", "not known before the driver works"),
        advice("persistence", "persistence mode is off", "nvidia-persistenced keeps the driver loaded")};
    if (named)
        findings.insert(findings.begin() + 1, good("device", std::string("NVIDIA A40 ") + visible));
    else if (gpus > 1)
        findings.insert(findings.begin() + 1,
                        gpu < gpus ? good("device", "NVIDIA A40 (GPU " + number + " of " + text + ")")
                                   : bad("device", ExitCode::noGpu, "no GPU " + number, "choose another"));
    return protocol::encodePreflight({findings, gpus});
}

std::string metricPlans(const protocol::Request& request) {
    std::vector<protocol::MetricPlan> plans;
    for (const char* chip : {"GA102", "GH100"}) {
        if (request.chip.empty() || request.chip == chip)
            plans.push_back({chip,
                             request.set.empty() ? "roofline" : request.set,
                             3,
                             {"dram__bytes_read.sum"},
                             {"dram_write", "tensor"}});
    }
    return protocol::encodeMetricPlans(plans);
}

/// Round numbers below the A40's data sheet; above:NAME is a hundred times as much.
std::string ceiling(const std::string& name) {
    misbehave(name);
    if (told("refuse", name)) return protocol::encodeError(Error(ExitCode::failed, "out of memory", ""));
    if (name == "tensor_fp8") return protocol::encodeCeiling({std::nullopt, "no fp8 before 8.9", {}});
    const bool memory = name.rfind("dram_", 0) == 0 || name == "l2_read";
    db::Ceiling measured;
    measured.kind = memory ? "memory" : "compute";
    measured.name = told("other", name) ? "other" : name;
    measured.unit = memory ? "byte/s" : name == "tensor_int8" ? "op/s" : "flop/s";
    measured.origin = "measured";
    measured.value = jittered(memory                  ? fakeNumber("dram", 640e9)
                              : name == "fp64"        ? 500e9
                              : name != "tensor_bf16" ? 30e12
                                                      : fakeNumber("bf16", 30e12));
    if (told("above", name)) measured.value *= 100;
    measured.method = "fake " + name + " kernel: 1e+09 counted; 10 samples, stable 0.1 %";
    measured.kernel = "fake " + name + " kernel";
    measured.counted = 1e9;
    measured.expected = 1.01e9;
    measured.spread = 0.001;
    measured.clockHz = 1.74e9;
    if (told("throttled", name)) measured.method += "; throttled by sw_power_cap";
    return protocol::encodeCeiling({measured, {}, told("throttled", name) ? "throttled" : ""});
}

/// A closed form that agrees; off:NAME is one percent and a half short.
std::string selftest(const std::string& name) {
    misbehave(name);
    db::Record record;
    db::Point& point = record.point;
    point.provenance = db::Provenance::measured;
    point.plan = "selftest";
    point.op = name == "copy" ? "copy" : name.rfind("gemm_", 0) == 0 ? "gemm" : "fma";
    point.dtype = name == "copy" ? "" : name == "half2" ? "fp16" : name.substr(name.find('_') + 1);
    if (name == "gemm_fp8") {
        point.status = db::Status::skipped;
        point.statusReason = "no fp8 before 8.9";
        return protocol::encodeRecord(record);
    }
    const bool off = told("off", name);
    point.params = nlohmann::json{{"form", name},
                                  {"verdict", off ? "off" : "ok"},
                                  {"text", off ? "98.5 counted, 100 expected" : "100 counted, 100 expected"}}
                       .dump();
    point.timeNs = 1e6;
    if (told("shared", name)) point.flags = "multi_pass,shared_device";
    (name == "copy" ? point.compulsoryBytes : point.flopsAlgorithmic) = 100;
    (name == "copy" ? point.dramBytes : point.flopsExecuted) = off ? 98.5 : 100;
    return protocol::encodeRecord(record);
}

void log(const std::string& text) {
    if (const char* file = std::getenv("FAKE_WORKER_LOG"))
        std::ofstream(file, std::ios::app) << text << std::endl;
}

/// A clock that is on record as long as it is held; frozen: only an administrator may lock it.
class FakeClock {
 public:
    FakeClock() = default;
    FakeClock(const FakeClock&) = delete;
    FakeClock& operator=(const FakeClock&) = delete;
    ~FakeClock() {
        if (m_held) log("unlocked at the end");
    }

    std::string set(const protocol::Request& request) {
        if (told("frozen"))
            return protocol::encodeError(Error(ExitCode::notPermitted,
                                               "locking the SM clock at 1410 MHz: Insufficient "
                                               "Permissions (NVML status 4)",
                                               "run as root"));
        m_held = request.kind == "lock_clocks";
        if (m_held)
            for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, SIG_IGN);
        log(m_held ? "locked by " + std::to_string(::getpid()) : "unlocked");
        if (request.clock.uuid.starts_with("MIG-")) log(request.kind + " " + request.clock.pciBusId);
        return protocol::encodeClock(m_held ? 1e6 * request.clock.mhz.value_or(1000) : 0);
    }

 private:
    bool m_held = false;
};

}  // namespace

int main() {
    FakeClock clock;
    worker::endWithSupervisor();
    for (std::string line; std::getline(std::cin, line);) {
        if (line == "echo") {
            std::cout << "pid " << ::getpid() << std::endl;
            continue;
        }
        if (line.rfind("do ", 0) == 0) {
            ::setenv("FAKE_WORKER", line.substr(3).c_str(), 1);
            misbehave({});
            std::cout << "still here" << std::endl;
            continue;
        }
        const protocol::Request request = protocol::decodeRequest(line);
        if (request.kind == "describe") std::cout << describe() << std::endl;
        if (request.kind == "preflight")
            std::cout << preflight(request.gpu.value_or(0), request.uuid) << std::endl;
        if (request.kind == "metrics") std::cout << metricPlans(request) << std::endl;
        if (request.kind == "ceiling") std::cout << ceiling(request.name) << std::endl;
        if (request.kind == "selftest") std::cout << selftest(request.name) << std::endl;
        if (request.kind == "lock_clocks" || request.kind == "unlock_clocks")
            std::cout << clock.set(request) << std::endl;
        if (request.kind != "measure") continue;
        std::cout << measure(request.work->point, request.options) << std::endl;
        if (told("lost", request.work->point.op)) return EXIT_FAILURE;
    }
}
