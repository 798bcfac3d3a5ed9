// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/checkup.hpp"

#include <string>
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

}  // namespace

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

    std::vector<Checkup> checkups{stopping("0", ExitCode::noGpu), stopping("1", ExitCode::notPermitted),
                                  stopping("2", ExitCode::failed), stopping("4", ExitCode::notPermitted)};
    CHECK(mostAble(checkups).code == ExitCode::notPermitted);
    CHECK(mostAble(checkups).gpus == std::vector<std::string>{"1", "4"});
    checkups.push_back(fine);
    CHECK(mostAble(checkups).code == ExitCode::done);
    CHECK(mostAble(checkups).gpus == std::vector<std::string>{"3"});
}
