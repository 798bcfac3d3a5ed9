// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>

#include "tests/support/catch.hpp"

namespace fs = std::filesystem;

namespace ridge::test {
namespace {

/// The program alone, with no worker beside it, whatever else was built.
std::string lonelyRidge() {
    static const Folder home;
    std::string program = home / "ridge";
    if (!fs::exists(program)) fs::copy_file(RIDGE_BIN_DIR "/ridge", program);
    return program;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    result.reserve(texts.size() + 1);
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

std::vector<std::string> environmentWith(const Environment& added) {
    std::vector<std::string> merged;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        const std::string name = text.substr(0, text.find('='));
        if (added.count(name) == 0 && name != "RIDGE_WORKER" && name != "CUDA_VISIBLE_DEVICES")
            merged.push_back(text);
    }
    for (const auto& [name, value] : added) merged.push_back(std::string(name).append("=").append(value));
    return merged;
}

}  // namespace

Folder::Folder() {
    std::string pattern = (fs::temp_directory_path() / "ridge-cli-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    m_path = pattern;
}

Folder::~Folder() {
    std::error_code ignored;
    fs::permissions(m_path, fs::perms::owner_all, ignored);
    fs::remove_all(m_path, ignored);
}

void Folder::write(const std::string& name, const std::string& text) const {
    std::ofstream(m_path / name, std::ios::binary) << text;
}

std::map<std::string, std::string> Folder::contents() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(m_path)) {
        const std::string name = fs::relative(entry.path(), m_path).string();
        if (name == "out.txt" || name == "err.txt") continue;
        files[name] = entry.is_regular_file() ? readFile(entry.path()) : "(folder)";
    }
    return files;
}

pid_t startRidge(const Folder& folder, const std::vector<std::string>& arguments,
                 const Environment& environment) {
    std::vector<std::string> words{lonelyRidge()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables = environmentWith(environment);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder.path().c_str());
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "out.txt", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_addopen(&actions, 2, "err.txt", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    pid_t process = 0;
    const int error = ::posix_spawn(&process, words[0].c_str(), &actions, nullptr, pointers(words).data(),
                                    pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error("cannot start " + words[0]);
    return process;
}

Outcome finish(pid_t process, const Folder& folder) {
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return {code, readFile(folder.path() / "out.txt"), readFile(folder.path() / "err.txt")};
}

Outcome runRidge(const Folder& folder, const std::vector<std::string>& arguments,
                 const Environment& environment) {
    Outcome outcome = finish(startRidge(folder, arguments, environment), folder);
    fs::remove(folder.path() / "out.txt");
    fs::remove(folder.path() / "err.txt");
    return outcome;
}

std::string fakeWorker() {
    return FAKE_WORKER;
}

std::string readFile(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

void requireApproved(const std::string& name, const std::string& text) {
    const fs::path file = fs::path(RIDGE_SOURCE_DIR) / "tests/data/cli" / (name + ".txt");
    if (const char* update = std::getenv("UPDATE_APPROVED");
        update != nullptr && std::string(update) == "1") {
        fs::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return;
    }
    INFO("approved text: " << file << "; UPDATE_APPROVED=1 rewrites it");
    REQUIRE(fs::exists(file));
    CHECK(text == readFile(file));
}

std::string normalised(std::string text, const Folder& folder) {
    for (auto at = text.find(folder.path().string()); at != std::string::npos;
         at = text.find(folder.path().string()))
        text.replace(at, folder.path().string().size(), "DIR");
    text = std::regex_replace(text, std::regex(R"( in [0-9.]+ (ms|s|min [0-9]+ s):)"), " in TIME:");
    return std::regex_replace(text, std::regex("ridge " RIDGE_VERSION), "ridge VERSION");
}

}  // namespace ridge::test
