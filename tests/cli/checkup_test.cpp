// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/checkup.hpp"

#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::supervisor;
using doctor::bad;
using doctor::good;
using doctor::unknown;

namespace {

std::string textOf(const std::vector<SharedFinding>& findings) {
    std::string text;
    for (const auto& [finding, gpus] : findings) {
        text += finding.name + " " + finding.text;
        for (const std::string& gpu : gpus) text += " " + gpu;
        text += "\n";
    }
    return text;
}

using Variables = std::map<std::string, std::string>;

/// The fake worker with this environment, for as long as this exists.
class Worker {
 public:
    explicit Worker(Variables environment, std::string program = FAKE_WORKER)
        : m_environment(std::move(environment)) {
        m_environment["RIDGE_WORKER"] = std::move(program);
        for (const auto& [name, value] : m_environment) ::setenv(name.c_str(), value.c_str(), 1);
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
        for (const auto& [name, value] : m_environment) ::unsetenv(name.c_str());
    }

 private:
    Variables m_environment;
};

/// "0 0, 1 3": every GPU that was looked at, with its verdict.
std::string looked(const std::vector<std::string>& devices) {
    std::string text;
    for (const Checkup& checkup : checkUp(devices, std::chrono::seconds(20))) {
        text += text.empty() ? "" : ", ";
        text += checkup.gpu + " " + std::to_string(static_cast<int>(verdict(checkup)));
    }
    return text;
}

}  // namespace

TEST_CASE("every GPU is looked at, and one that kills the worker costs its own findings") {
    const auto with = [](const char* gpus, const char* rules) {
        const Worker worker(Variables{{"FAKE_GPUS", gpus}, {"FAKE_WORKER", rules}});
        return looked({});
    };
    CHECK(with("3", "") == "0 0, 1 0, 2 0");
    CHECK(with("3", "no-counters:1") == "0 0, 1 4, 2 0");
    CHECK(with("3", "dead:0") == "0 3, 1 0, 2 0");
    CHECK(with("3", "dead:1,dead:2") == "0 0, 1 3, 2 3");
    CHECK(with("2", "dead:0,dead:1") == "0 3, 1 3");
    CHECK(with("1", "dead:0") == "0 3");
    CHECK(with("1", "no-driver") == "0 3");
}

TEST_CASE("the GPUs that are named are looked at in their order, by number and by UUID") {
    const Worker worker(Variables{{"FAKE_GPUS", "3"}, {"FAKE_WORKER", "no-counters:2"}});
    CHECK(looked({"2", "0"}) == "2 4, 0 0");
    CHECK(looked({"3"}) == "3 3");
    CHECK(looked({"99999999999"}) == "99999999999 3");
    const auto checkups = checkUp({"1", "GPU-7f"}, std::chrono::seconds(20));
    REQUIRE(checkups.size() == 2);
    CHECK(textOf(shared({checkups[1]})).find("device NVIDIA A40 GPU-7f\n") != std::string::npos);
    CHECK(textOf(shared({checkups[0]})).find("device NVIDIA A40 (GPU 1 of 3)\n") != std::string::npos);
}

TEST_CASE("a build without a worker is one finding that says so") {
    const Worker worker(Variables{}, "/nowhere/ridge-worker");
    const auto checkups = checkUp({"1", "2"}, std::chrono::seconds(20));
    REQUIRE(checkups.size() == 1);
    REQUIRE(checkups[0].findings.size() == 1);
    CHECK(checkups[0].findings[0].name == "worker");
    CHECK(checkups[0].findings[0].stops == ExitCode::noGpu);
    CHECK_THAT(checkups[0].findings[0].text, ContainsSubstring("/nowhere/ridge-worker"));
}

TEST_CASE("a program that is no worker is told by its name, what it answered and what to do") {
    const Worker worker(Variables{}, "/bin/cat");
    const auto checkups = checkUp({}, std::chrono::seconds(20));
    REQUIRE(checkups.size() == 1);
    REQUIRE(checkups[0].findings.size() == 1);
    const doctor::Finding& finding = checkups[0].findings[0];
    CHECK(finding.stops == ExitCode::noGpu);
    CHECK(finding.text == R"(/bin/cat: not a reply of a worker: '{"gpu":0,"request":"preflight"}')");
    CHECK_THAT(finding.remedy, ContainsSubstring("unset RIDGE_WORKER"));
}

TEST_CASE("a finding that all GPUs share names none, any other names its own") {
    const std::vector<Checkup> checkups{
        {"0", {good("driver", "580"), good("ecc", "on"), good("memory", "80 GB")}},
        {"1", {good("driver", "580"), good("ecc", "off"), good("memory", "80 GB")}},
        {"2", {good("driver", "580"), good("ecc", "on"), good("memory", "80 GB")}}};
    CHECK(textOf(shared(checkups)) == "driver 580\necc on 0 2\necc off 1\nmemory 80 GB\n");
    CHECK(textOf(shared({checkups[1]})) == "driver 580\necc off\nmemory 80 GB\n");
}

TEST_CASE("findings differ by text, state, remedy and what they stop") {
    const auto first = bad("permission", ExitCode::notPermitted, "closed", "open");
    auto other = GENERATE_COPY(bad("permission", ExitCode::notPermitted, "shut", "open"),
                               unknown("permission", "closed"),
                               bad("permission", ExitCode::notPermitted, "closed", "unlock"),
                               bad("permission", ExitCode::failed, "closed", "open"));
    CHECK(shared({{"0", {first}}, {"1", {other}}}).size() == 2);
    CHECK(shared({{"0", {first}}, {"1", {first}}}).size() == 1);
}

TEST_CASE("a finding that only some GPUs have names them, in its place") {
    const std::vector<Checkup> checkups{
        {"0", {good("device", "a"), bad("state", ExitCode::noGpu, "lost", "reset")}},
        {"1", {good("device", "b"), good("ecc", "on")}}};
    CHECK(textOf(shared(checkups)) == "device a 0\ndevice b 1\nstate lost 0\necc on 1\n");
}

TEST_CASE("what stops most is a GPU's verdict, and the GPUs that can do most are named") {
    const auto stopping = [](const char* gpu, ExitCode code) {
        return Checkup{gpu, {good("driver", "580"), bad("x", code, "wrong", "mend")}};
    };
    CHECK(verdict({"0", {bad("a", ExitCode::notPermitted, "", ""), bad("b", ExitCode::failed, "", "")}}) ==
          ExitCode::failed);
    CHECK(verdict({"0", {bad("a", ExitCode::failed, "", ""), bad("b", ExitCode::noGpu, "", "")}}) ==
          ExitCode::noGpu);
    const Checkup fine{"3", {good("driver", "580"), doctor::advice("ecc", "off", "on")}};
    CHECK(verdict(fine) == ExitCode::done);
    CHECK(verdict({"0", {}}) == ExitCode::done);

    std::vector<Checkup> checkups{stopping("0", ExitCode::noGpu), stopping("1", ExitCode::notPermitted),
                                  stopping("2", ExitCode::failed), stopping("4", ExitCode::notPermitted)};
    CHECK(mostAble(checkups).code == ExitCode::notPermitted);
    CHECK(mostAble(checkups).gpus == std::vector<std::string>{"1", "4"});
    checkups.push_back(fine);
    CHECK(mostAble(checkups).code == ExitCode::done);
    CHECK(mostAble(checkups).gpus == std::vector<std::string>{"3"});
}
