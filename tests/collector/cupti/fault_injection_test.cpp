// SPDX-License-Identifier: Apache-2.0
// Every call of a measurement goes wrong once, with every error code that a machine is known to give.
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "collector/cupti/error.hpp"
#include "collector/cupti/range_profiler.hpp"
#include "tests/collector/cupti/fake_cupti.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using cupti::CounterReading;
using cupti::RangeProfilerBackend;
using test::FakeCupti;
using Names = std::vector<std::string>;

namespace {

const Names metricNames{"dram__bytes_read.sum", "lts__t_bytes.sum"};

/// Failing to give something back is no reason to lose values that are there already.
const std::set<std::string> releases{"HostDeinitialize", "Disable"};

/// A backend as the worker keeps it: opened at its first use, kept over failures of single measurements.
class Bench {
 public:
    CounterReading measure(const std::function<void()>& work = [] {}) {
        if (!m_backend)
            m_backend = std::make_unique<RangeProfilerBackend>(FakeCupti::api(), &FakeCupti::driver(), 0);
        return m_backend->read(metricNames, {"gemm", {}, work});
    }

 private:
    std::unique_ptr<RangeProfilerBackend> m_backend;
};

/// How often a whole measurement makes each of CUPTI's calls.
std::map<std::string, std::size_t> callsOfAMeasurement() {
    FakeCupti fake;
    static_cast<void>(Bench().measure());
    std::map<std::string, std::size_t> calls;
    for (const std::string& call : fake.calls) {
        if (!call.starts_with("cu")) ++calls[call];
    }
    return calls;
}

struct Failure {
    ExitCode code = ExitCode::done;
    std::optional<CUptiResult> result;
    std::string text, hint;
};

/// How a measurement ends; nullopt when it has both values.
std::optional<Failure> failureOf(Bench& bench) {
    try {
        const CounterReading reading = bench.measure();
        if (reading.refused == metricNames) return Failure{ExitCode::done, {}, "refused", {}};
        CHECK(reading.values ==
              std::map<std::string, double>{{metricNames[0], 4096}, {metricNames[1], 8192}});
        CHECK(reading.passes == 3);
        return std::nullopt;
    } catch (const cupti::CuptiError& error) {
        return Failure{error.code(), error.result(), error.what(), error.hint()};
    } catch (const Error& error) {
        return Failure{error.code(), {}, error.what(), error.hint()};
    }
}

void checkFailure(const test::Fault& fault, const std::optional<Failure>& failure) {
    if (releases.contains(fault.call)) {
        CHECK_FALSE(failure);
        return;
    }
    const bool refusal = fault.result == CUPTI_ERROR_INVALID_PARAMETER ||
                         fault.result == CUPTI_ERROR_NOT_SUPPORTED || fault.result == CUPTI_ERROR_UNKNOWN;
    if (fault.call == "AddMetrics" && refusal) {
        // One refusal is looked into name by name; here it does not come again.
        CHECK_FALSE(failure);
        return;
    }
    REQUIRE(failure);
    const cupti::Translation translation = cupti::translate(fault.result);
    CHECK(failure->code == translation.code);
    CHECK(failure->text.starts_with(translation.text));
    CHECK_FALSE(failure->hint.empty());
    if (failure->result) CHECK(*failure->result == fault.result);
}

FakeCupti& scripted(FakeCupti& fake) {
    fake.values = {{metricNames[0], 4096}, {metricNames[1], 8192}};
    return fake;
}

}  // namespace

TEST_CASE(
    "every call with every error code is translated, gives everything back and spoils nothing after it") {
    const auto calls = callsOfAMeasurement();
    REQUIRE(calls.size() >= 21);
    REQUIRE(calls.at("Stop") == 3);
    for (const auto& [call, occurrences] : calls) {
        for (std::size_t occurrence = 1; occurrence <= occurrences; ++occurrence) {
            for (const CUptiResult code : test::knownErrors()) {
                FakeCupti fake;
                scripted(fake).fault = test::Fault{call, occurrence, code};
                INFO(call << " " << occurrence << " gives " << static_cast<int>(code));
                {
                    Bench bench;
                    checkFailure(*fake.fault, failureOf(bench));
                    CHECK_FALSE((fake.enabled || fake.started || fake.pushed));
                    CHECK(fake.current == nullptr);
                    fake.fault.reset();
                    CHECK_FALSE(failureOf(bench));
                }
                CHECK(fake.isClean());
                CHECK(fake.broken == Names{});
            }
        }
    }
}

TEST_CASE("errors that come while an exception of the work unwinds do not hide it, and nothing stays open") {
    for (const char* call : {"PopRange", "Stop", "Disable"}) {
        for (const CUptiResult code : test::knownErrors()) {
            FakeCupti fake;
            scripted(fake).fault = test::Fault{call, 1, code};
            INFO(call << " gives " << static_cast<int>(code));
            {
                Bench bench;
                CHECK_THROWS_WITH(bench.measure([] { throw std::runtime_error("launch failed"); }),
                                  ContainsSubstring("launch failed"));
                CHECK_FALSE(failureOf(bench));
            }
            CHECK(fake.isClean());
        }
    }
}

TEST_CASE("dropped ranges, NaN and passes that do not end cost one measurement, not the next") {
    FakeCupti fake;
    scripted(fake);
    Bench bench;
    fake.dropped = 1;
    CHECK(failureOf(bench).value().code == ExitCode::failed);
    fake.dropped = 0;
    CHECK_FALSE(failureOf(bench));
    fake.passesNeeded = 0;
    CHECK(failureOf(bench).value().code == ExitCode::failed);
    fake.passesNeeded = 3;
    CHECK_FALSE(failureOf(bench));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    fake.values = {{metricNames[0], nan}, {metricNames[1], nan}};
    CHECK(failureOf(bench).value().text == "refused");
    CHECK_FALSE(failureOf((scripted(fake), bench)));
}

TEST_CASE("every pass starts in the device's context, also after work that left another one current") {
    FakeCupti fake;
    int other = 0;
    fake.current = reinterpret_cast<CUcontext>(&other);
    scripted(fake);
    {
        Bench bench;
        const CounterReading reading = bench.measure([&] { fake.current = nullptr; });
        CHECK(reading.values.size() == 2);
        CHECK(fake.broken == Names{});
        CHECK(fake.current == reinterpret_cast<CUcontext>(&other));
        CHECK_FALSE(failureOf(bench));
    }
    CHECK(fake.isClean());
}

TEST_CASE("two backends take turns on one device, and each gives back what it took") {
    FakeCupti fake;
    scripted(fake);
    {
        Bench first;
        CHECK_FALSE(failureOf(first));
        Bench second;
        CHECK_FALSE(failureOf(second));
        CHECK_FALSE(failureOf(first));
    }
    CHECK(fake.hosts == 0);
    CHECK_FALSE((fake.enabled || fake.started || fake.pushed));
}
