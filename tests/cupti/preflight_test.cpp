// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/preflight.hpp"

#include <string>
#include <vector>

#include "tests/collector/doctor/situations.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

bool isOk(const std::vector<doctor::Finding>& list, const std::string& name) {
    for (const auto& finding : list) {
        if (finding.name == name) return finding.state == doctor::State::ok;
    }
    FAIL("no finding " << name);
    return false;
}

std::vector<std::string> wordsOf(const std::vector<doctor::Finding>& list) {
    std::vector<std::string> words;
    words.reserve(list.size());
    for (const auto& finding : list)
        words.push_back(finding.name + ": " + finding.text + " / " + finding.remedy);
    return words;
}

}  // namespace

TEST_CASE("the preflight of this machine answers without a signal, with or without a driver") {
    const auto list = doctor::preflight(0).findings;
    CHECK(isOk(list, "cupti"));
    if (cupti::driver() == nullptr) {
        CHECK_FALSE(isOk(list, "driver"));
        CHECK_FALSE(isOk(list, "device"));
    } else {
        const auto libraries = doctor::askLibraries(0);
        CHECK(libraries.cudaLibrary);
        CHECK(isOk(list, "device") == !libraries.deviceName.empty());
    }
}

TEST_CASE("where there is no driver the libraries say what the situation written by hand has them say") {
    if (cupti::driver() != nullptr) return;
    const doctor::MachineFacts machine = doctor::readMachine();
    const doctor::LibraryFacts said = doctor::askLibraries(0);
    doctor::LibraryFacts written = test::noDriver("").libraries;
    REQUIRE(said.gate);
    CHECK(said.gate->step == written.gate->step);
    CHECK(said.gate->text == written.gate->text);
    CHECK(said.cudaLibrary == written.cudaLibrary);
    CHECK(said.cudaVersion == written.cudaVersion);
    CHECK(said.deviceCount == written.deviceCount);
    CHECK(said.sessionTried == written.sessionTried);
    CHECK(said.gpu.has_value() == written.gpu.has_value());
    written.cuptiPath = said.cuptiPath;
    written.cuptiVersion = said.cuptiVersion;
    CHECK(wordsOf(doctor::findings(machine, said)) == wordsOf(doctor::findings(machine, written)));
}
