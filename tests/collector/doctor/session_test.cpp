// SPDX-License-Identifier: Apache-2.0
// The session that the doctor tries, on a fake CUPTI.
#include <string>
#include <vector>

#include "collector/doctor/preflight.hpp"
#include "tests/collector/cupti/fake_cupti.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::FakeCupti;

namespace {

/// What the doctor tells where `call` gives `code`, finding by finding.
std::vector<std::string> told(const std::string& call, CUptiResult code) {
    FakeCupti fake;
    fake.failing[call] = code;
    doctor::LibraryFacts libraries;
    libraries.cudaLibrary = true;
    libraries.deviceCount = 1;
    libraries.deviceName = "Fake GPU";
    doctor::trySession(FakeCupti::api(), &FakeCupti::driver(), libraries);
    CHECK(libraries.sessionTried);
    CHECK(libraries.sessionResult == code);
    CHECK(fake.isClean());
    std::vector<std::string> words;
    for (const doctor::Finding& finding : doctor::findings({}, libraries)) {
        if (finding.name == "permission" || finding.name == "holders")
            words.push_back(finding.name + ": " + finding.text + " / " + finding.remedy);
    }
    return words;
}

}  // namespace

TEST_CASE("what refuses the counters only at Start is told as where it refuses their availability") {
    for (const CUptiResult code : {CUPTI_ERROR_HARDWARE_BUSY, CUPTI_ERROR_INSUFFICIENT_PRIVILEGES}) {
        INFO(static_cast<int>(code));
        const auto words = told("Start", code);
        REQUIRE(words.size() == 2);
        CHECK(words == told("GetCounterAvailability", code));
        CHECK(words != told("Start", CUPTI_SUCCESS));
    }
    CHECK_THAT(told("Start", CUPTI_ERROR_HARDWARE_BUSY).back(),
               ContainsSubstring("another program holds the GPU's counters"));
    CHECK_THAT(told("Start", CUPTI_ERROR_INSUFFICIENT_PRIVILEGES).front(),
               ContainsSubstring("administrators"));
}
