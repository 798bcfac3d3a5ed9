// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/preflight.hpp"

#include <string>
#include <vector>

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
