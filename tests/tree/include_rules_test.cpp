// SPDX-License-Identifier: Apache-2.0
// Who may include whom: greps the #include lines of every source against the table below.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

namespace fs = std::filesystem;

namespace {

struct Rule {
    std::string module;                     ///< path prefix; the first rule that matches a file is its rule
    std::vector<std::string> mayInclude;    ///< prefixes of "…" includes
    std::vector<std::string> neverOutside;  ///< prefixes of <…> includes
    bool holdsWrapper = false;              ///< may use SQLiteCpp, but never in a header that others include
};

const std::vector<std::string> cuda{"cuda", "cublas", "cupti", "nvtx3", "nv", "driver_types", "vector_types"};
const std::vector<std::string> qt{"Q", "Qt"};
const std::vector<std::string> sqlite{"sqlite3", "SQLiteCpp"};

/// Headers with SQLiteCpp in them: for db's own .cpp files and for one another.
const std::vector<std::string> wrapperHeaders{"db/abandoned_runs.hpp", "db/connection.hpp", "db/rows.hpp",
                                              "db/store_connection.hpp"};

bool isWrapperHeader(const std::string& file) {
    return std::find(wrapperHeaders.begin(), wrapperHeaders.end(), file) != wrapperHeaders.end();
}

/// Whether `file` may see SQLiteCpp, directly or through a header.
bool seesWrapper(const std::string& file) {
    return (file.rfind("db/", 0) == 0 && file.ends_with(".cpp")) || isWrapperHeader(file);
}

std::vector<std::string> all(std::initializer_list<std::vector<std::string>> parts) {
    std::vector<std::string> joined;
    for (const auto& part : parts) joined.insert(joined.end(), part.begin(), part.end());
    return joined;
}

const std::vector<Rule>& rules() {
    const std::vector<std::string> noCupti{"cupti", "Q", "sqlite3", "SQLiteCpp"};
    const std::vector<std::string> pure = all({cuda, qt, sqlite, {"toml++", "nlohmann", "CLI", "fmt"}});
    static const std::vector<Rule> table{
        {"db/model/", {"db/model/"}, pure},
        {"db/analysis/", {"db/model/", "db/analysis/"}, pure},
        {"db/catalog/", {"db/model/", "db/catalog/"}, all({cuda, qt, sqlite, {"CLI"}})},
        {"db/", {"db/"}, all({cuda, qt, {"CLI"}}), true},
        {"workloads/plan/",
         {"db/model/", "db/catalog/", "workloads/plan/", "workloads/shape/"},
         all({cuda, qt, sqlite, {"CLI"}})},
        {"workloads/shape/",
         {"db/model/", "db/catalog/", "workloads/shape/"},
         all({cuda, qt, sqlite, {"CLI"}})},
        {"workloads/",
         {"db/model/", "db/analysis/", "db/catalog/", "workloads/", "collector/cuda/"},
         noCupti},
        {"collector/metrics/",
         {"db/model/", "db/analysis/", "db/catalog/", "collector/metrics/"},
         all({cuda, qt, sqlite, {"CLI"}})},
        {"collector/inject/",
         {"db/model/", "db/export/", "db/catalog/", "collector/metrics/", "collector/inject/",
          "collector/cuda/", "collector/cupti/"},
         all({qt, sqlite, {"CLI"}})},
        {"collector/doctor/finding.hpp", {"db/model/"}, all({cuda, qt, sqlite, {"CLI", "fmt", "nlohmann"}})},
        {"collector/doctor/machine_facts.hpp", {}, all({cuda, qt, sqlite, {"CLI", "fmt", "nlohmann"}})},
        {"collector/doctor/permission.",
         {"collector/doctor/finding.hpp", "collector/doctor/machine_facts.hpp",
          "collector/doctor/permission.hpp"},
         all({cuda, qt, sqlite, {"CLI", "nlohmann"}})},
        {"collector/cuda/", {"db/model/", "collector/cuda/"}, all({qt, sqlite, {"cupti", "CLI"}})},
        {"collector/nvml/", {"db/model/", "collector/nvml/"}, all({cuda, qt, sqlite, {"CLI"}})},
        {"collector/cupti/",
         {"db/model/", "collector/cuda/", "collector/cupti/", "collector/metrics/"},
         all({qt, sqlite, {"CLI"}})},
        {"collector/doctor/",
         {"db/model/", "collector/cuda/", "collector/cupti/", "collector/doctor/", "collector/nvml/"},
         all({qt, sqlite, {"CLI"}})},
        {"collector/supervisor/",
         {"db/", "workloads/plan/", "workloads/shape/", "collector/metrics/", "collector/inject/",
          "collector/nvml/", "collector/supervisor/", "collector/doctor/finding.hpp"},
         all({cuda, qt, sqlite, {"CLI"}})},
        {"collector/cli/",
         {"db/", "workloads/plan/", "workloads/shape/", "collector/metrics/", "collector/inject/",
          "collector/supervisor/", "collector/cli/", "collector/doctor/finding.hpp",
          "collector/doctor/machine_facts.hpp", "collector/doctor/permission.hpp"},
         all({cuda, qt, sqlite})},
        {"collector/worker/", {"db/", "workloads/", "collector/"}, all({qt, sqlite})},
        {"gui/", {"db/", "gui/"}, all({cuda, sqlite})},
    };
    return table;
}

bool startsWithAny(const std::string& text, const std::vector<std::string>& prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const auto& p) { return text.rfind(p, 0) == 0; });
}

/// A "Q" prefix means Qt's class headers: Q followed by a capital or Qt/.
bool forbidden(const std::string& include, const std::vector<std::string>& never) {
    static const std::regex qtHeader("Q([A-Z]|t).*");
    for (const auto& prefix : never) {
        if (prefix == "Q" || prefix == "Qt") {
            if (std::regex_match(include, qtHeader)) return true;
        } else if (include.rfind(prefix, 0) == 0) {
            return true;
        }
    }
    return false;
}

std::vector<fs::path> sources() {
    std::vector<fs::path> files;
    for (const char* top : {"db", "workloads", "collector", "gui", "tests"}) {
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(RIDGE_SOURCE_DIR) / top)) {
            const auto suffix = entry.path().extension();
            if (suffix == ".hpp" || suffix == ".cpp" || suffix == ".cu" || suffix == ".cuh") {
                files.push_back(entry.path());
            }
        }
    }
    return files;
}

/// What is wrong with the includes of one file; `text` is its content.
std::vector<std::string> offences(const std::string& file, std::istream& text) {
    const auto rule = std::find_if(rules().begin(), rules().end(),
                                   [&](const Rule& r) { return file.rfind(r.module, 0) == 0; });
    if (rule == rules().end()) return {};
    static const std::regex include(R"(^\s*#\s*include\s*([<"])([^">]+)[">].*)");
    std::vector<std::string> found;
    for (std::string line; std::getline(text, line);) {
        std::smatch match;
        if (!std::regex_match(line, match, include)) continue;
        const std::string target = match[2];
        if (match[1] == "\"") {
            if (!startsWithAny(target, rule->mayInclude) || (isWrapperHeader(target) && !seesWrapper(file)))
                found.push_back(std::string(file).append(" may not include \"").append(target).append("\""));
        } else if (forbidden(target, rule->neverOutside) ||
                   (rule->holdsWrapper && !seesWrapper(file) && startsWithAny(target, sqlite))) {
            found.push_back(std::string(file).append(" may not include <").append(target).append(">"));
        }
    }
    return found;
}

}  // namespace

TEST_CASE("every include keeps to the module table") {
    std::vector<std::string> found;
    for (const auto& path : sources()) {
        std::ifstream text(path);
        const auto file = fs::relative(path, RIDGE_SOURCE_DIR).generic_string();
        for (auto& offence : offences(file, text)) found.push_back(std::move(offence));
    }
    for (const auto& offence : found) UNSCOPED_INFO(offence);
    CHECK(found.empty());
}

TEST_CASE("the include check sees what it forbids") {
    const auto check = [](const char* file, const char* line) {
        std::istringstream text(line);
        return offences(file, text).size();
    };
    CHECK(check("db/model/point.hpp", "#include <QString>") == 1);
    CHECK(check("db/model/point.hpp", "#include \"db/store.hpp\"") == 1);
    CHECK(check("db/store.hpp", "#include <SQLiteCpp/Database.h>") == 1);
    CHECK(check("db/store.cpp", "#include <SQLiteCpp/Database.h>") == 0);
    CHECK(check("db/store.hpp", "#include \"db/connection.hpp\"") == 1);
    CHECK(check("gui/app/main.cpp", "#include \"db/connection.hpp\"") == 1);
    CHECK(check("gui/app/main.cpp", "#include \"collector/cupti/api.hpp\"") == 1);
    CHECK(check("gui/app/main.cpp", "#include <QApplication>") == 0);
    CHECK(check("collector/cli/main.cpp", "#include <cuda_runtime.h>") == 1);
    CHECK(check("collector/cupti/api.hpp", "#include \"workloads/plan/plan.hpp\"") == 1);
    CHECK(check("workloads/gemm/cublas.cpp", "#include <cupti.h>") == 1);
    CHECK(check("workloads/gemm/cublas.cpp", "#include <queue>") == 0);
}

TEST_CASE("no source is longer than 400 lines and each begins with its licence") {
    for (const auto& path : sources()) {
        std::ifstream text(path);
        std::string first;
        std::getline(text, first);
        const auto file = fs::relative(path, RIDGE_SOURCE_DIR).generic_string();
        const bool gui = file.rfind("gui/", 0) == 0 || file.rfind("tests/gui/", 0) == 0;
        CAPTURE(file);
        CHECK(first ==
              std::string("// SPDX-License-Identifier: ") + (gui ? "GPL-3.0-or-later" : "Apache-2.0"));
        int lines = 1;
        for (std::string line; std::getline(text, line);) ++lines;
        CHECK(lines <= 400);
    }
}
