// SPDX-License-Identifier: Apache-2.0
// Wall time of whole processes against a peer or a limit, run in turn so that both see the same machine.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using Command = std::vector<std::string>;

double runSeconds(const Command& command) {
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
    const auto start = std::chrono::steady_clock::now();
    pid_t pid = 0;
    const int failed = posix_spawnp(&pid, arguments[0], &quiet, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&quiet);
    int status = 0;
    if (failed != 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        std::fprintf(stderr, "%s did not run to a good end\n", arguments[0]);
        std::exit(1);
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                     values.end());
    return values[values.size() / 2];
}

void againstPeer(const char* claim, const Command& ours, const Command& peer, int runs) {
    std::vector<double> mine, theirs;
    for (int i = 0; i < runs; ++i) {
        mine.push_back(runSeconds(ours));
        theirs.push_back(runSeconds(peer));
    }
    std::printf("%-46s %8.2f ms  peer %8.2f ms  ratio %.2f\n", claim, median(mine) * 1e3,
                median(theirs) * 1e3, median(mine) / median(theirs));
}

void againstLimit(const char* claim, const Command& ours, double limitSeconds, int runs,
                  const std::filesystem::path& result) {
    std::vector<double> mine;
    for (int i = 0; i < runs; ++i) {
        std::filesystem::remove(result);
        mine.push_back(runSeconds(ours));
    }
    std::filesystem::remove(result);
    std::printf("%-46s %8.2f ms  limit %7.0f ms  ratio %.2f\n", claim, median(mine) * 1e3, limitSeconds * 1e3,
                median(mine) / limitSeconds);
}

}  // namespace

int main() {
    const std::string bin = RIDGE_BIN_DIR;
    const auto file = std::filesystem::temp_directory_path() / "ridge-process-bench.db";
    againstPeer("ridge --version / sqlite3 --version (aim: 3)", {bin + "/ridge", "--version"},
                {"sqlite3", "--version"}, 100);
    againstLimit("model and store all four plans (aim: 1 s)",
                 {bin + "/ridge", "collect", "gpt2-l", "llama-13b", "llama-33b-speculation",
                  "batch-invariant", "--model", "NVIDIA A40", "-o", file.string()},
                 1.0, 10, file);
}
