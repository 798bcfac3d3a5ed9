// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/driver.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <string>

#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

/// A libcuda that has whatever it is asked for, each at an address of its own.
struct Everything {
    std::set<std::string> names;
    void* find(const char* name) { return const_cast<char*>(names.insert(name).first->c_str()); }
};

}  // namespace

TEST_CASE("every function of the driver's table is looked up, each by a name of its own") {
    Everything cuda;
    const auto driver = cupti::driverFrom([&](const char* name) { return cuda.find(name); });
    REQUIRE(driver);
    CHECK(cupti::canIssueNodes(*driver));
    std::array<void*, sizeof(cupti::Driver) / sizeof(void*)> functions{};
    std::memcpy(functions.data(), &*driver, sizeof(cupti::Driver));
    CHECK(std::count(functions.begin(), functions.end(), nullptr) == 0);
    CHECK(std::set<void*>(functions.begin(), functions.end()).size() == functions.size());
    CHECK(cuda.names.size() == functions.size());
}

TEST_CASE("a driver without a call that measuring takes is none, one without graphs' calls is") {
    Everything cuda;
    const auto without = [&](const std::string& missing) {
        return cupti::driverFrom(
            [&](const char* name) { return name == missing ? nullptr : cuda.find(name); });
    };
    CHECK_FALSE(without("cuCtxSynchronize"));
    const auto old = without("cuGraphExecUpdate_v2");
    REQUIRE(old);
    CHECK_FALSE(cupti::canIssueNodes(*old));
}
