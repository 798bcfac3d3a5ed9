// SPDX-License-Identifier: Apache-2.0
// ridge profile on a program whose GPU is the fake injected library.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/cli/program.hpp"
#include "tests/support/catch.hpp"

namespace ridge::test {

using Arguments = std::vector<std::string>;

inline const Environment fake{{"RIDGE_INJECT", FAKE_INJECTION}};

inline Arguments profiling(const Arguments& options, const Arguments& actions) {
    Arguments arguments{"profile", "-o", "x.db"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.insert(arguments.end(), {"--", PROFILED_PROGRAM});
    arguments.insert(arguments.end(), actions.begin(), actions.end());
    return arguments;
}

inline Outcome profile(const Folder& folder, const Arguments& options, const Arguments& actions,
                       const Environment& environment = fake) {
    return runRidge(folder, profiling(options, actions), environment);
}

inline nlohmann::json rows(const Folder& folder) {
    const Outcome outcome = runRidge(folder, {"show", "x.db", "--format", "json"});
    INFO(outcome.err);
    REQUIRE(outcome.status == 0);
    return nlohmann::json::parse(outcome.out);
}

inline void awaitFile(const Folder& folder, const std::string& name) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!std::filesystem::exists(folder / name) && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    REQUIRE(std::filesystem::exists(folder / name));
}

}  // namespace ridge::test
