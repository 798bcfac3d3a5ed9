// SPDX-License-Identifier: Apache-2.0
#include "db/catalog/share.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "tests/db/catalog/scratch.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
namespace fs = std::filesystem;
using test::Scratch;
using test::thrown;

namespace {

std::string outputOf(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    REQUIRE(pipe);
    std::string text;
    std::array<char, 256> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) text += buffer.data();
    if (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

/// Sets RIDGE_SHARE for a test and restores what was there.
class ShareVariable {
 public:
    explicit ShareVariable(const std::string& value) {
        if (const char* old = std::getenv("RIDGE_SHARE")) m_old = old;
        ::setenv("RIDGE_SHARE", value.c_str(), 1);
    }
    ~ShareVariable() {
        if (m_old) {
            ::setenv("RIDGE_SHARE", m_old->c_str(), 1);
        } else {
            ::unsetenv("RIDGE_SHARE");
        }
    }
    ShareVariable(const ShareVariable&) = delete;
    ShareVariable& operator=(const ShareVariable&) = delete;

 private:
    std::optional<std::string> m_old;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("RIDGE_SHARE goes first, then share beside the program, then the source folder") {
    const Scratch scratch;
    fs::create_directories(scratch.path() / "bin");
    fs::create_directories(scratch.path() / "other");
    const fs::path program = scratch.path() / "bin" / "print_share";
    fs::copy_file(RIDGE_PRINT_SHARE, program);

    CHECK(outputOf("env -u RIDGE_SHARE " + program.string()) == RIDGE_SOURCE_DIR "/share");
    fs::create_directories(scratch.path() / "share" / "ridgepoint");
    CHECK(outputOf("env -u RIDGE_SHARE " + program.string()) ==
          (scratch.path() / "share/ridgepoint").string());
    CHECK(outputOf("RIDGE_SHARE= " + program.string()) == (scratch.path() / "share/ridgepoint").string());
    const std::string other = (scratch.path() / "other").string();
    CHECK(outputOf("RIDGE_SHARE=" + other + " " + program.string()) == other);
}

TEST_CASE("a RIDGE_SHARE that does not exist is an error that names it") {
    const Scratch scratch;
    const ShareVariable variable((scratch.path() / "gone").string());
    CHECK(
        thrown(scratch, [] { (void)catalog::shareDirectory(); }) ==
        "1 RIDGE_SHARE names 'gone', which is not a folder | unset RIDGE_SHARE, or set it to the folder that "
        "holds plans, devices and figures");
}

TEST_CASE("names are the sorted stems of the TOML files of a kind") {
    const Scratch scratch;
    (void)scratch.write("plans/beta.toml", "");
    (void)scratch.write("plans/alpha.toml", "");
    (void)scratch.write("plans/readme.txt", "");
    const ShareVariable variable(scratch.path().string());
    CHECK(catalog::names("plans") == Names{"alpha", "beta"});
    CHECK(catalog::names("models").empty());
}

TEST_CASE("a file is found by its name in share or by its path") {
    const Scratch scratch;
    const fs::path file = scratch.write("plans/llama-13b.toml", "");
    const ShareVariable variable(scratch.path().string());
    CHECK(catalog::fileOf("plans", "plan", "llama-13b") == file);
    CHECK(catalog::fileOf("plans", "plan", file.string()) == file);
    CHECK(thrown(scratch, [] { (void)catalog::fileOf("plans", "plan", "lama-13b"); }) ==
          "2 no plan 'lama-13b' | did you mean 'llama-13b'? `ridge list plans` lists all");
    CHECK(thrown(scratch, [] { (void)catalog::fileOf("plans", "plan", "zzz"); }) ==
          "2 no plan 'zzz' | `ridge list plans` lists all");
    CHECK(thrown(scratch, [] { (void)catalog::fileOf("plans", "plan", "absent/my.toml"); }) ==
          "2 no plan file 'absent/my.toml' | check the path, or give a name: `ridge list plans` lists them");
    const std::string folder = scratch.path().string() + "/plans";
    CHECK(thrown(scratch, [&] { (void)catalog::fileOf("plans", "plan", folder); }) ==
          "2 no plan file 'plans' | check the path, or give a name: `ridge list plans` lists them");
}

TEST_CASE("the nearest names come first, at most three, without case or punctuation") {
    const Names devices{"NVIDIA A100 80GB PCIe",   "NVIDIA A40",       "NVIDIA GeForce RTX 4090",
                        "NVIDIA GeForce RTX 5090", "NVIDIA H100 PCIe", "NVIDIA RTX A6000"};
    CHECK(catalog::nearest("4090", devices).front() == "NVIDIA GeForce RTX 4090");
    CHECK(catalog::nearest("rtx4090", devices).front() == "NVIDIA GeForce RTX 4090");
    CHECK(catalog::nearest("nvidia-h100-pcie", devices).front() == "NVIDIA H100 PCIe");
    CHECK(catalog::nearest("A6000", devices).front() == "NVIDIA RTX A6000");
    CHECK(catalog::nearest("a100-pcie", devices).front() == "NVIDIA A100 80GB PCIe");
    CHECK(catalog::nearest("NVIDIA", devices).size() == 3);
    CHECK(catalog::nearest("", devices).empty());
    CHECK(catalog::nearest("Radeon", devices).empty());
    CHECK(catalog::nearest("gtp2-l", {"llama-13b", "gpt2-l"}) == Names{"gpt2-l"});
}
