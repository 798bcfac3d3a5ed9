// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "tests/support/catch.hpp"

using namespace ridge::supervisor;

namespace {

std::size_t size() {
    std::size_t count = 0;
    while (environ[count] != nullptr) ++count;
    return count;
}

}  // namespace

TEST_CASE("a program is started with this one's variables and those of its own, which take their place") {
    ::setenv("RIDGE_TEST_KEPT", "a=b", 1);
    ::setenv("RIDGE_TEST_REPLACED", "old", 1);
    ::setenv("RIDGE_TEST_REPLACED_NOT", "kept", 1);
    const std::size_t before = size();
    const auto merged = environmentWith({{"RIDGE_TEST_REPLACED", "new"}, {"RIDGE_TEST_ADDED", ""}});
    const auto count = [&](const char* text) { return std::count(merged.begin(), merged.end(), text); };
    CHECK(merged.size() == before + 1);
    CHECK(count("RIDGE_TEST_KEPT=a=b") == 1);
    CHECK(count("RIDGE_TEST_REPLACED=new") == 1);
    CHECK(count("RIDGE_TEST_REPLACED=old") == 0);
    CHECK(count("RIDGE_TEST_REPLACED_NOT=kept") == 1);
    CHECK(count("RIDGE_TEST_ADDED=") == 1);
    CHECK(size() == before);
    for (const char* name : {"RIDGE_TEST_KEPT", "RIDGE_TEST_REPLACED", "RIDGE_TEST_REPLACED_NOT"})
        ::unsetenv(name);
}

TEST_CASE("texts are passed in order, with a null pointer after the last") {
    std::vector<std::string> texts{"first", "", "last"};
    const std::vector<char*> passed = pointers(texts);
    REQUIRE(passed.size() == 4);
    for (std::size_t i = 0; i < texts.size(); ++i) CHECK(passed[i] == texts[i].data());
    CHECK(passed[3] == nullptr);
}
