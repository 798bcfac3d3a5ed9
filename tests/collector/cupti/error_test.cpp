// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/error.hpp"

#include <algorithm>

#include "collector/cupti/toolkit.hpp"
#include "tests/support/approved.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::cupti;

TEST_CASE("success throws nothing") {
    CHECK_NOTHROW(check(CUPTI_SUCCESS));
}

TEST_CASE("each translated code says what it means, what lifts it and how the program ends") {
    std::string text;
    for (const int code : {2, 15, 23, 26, 27, 33, 35, 36, 39, 40, 41, 42, 43, 1, 999, 1234}) {
        try {
            check(static_cast<CUptiResult>(code), std::source_location());
        } catch (const CuptiError& error) {
            CHECK(static_cast<int>(error.result()) == code);
            text += std::to_string(code) + " -> exit " + std::to_string(static_cast<int>(error.code())) +
                    "\n  " + error.what() + "\n  " + error.hint() + "\n";
        }
    }
    // The approved text is that of a build with CUDA 13.
    for (std::size_t at = 0; (at = text.find(neededDriver(), at)) != std::string::npos; ++at)
        text.replace(at, neededDriver().size(), "CUPTI 13 needs driver R580 or newer");
    test::checkApproved("cupti_errors.txt", text);
}

TEST_CASE("codes that close the counters end with 4, those that mean no GPU with 3, the rest with 1") {
    for (const int code : {33, 35, 40, 41, 43}) {
        CHECK(translate(static_cast<CUptiResult>(code)).code == ExitCode::notPermitted);
    }
    CHECK(translate(CUPTI_ERROR_INVALID_DEVICE).code == ExitCode::noGpu);
    for (const int code : {1, 26, 39, 999}) {
        CHECK(translate(static_cast<CUptiResult>(code)).code == ExitCode::failed);
    }
}

TEST_CASE("an untranslated code tells where it came from") {
    try {
        check(CUPTI_ERROR_INVALID_PARAMETER);
        FAIL("no exception");
    } catch (const CuptiError& error) {
        CHECK_THAT(error.what(), ContainsSubstring("CUPTI error 1 (CUPTI_ERROR_INVALID_PARAMETER)"));
        CHECK_THAT(error.what(), ContainsSubstring("error_test.cpp:"));
    }
}
