// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/metric_set.hpp"

#include <algorithm>
#include <fstream>

#include "db/model/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace ridge;
using metrics::loadSet;

namespace {

/// A set's file in a folder of its own, removed with the object.
class SetFile {
 public:
    explicit SetFile(const std::string& text) { std::ofstream(path()) << text; }
    [[nodiscard]] std::string path() const { return (m_folder / "own.toml").string(); }

 private:
    test::TemporaryFolder m_folder;
};

std::string errorOf(const std::string& text) {
    const SetFile file("summary = 'mine'\nformula_version = 1\n" + text);
    try {
        static_cast<void>(loadSet(file.path()));
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::usage);
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("the shipped sets are these, and each says what it is") {
    CHECK(metrics::setNames() == std::vector<std::string>{"all", "bytes", "flops", "hierarchy", "int",
                                                          "roofline", "sparse", "tensor", "tensor-fast"});
    for (const std::string& name : metrics::setNames()) {
        INFO(name);
        const metrics::MetricSet set = loadSet(name);
        CHECK(set.name == name);
        CHECK_FALSE(set.summary.empty());
        CHECK_FALSE(set.prose.empty());
        CHECK(set.formulaVersion == (set.overlaps.empty() ? 1 : 2));  // since 2 overlaps leave no total
        CHECK(set.countsAllFlops == (name != "bytes" && name != "flops" && !name.starts_with("tensor")));
    }
}

TEST_CASE("a set holds what it includes once, also where two of its sets include the same") {
    const metrics::MetricSet all = loadSet("all");
    const auto dram = std::count_if(all.counters.begin(), all.counters.end(),
                                    [](const auto& rule) { return rule.role == "dram_read"; });
    CHECK(dram == 1);
    CHECK(all.leaves.size() == 4);
    CHECK(all.summary == "everything: roofline, integer and sparse tensor cores");
}

TEST_CASE("a set of one's own adds to a shipped one") {
    const SetFile file(R"(
summary = "bytes and sectors"
formula_version = 3
include = ["bytes"]
[[counter]]
role = "sectors"
any_of = ["lts__t_sectors.sum"]
unit = "sector"
[[quantity]]
name = "sector_bytes"
unit = "byte"
weights = { sectors = 32 }
)");
    const metrics::MetricSet set = loadSet(file.path());
    CHECK(set.name == "own");
    CHECK(set.recordedAs.rfind("own@", 0) == 0);
    CHECK(set.recordedAs.size() == 12);
    CHECK(loadSet("bytes").recordedAs == "bytes");
    CHECK(set.formulaVersion == 3);
    CHECK(set.counters.size() == loadSet("bytes").counters.size() + 1);
    CHECK(set.quantities.back().weights.at("sectors") == 32);
}

TEST_CASE("a mistake in a set is an error at its line") {
    CHECK_THAT(errorOf("[[counter]]\nrole = 'x'\nunit = 'byte'\n"), ContainsSubstring("own.toml:3"));
    CHECK_THAT(errorOf("[[counter]]\nrole = 'x'\nunit = 'byte'\n"), ContainsSubstring("any_of"));
    CHECK_THAT(errorOf("[[quantity]]\nname = 'q'\nunit = 'byte'\nweights = { nobody = 1 }\n"),
               ContainsSubstring("no [[counter]] has the role 'nobody'"));
    CHECK_THAT(errorOf("[[path]]\nname = 'fp32'\naxis = 'flop'\n"),
               ContainsSubstring("either made of 'weights'"));
    CHECK_THAT(errorOf("[[path]]\nname = 'fp32'\naxis = 'flops'\nsrc = 'x'\n"), ContainsSubstring("axis"));
    CHECK_THAT(errorOf("colour = 'red'\n"), ContainsSubstring("colour"));
    CHECK_THAT(errorOf("include = 'bytes'\n"), ContainsSubstring("'include' must be a list of texts"));
    CHECK_THAT(errorOf("include = ['bytes', 3]\n"), ContainsSubstring("'include' must hold texts"));
    CHECK_THAT(errorOf("include = ['']\n"), ContainsSubstring("'include' must hold texts"));
    CHECK_THAT(errorOf("[[probe]]\nabout = 'x'\n"), ContainsSubstring("a probe needs 'any_of'"));
    for (const char* leaves : {"about = 'x'", "leaves = ['a.sum']", "leaves = ['a.sum', 'a.sum']"})
        CHECK_THAT(errorOf(std::string("[[overlap]]\n") + leaves + "\n"),
                   ContainsSubstring("an overlap needs 'leaves', a list of two"));
    CHECK_THAT(errorOf("[[quantity]]\nname = 'q'\nunit = 'byte'\n"),
               ContainsSubstring("a quantity needs 'weights'"));
    CHECK_THAT(errorOf("[[path]]\nname = 'p'\ndst = 'fp32'\nweights = { x = 1 }\n"),
               ContainsSubstring("either made of 'weights'"));
    CHECK_THAT(errorOf("include = ['rooflin']\n"), ContainsSubstring("rooflin"));
    const std::string counter = "[[counter]]\nrole = 'r'\nany_of = ['a.sum']\nunit = 'b'\n";
    for (const char* keys : {"name = ''\nunit = 'b'", "name = 'q'\nunit = ''"})
        CHECK_THAT(errorOf(counter + "[[quantity]]\n" + keys + "\nweights = { r = 1 }\n"),
                   ContainsSubstring("must not be empty"));
    CHECK_THAT(errorOf(counter + "[[path]]\nname = ''\nweights = { r = 1 }\n"),
               ContainsSubstring("'name' must not be empty"));
    CHECK_THAT(errorOf("[[counter]]\nrole = 'r'\nany_of = ['a.sum']\nunit = ''\n"),
               ContainsSubstring("'unit' must not be empty"));
    CHECK_THAT(
        errorOf("include = ['bytes']\n[[counter]]\nrole = 'dram_read'\nany_of = ['a.sum']\nunit = 'b'\n"),
        ContainsSubstring("'dram_read' is defined twice"));
}
