// SPDX-License-Identifier: Apache-2.0
// The program itself on a machine, or in an environment, without a usable GPU: sentences and codes, no
// signals.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "collector/supervisor/protocol.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

struct Outcome {
    int status = -1;  ///< of waitpid
    std::vector<std::string> replies;
};

/// Every device hidden, so that machines with a GPU run this test as well.
Outcome ask(const std::vector<std::string>& requests) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("ridge-worker-test." + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream input(folder / "in");
    for (const std::string& request : requests) input << request << '\n';
    input.close();
    const std::string command = "CUDA_VISIBLE_DEVICES= " RIDGE_BIN_DIR "/ridge-worker <" +
                                (folder / "in").string() + " >" + (folder / "out").string() + " 2>" +
                                (folder / "err").string();
    Outcome outcome;
    outcome.status = std::system(command.c_str());
    std::ifstream output(folder / "out");
    for (std::string line; std::getline(output, line);) outcome.replies.push_back(line);
    output.close();
    std::filesystem::remove_all(folder);
    return outcome;
}

protocol::Work work() {
    protocol::Work work;
    work.point.plan = "test";
    work.point.op = "gemm";
    work.point.implementation = "fixed-tile";
    work.point.dtype = "bf16";
    work.point.m = 16;
    work.point.n = 128;
    work.point.k = 64;
    return work;
}

template <class Decode>
Error errorOf(Decode decode) {
    try {
        static_cast<void>(decode());
    } catch (const Error& error) {
        return error;
    }
    return {ExitCode::done, "no error"};
}

}  // namespace

TEST_CASE("requests that need a GPU are refused with code 3, and the worker goes on to the end of input") {
    const Outcome outcome = ask({R"({"request":"describe"})", protocol::encodeMeasure(work(), {}), "nonsense",
                                 protocol::encodeMeasure(work(), {})});
    REQUIRE(WIFEXITED(outcome.status));
    CHECK(WEXITSTATUS(outcome.status) == 0);
    REQUIRE(outcome.replies.size() == 4);
    const Error described = errorOf([&] { return protocol::decodeDescribe(outcome.replies[0]); });
    CHECK(described.code() == ExitCode::noGpu);
    CHECK_THAT(described.what(), Catch::Matchers::StartsWith("no usable GPU: "));
    CHECK_FALSE(described.hint().empty());
    CHECK(errorOf([&] { return protocol::decodeRecord(outcome.replies[1]); }).code() == ExitCode::noGpu);
    CHECK(errorOf([&] { return protocol::decodeRecord(outcome.replies[2]); }).code() == ExitCode::failed);
    CHECK(errorOf([&] { return protocol::decodeRecord(outcome.replies[3]); }).code() == ExitCode::noGpu);
}

TEST_CASE("ceilings and closed forms are refused with code 3 as well") {
    const Outcome outcome =
        ask({protocol::encodeNamed("ceiling", "fp32"), protocol::encodeNamed("selftest", "copy")});
    REQUIRE(outcome.replies.size() == 2);
    CHECK(errorOf([&] { return protocol::decodeCeiling(outcome.replies[0]); }).code() == ExitCode::noGpu);
    CHECK(errorOf([&] { return protocol::decodeRecord(outcome.replies[1]); }).code() == ExitCode::noGpu);
}

TEST_CASE("metric plans need no GPU") {
    const Outcome outcome = ask({R"({"request":"metrics","chip":"GH100","set":"roofline"})"});
    REQUIRE(outcome.replies.size() == 1);
    const auto plans = protocol::decodeMetricPlans(outcome.replies[0]);
    REQUIRE(plans.size() == 1);
    CHECK(plans[0].chip == "GH100");
    CHECK(plans[0].passes == 3);
}

TEST_CASE("preflight finds what is missing and what to do") {
    const Outcome outcome = ask({R"({"request":"preflight"})"});
    REQUIRE(outcome.replies.size() == 1);
    bool stopped = false;
    for (const protocol::Finding& finding : protocol::decodePreflight(outcome.replies[0]).findings) {
        INFO(finding.name << ": " << finding.text);
        CHECK(finding.remedy.empty() == (finding.state != doctor::State::wrong));
        stopped = stopped || finding.stops == ExitCode::noGpu;
    }
    CHECK(stopped);
}

TEST_CASE("recording fixtures without a GPU ends with exit code 3 and leaves nothing") {
    const auto folder =
        std::filesystem::temp_directory_path() / ("ridge-worker-record." + std::to_string(getpid()));
    const std::string command =
        "CUDA_VISIBLE_DEVICES= " RIDGE_BIN_DIR "/ridge-worker --record " + folder.string() + " 2>/dev/null";
    const int status = std::system(command.c_str());
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 3);
    CHECK_FALSE(std::filesystem::exists(folder));
}
