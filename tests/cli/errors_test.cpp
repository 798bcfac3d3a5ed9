// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>

#include "tests/cli/file_limit.hpp"
#include "tests/cli/program.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::test;
using Arguments = std::vector<std::string>;

namespace {

std::string spoken(const Arguments& arguments) {
    std::string line = "$ ridge";
    for (const std::string& argument : arguments)
        line += " " + (argument.empty() || argument.find_first_of(" '();") != std::string::npos
                           ? "\"" + argument + "\""
                           : argument);
    return line + "\n";
}

/// Runs one command that must fail with `status`, say why on standard error alone, and leave the folder as it
/// is.
std::string refused(const Folder& folder, int status, const Arguments& arguments,
                    const Environment& environment = {}) {
    const auto before = folder.contents();
    const Outcome outcome = runRidge(folder, arguments, environment);
    INFO(spoken(arguments) << outcome.err);
    CHECK(outcome.status == status);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.rfind("ridge: ", 0) == 0);
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') <= 3);
    CHECK(folder.contents() == before);
    return normalised(spoken(arguments) + outcome.err + "[" + std::to_string(outcome.status) + "]\n\n",
                      folder);
}

const Arguments modelled{"collect", "llama-13b", "--model", "NVIDIA A40"};

Arguments with(Arguments arguments, const Arguments& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

}  // namespace

TEST_CASE("unknown commands and options are named with the nearest known one") {
    const Folder folder;
    std::string text;
    for (const Arguments& arguments :
         std::vector<Arguments>{{},
                                {"colect", "llama-13b"},
                                {"profile"},
                                {"--verbose"},
                                {"list"},
                                {"list", "plan"},
                                {"list", "plans", "x"},
                                {"collect", "llama-13b", "--modell", "NVIDIA A40"},
                                {"collect", "llama-13b", "--model"},
                                {"show", "--form", "csv", "x.db"},
                                {"doctor", "now"}})
        text += refused(folder, 2, arguments);
    requireApproved("unknown-arguments", text);
}

TEST_CASE("values that do not fit are refused before anything happens") {
    const Folder folder;
    std::string text;
    for (const Arguments& arguments :
         std::vector<Arguments>{{"collect"},
                                {"collect", "lama-13b"},
                                {"collect", "llama-13b", "llama-13b", "--model", "NVIDIA A40"},
                                {"collect", "./none.toml"},
                                {"collect", "llama-13b", "--model", "NVIDIA A41"},
                                {"collect", "llama-13b", "--model", "NVIDIA A40", "--device", "0"},
                                {"collect", "llama-13b", "--device", "A40"},
                                {"collect", "llama-13b", "--device", "0,0"},
                                {"collect", "llama-13b", "--device", ""},
                                {"collect", "llama-13b", "--device", "0,"},
                                {"collect", "llama-13b", "--model", ""},
                                {"ceilings", "--device", ""},
                                {"doctor", "--device", ""},
                                {"doctor", "--selftest", "--device", ""},
                                with(modelled, {"--only", ""}),
                                with(modelled, {"--set", "batch"}),
                                with(modelled, {"--set", "batch=1,x"}),
                                with(modelled, {"--set", "batch=0"}),
                                with(modelled, {"--set", "width=4"}),
                                with(modelled, {"--metrics", "roofine"}),
                                with(modelled, {"--metrics", "./none.toml"}),
                                with(modelled, {"--cache", "hot"}),
                                with(modelled, {"--shard", "4/4"}),
                                with(modelled, {"--shard", "half"}),
                                with(modelled, {"--timeout", "soon"}),
                                with(modelled, {"--timeout", "0"}),
                                with(modelled, {"--max-time-per-point", "-1"}),
                                with(modelled, {"--max-time-per-point", "200"}),
                                {"show"},
                                {"show", "x.db", "--format", "xml"},
                                {"list", "metrics", "--set", "roofine"}})
        text += refused(folder, 2, arguments);
    requireApproved("bad-values", text);
}

TEST_CASE("a results file without a name is refused before anything happens") {
    const Folder folder;
    for (const Arguments& arguments : std::vector<Arguments>{with(modelled, {"-o", ""}),
                                                             with(modelled, {"-o", "", "--resume"}),
                                                             {"ceilings", "-o", ""},
                                                             {"profile", "-o", "", "--", "touch", "begun"},
                                                             {"doctor", "--selftest", "-o", ""},
                                                             {"show", ""},
                                                             {"show", "", "--view", "runs"}}) {
        const Outcome outcome = runRidge(folder, arguments, {{"RIDGE_WORKER", fakeWorker()}});
        INFO(spoken(arguments) << outcome.err);
        CHECK(outcome.status == 2);
        CHECK_THAT(outcome.err, ContainsSubstring("'' names no"));
        CHECK(folder.contents().empty());
    }
}

TEST_CASE("a GPU that is named twice, in whatever way, is measured by nobody") {
    const Folder folder;
    for (const char* devices : {"0,00", "1,01", "0,GPU-00000000-0000-0000-0000-000000000000"}) {
        const Outcome outcome =
            runRidge(folder, {"collect", "llama-13b", "--device", devices}, {{"RIDGE_WORKER", fakeWorker()}});
        INFO(devices << ": " << outcome.err);
        CHECK(outcome.status == 2);
        CHECK_THAT(outcome.err, ContainsSubstring("is named twice"));
        CHECK(folder.contents().empty());
    }
    const Outcome all = runRidge(folder, {"ceilings", "--device", "all"},
                                 {{"RIDGE_WORKER", fakeWorker()}, {"CUDA_VISIBLE_DEVICES", "1,1"}});
    CHECK(all.status == 2);
    CHECK_THAT(all.err, ContainsSubstring("is named twice"));
}

TEST_CASE("no result is lost unsaid where the output is full") {
    const Folder folder;
    REQUIRE(runRidge(folder, with(modelled, {"--set", "batch=1", "--set", "seq=128", "-o", "x.db"})).status ==
            0);
    for (const char* arguments :
         {"list plans", "list devices --json", "show x.db", "show x.db --format csv", "doctor --json",
          "collect llama-13b --model \"NVIDIA A40\" --dry-run",
          "collect llama-13b --model \"NVIDIA A40\" --set batch=1 --set seq=128 --json -o y.db", "--help",
          "--version"}) {
        INFO(arguments);
        const std::string command = "cd '" + folder.path().string() + "' && " RIDGE_BIN_DIR "/ridge " +
                                    arguments + " > /dev/full 2> err";
        const int status = std::system(command.c_str());
        const bool failedBefore = std::string(arguments).starts_with("doctor");
        CHECK(WEXITSTATUS(status) == (failedBefore ? 3 : 1));
        CHECK_THAT(readFile(folder.path() / "err"), ContainsSubstring("the output is closed or full"));
    }
    CHECK(runRidge(folder, {"show", "y.db"}).status == 0);  // it was measured all the same
}

TEST_CASE("an expression may only read columns") {
    const Folder folder;
    std::string text;
    for (const char* expression : {"operator =", "opertor = 'qk'", "operator = \"qk\"", "1; DROP TABLE point",
                                   "operator IN (DELETE FROM point)",
                                   "(SELECT count(*) FROM sqlite_master) > 0", "load_extension('x')"}) {
        text += refused(folder, 2, with(modelled, {"--only", expression}));
        text += refused(folder, 2, {"show", "x.db", "--where", expression});
    }
    requireApproved("expressions", text);
}

TEST_CASE("a plan that does not parse is named with file, line and column") {
    const Folder folder;
    folder.write("open.toml", "title = \"x\nworkload = 1\n");
    folder.write("key.toml",
                 readFile(RIDGE_SOURCE_DIR "/share/plans/llama-13b.toml") + "\n[nonsense]\nx = 1\n");
    std::string text = refused(folder, 2, {"collect", folder / "open.toml", "--model", "NVIDIA A40"});
    text += refused(folder, 2, {"collect", folder / "key.toml", "--model", "NVIDIA A40"});
    folder.write("a40.toml", "name = 3\n");
    text += refused(folder, 2, {"collect", "llama-13b", "--model", folder / "a40.toml"});
    requireApproved("bad-toml", text);
}

TEST_CASE("a selection without points is an error, not an empty file") {
    const Folder folder;
    std::string text = refused(folder, 1, with(modelled, {"--only", "batch < 0"}));
    text += refused(
        folder, 1,
        with(modelled, {"--only", "batch = 1 AND seq = 128 AND operator = 'up'", "--shard", "99/100"}));
    text += refused(folder, 1, with(modelled, {"--only", "batch < 0", "--dry-run"}));
    requireApproved("empty-selection", text);
}

TEST_CASE("files that are no results are refused and left as they are") {
    const Folder folder;
    folder.write("notes.txt", "not a database\n");
    folder.write("short.db", "SQLite format 3");
    std::filesystem::create_directory(folder.path() / "folder");
    std::string text;
    for (const char* file : {"notes.txt", "short.db", "folder", "nowhere/x.db", "/proc/x.db"}) {
        text += refused(folder, 1, with(modelled, {"-o", file}));
        text += refused(folder, 1, {"show", file});
    }
    requireApproved("not-results", text);
}

TEST_CASE("a results file of a newer program, or another SQLite database, is refused unchanged") {
    const Folder folder;
    REQUIRE(
        runRidge(folder, with(modelled, {"-o", "ours.db", "--set", "batch=1", "--set", "seq=128"})).status ==
        0);
    std::string bytes = readFile(folder.path() / "ours.db");
    std::string newer = bytes;
    newer[60] = 0x7f;  // user_version: four bytes from offset 60
    folder.write("newer.db", newer);
    std::string foreign = bytes;
    foreign[68] = foreign[69] = foreign[70] = foreign[71] = 0;  // application_id
    folder.write("foreign.db", foreign);
    std::string text;
    for (const char* file : {"newer.db", "foreign.db"}) {
        text += refused(folder, 1, with(modelled, {"-o", file}));
        text += refused(folder, 1, with(modelled, {"-o", file, "--resume"}));
        text += refused(folder, 1, {"show", file});
    }
    requireApproved("newer-and-foreign", text);
}

TEST_CASE("an unreadable view of nothing says so") {
    const Folder folder;
    REQUIRE(runRidge(folder, with(modelled, {"-o", "x.db", "--set", "batch=1", "--set", "seq=128"})).status ==
            0);
    std::string text = refused(folder, 1, {"show", "missing.db"});
    text += refused(folder, 1, {"show", "x.db", "--where", "batch = 7"});
    text += refused(folder, 2, {"show", "x.db", "--sort", "tme_ns"});
    requireApproved("show-nothing", text);
}

TEST_CASE("without a GPU collecting ends with 3 and the next step") {
    const Folder folder;
    std::string text = refused(folder, 3, {"collect", "llama-13b"});
    text += refused(folder, 3, {"collect", "llama-13b", "--device", "all"});
    text += refused(folder, 3, {"collect", "llama-13b"}, {{"RIDGE_WORKER", folder / "gone"}});
    text += refused(folder, 3, {"collect", "llama-13b"},
                    {{"RIDGE_WORKER", fakeWorker()}, {"FAKE_WORKER", "no-driver"}});
    text += refused(folder, 3, {"collect", "llama-13b", "--device", "7"}, {{"RIDGE_WORKER", fakeWorker()}});
    text += refused(folder, 4, {"collect", "llama-13b"},
                    {{"RIDGE_WORKER", fakeWorker()}, {"FAKE_WORKER", "no-counters"}});
    text += refused(folder, 1, {"collect", "llama-13b"},
                    {{"RIDGE_WORKER", fakeWorker()}, {"FAKE_WORKER", "no-cupti"}});
    text += refused(folder, 1, {"list", "metrics"});
    requireApproved("no-gpu", text);
}

TEST_CASE("a results file that may not grow is an error with a reason, not a signal") {
    const Folder folder;
    const FileLimit limit(200'000);
    const Outcome outcome = runRidge(folder, modelled);
    CHECK(outcome.status == 1);
    CHECK_THAT(outcome.err, ContainsSubstring("cannot be read or written"));
}
