// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/toolkit.hpp"

#include "tests/support/catch.hpp"

using namespace ridge;

TEST_CASE("a driver branch has the newest toolkit that it takes, or none") {
    CHECK(cupti::fittingToolkit(595) == "13.0");
    CHECK(cupti::fittingToolkit(580) == "13.0");
    CHECK(cupti::fittingToolkit(575) == "12.9");
    CHECK(cupti::fittingToolkit(525) == "12.9");
    CHECK(cupti::fittingToolkit(470).empty());
    CHECK(cupti::fittingToolkit(0).empty());
}

TEST_CASE("a driver too old for this build is told the build that fits, where there is one") {
    CHECK_THAT(cupti::remedyForOldDriver(550), ContainsSubstring("or install the CUDA 12.9 toolkit"));
    CHECK_THAT(cupti::remedyForOldDriver(550), ContainsSubstring("or newer"));
    CHECK_FALSE(cupti::remedyForOldDriver(470).find("toolkit") != std::string::npos);
}

TEST_CASE("the driver that CUPTI needs is that of the build") {
    CHECK(cupti::neededDriver() == (cupti::cudaMajor == 13 ? "CUPTI 13 needs driver R580 or newer"
                                                           : "CUPTI 12 needs driver R525 or newer"));
}

TEST_CASE("an API version is told as the CUDA it came with") {
    CHECK(cupti::versionText(130001) == "13.0 (API 130001)");
    CHECK(cupti::versionText(130100) == "13.1 (API 130100)");
    CHECK(cupti::versionText(28) == "12.9 (API 28)");
    CHECK(cupti::versionText(26) == "12 (API 26)");
}

TEST_CASE("a library of the build's own version serves, one of another major version does not") {
    CHECK(cupti::serves(CUPTI_API_VERSION));
    CHECK_FALSE(cupti::serves(cupti::cudaMajor == 13 ? 28 : 130000));
    CHECK_FALSE(cupti::serves(140000));
    CHECK_FALSE(cupti::serves(12));
}
