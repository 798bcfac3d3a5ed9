// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/collector/doctor/situations.hpp"
#include "tests/support/approved.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::doctor;
using namespace ridge::test;

namespace {

std::string textOf(const doctor::Finding& finding) {
    const char* mark = finding.state == State::ok        ? "ok"
                       : finding.state == State::unknown ? "??"
                       : finding.stops == ExitCode::done ? " !"
                                                         : "!!";
    std::string text = fmt::format("{} {:12} {}\n", mark, finding.name, finding.text);
    if (!finding.remedy.empty()) text += fmt::format("{:16}{}\n", "", finding.remedy);
    return text;
}

const doctor::Finding& named(const std::vector<doctor::Finding>& list, const std::string& name) {
    for (const auto& finding : list) {
        if (finding.name == name) return finding;
    }
    throw std::runtime_error("no finding " + name);
}

}  // namespace

// The first situation whole, of every other one what differs from it.
TEST_CASE("every situation has its findings in approved words") {
    std::string text;
    std::set<std::string> first;
    for (const Situation& situation : situations()) {
        text += fmt::format("== {}\n", situation.name);
        const bool isFirst = first.empty();
        for (const auto& finding : findings(situation.machine, situation.libraries)) {
            const std::string said = textOf(finding);
            if (isFirst) first.insert(said);
            if (isFirst || !first.contains(said)) text += said;
        }
    }
    test::checkApproved("doctor_findings.txt", text);
}

TEST_CASE("what is wrong says what to do, and nothing else does or stops anything") {
    for (const Situation& situation : situations()) {
        for (const auto& finding : findings(situation.machine, situation.libraries)) {
            INFO(situation.name << ": " << finding.name);
            CHECK(finding.remedy.empty() == (finding.state != State::wrong));
            if (finding.state != State::wrong) CHECK(finding.stops == ExitCode::done);
            CHECK_FALSE(finding.text.empty());
            CHECK_THAT(finding.remedy,
                       !ContainsSubstring("nvidia-smi") && !ContainsSubstring("ridge doctor"));
        }
    }
}

TEST_CASE("nothing stops a machine that measures") {
    const Situation situation = measuring("");
    for (const auto& finding : findings(situation.machine, situation.libraries)) {
        INFO(finding.name);
        CHECK(finding.state == State::ok);
    }
}

TEST_CASE("what stops tells no GPU, closed counters and counters in use apart") {
    const auto stops = [](const Situation& situation, const char* name) {
        return named(findings(situation.machine, situation.libraries), name).stops;
    };
    CHECK(stops(noDriver(""), "driver") == ExitCode::noGpu);
    CHECK(stops(noDevice(""), "device") == ExitCode::noGpu);
    CHECK(stops(withoutCupti(""), "cupti") == ExitCode::failed);
    CHECK(stops(refused("", CUPTI_ERROR_HARDWARE_BUSY), "holders") == ExitCode::failed);
    CHECK(stops(refused("", CUPTI_ERROR_INSUFFICIENT_PRIVILEGES), "permission") == ExitCode::notPermitted);
    CHECK(stops(refused("", CUPTI_ERROR_UNKNOWN), "cupti") == ExitCode::failed);
    CHECK(stops(refused("", CUPTI_ERROR_UNKNOWN), "holders") == ExitCode::done);
}

TEST_CASE("CAP_PERFMON opens the counters from driver R565 on, not before") {
    Situation situation = withoutCupti("");
    situation.machine.capabilities = perfmon;
    situation.machine.kernelDriver = "565.57.01";
    CHECK(named(findings(situation.machine, situation.libraries), "permission").state == State::ok);
    situation.machine.kernelDriver = "560.35.05";
    CHECK(named(findings(situation.machine, situation.libraries), "permission").state == State::wrong);
}

TEST_CASE("a driver is ok only where something says that it is new enough") {
    Situation situation = measuring("");
    situation.libraries.sessionTried = false;
    situation.machine.kernelDriver.clear();
    const auto state = [&](int cudaVersion, const char* nvml) {
        situation.libraries.cudaVersion = cudaVersion;
        situation.libraries.nvmlDriver = nvml;
        return named(findings(situation.machine, situation.libraries), "driver").state;
    };
    CHECK(state(0, "") == State::unknown);
    CHECK(state(12090, "") == State::wrong);
    CHECK(state(13000, "") == State::ok);
    CHECK(state(13000, "575.51.03") == State::wrong);
    CHECK(state(12090, "580.65.06") == State::ok);
    situation.machine.kernelDriver = "575.51.03";  // the module's own word counts most
    CHECK(state(13000, "580.65.06") == State::wrong);
}
