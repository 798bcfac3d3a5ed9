// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/pattern.hpp"

#include <thread>

#include "db/model/error.hpp"
#include "tests/support/catch.hpp"

using ridge::inject::Pattern;

namespace {

std::string refusal(const std::string& text) {
    try {
        static_cast<void>(Pattern("--kernel", text));
    } catch (const ridge::Error& error) {
        CHECK(error.code() == ridge::ExitCode::usage);
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("a pattern is found anywhere or asked to be the whole") {
    const Pattern pattern("--kernel", "ge[mn]m\\d*");
    CHECK(pattern.isIn("a gemm128 b"));
    CHECK(!pattern.isIn("a genn b"));
    CHECK(pattern.isAllOf("gemm128"));
    CHECK(!pattern.isAllOf("gemm128 "));
}

TEST_CASE("a faulty pattern is refused with the position of the fault") {
    CHECK_THAT(refusal("abc("), ContainsSubstring("'abc(', position 4: unbalanced parenthesis"));
    CHECK_THAT(refusal("ab[z-a]c"), ContainsSubstring("position 3: a range of characters that falls"));
    CHECK_THAT(refusal("x[a-z](y*"), ContainsSubstring("position 7"));
    CHECK_THAT(refusal("a)b"), ContainsSubstring("position 2"));
    CHECK_THAT(refusal("(a)\\1"), ContainsSubstring("position 4: too complex: no back references here"));
    CHECK_THAT(refusal("a[b"), ContainsSubstring("position 2: '[' without ']'"));
    CHECK_THAT(refusal("a{2"), ContainsSubstring("position 2: '{' without '}'"));
    CHECK_THAT(refusal("a{3,1}"), ContainsSubstring("position 2: '{}' needs numbers that do not fall"));
    CHECK_THAT(refusal("a{100000}"), ContainsSubstring("position 2: too large once its repetitions"));
    CHECK_THAT(refusal("a\\"), ContainsSubstring("position 2: an escape that does not exist"));
    CHECK_THAT(refusal("a[[:foo:]]"), ContainsSubstring("position 2: Invalid character class"));
}

TEST_CASE("a star as in file names is told that it repeats nothing") {
    CHECK_THAT(refusal("*gemm*"), ContainsSubstring("position 1: nothing before it to repeat"));
    CHECK_THAT(refusal("gemm|+"), ContainsSubstring("position 6: nothing before it to repeat"));
}

TEST_CASE("a name of any length is matched on a small stack") {
    // 64 KiB is what a library may give a thread of its own; libstdc++'s default executor needs more than
    // that.
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    REQUIRE(pthread_attr_setstacksize(&attributes, std::size_t{128} << 10) == 0);
    struct Job {
        Pattern pattern{"--kernel", "cutlass.*(gemm|conv)+z"};
        std::string name = "cutlass" + std::string(20000, 'x') + "gemm";
        bool found = true;
    } job;
    pthread_t thread{};
    REQUIRE(pthread_create(
                &thread, &attributes,
                [](void* data) -> void* {
                    auto& work = *static_cast<Job*>(data);
                    work.found = work.pattern.isIn(work.name);
                    return nullptr;
                },
                &job) == 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
    CHECK(!job.found);
}
