// SPDX-License-Identifier: Apache-2.0
// What a user's own metric set computes reaches the results file.
#include "collector/metrics/record_values.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>

#include "db/results.hpp"
#include "db/store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace ridge;
using namespace ridge::metrics;

namespace {

/// The names of what was computed, with kind.
std::vector<std::string> namesOf(const db::Record& record) {
    std::vector<std::string> names;
    names.reserve(record.computed.size());
    for (const db::ComputedValue& value : record.computed) names.push_back(value.kind + " " + value.name);
    return names;
}

const std::vector<std::string> chip{"lts__t_sectors_lookup_hit", "lts__t_sectors_lookup_miss",
                                    "smsp__sass_thread_inst_executed_op_hfma_pred_on",
                                    "sm__ops_path_tensor_src_int8_sparsity_off"};

std::string ownSet(const test::TemporaryFolder& folder) {
    const auto file = folder / "mine.toml";
    std::ofstream(file) << R"(
summary = "what L2 serves"
formula_version = 1
[[counter]]
role = "hits"
any_of = ["lts__t_sectors_lookup_hit.sum"]
unit = "sector"
[[counter]]
role = "misses"
any_of = ["lts__t_sectors_lookup_miss.sum"]
unit = "sector"
[[counter]]
role = "fused"
any_of = ["smsp__sass_thread_inst_executed_op_hfma_pred_on.sum"]
unit = "instruction"
[[leaves]]
role = "int"
prefix = "sm__ops_path_tensor_"
axis = "op"
[[path]]
name = "half2"
weights = { fused = 4 }
upper_bound = true
[[path]]
name = "tensor_int8"
axis = "op"
src = "int8"
[[quantity]]
name = "l2_served_bytes"
unit = "byte"
weights = { hits = 32 }
[[quantity]]
name = "l2_looked_up_bytes"
unit = "byte"
weights = { hits = 32, misses = 32 }
)";
    return file.string();
}

}  // namespace

TEST_CASE("a quantity of a user's own set is in the file, with its unit; one that is not known is not") {
    const test::TemporaryFolder folder;
    const MetricSet set = loadSet(ownSet(folder));
    const Resolution resolution = resolve(set, chip);
    db::Record record;
    record.point.provenance = db::Provenance::measured;
    record.metrics = {{chip[0] + ".sum", 5}, {chip[2] + ".sum", 3}, {chip[3] + ".sum", 7}};
    addValues(record, evaluate(set, resolution, record.metrics));
    CHECK(namesOf(record) ==
          std::vector<std::string>{"quantity l2_served_bytes", "path half2", "path tensor_int8"});

    db::Store store = db::Store::inMemory();
    store.addPoint(store.addRun({}), store.addDevice({"NVIDIA A40", {}, {}, {}, {}, {}, {}, {}, {}, {}}, {}),
                   record);
    const db::Table table = db::Results::of(store).table("v_metrics", "origin <> 'counter'", "name",
                                                         {"name", "value", "unit", "upper_bound"});
    const auto row = [](const char* name, double value, const char* unit, std::int64_t bound) {
        return std::vector<db::Cell>{std::string(name), value, std::string(unit), bound};
    };
    CHECK(table.rows == std::vector<std::vector<db::Cell>>{row("half2", 12, "flop", 1),
                                                           row("l2_served_bytes", 160, "byte", 0),
                                                           row("tensor_int8", 7, "op", 0)});
    const db::Table counters = db::Results::of(store).table("v_metrics", "unit = 'sector'");
    REQUIRE(counters.rows.size() == 1);
    CHECK(counters.rows[0][1] == db::Cell{chip[0] + ".sum"});
}

TEST_CASE("the set that the documents show as a user's own is one") {
    std::ifstream in(RIDGE_SOURCE_DIR "/share/metrics/README.md");
    const std::string document{std::istreambuf_iterator<char>(in), {}};
    const std::size_t begin = document.find("```toml\n") + 8;
    const test::TemporaryFolder folder;
    std::ofstream(folder / "mine.toml") << document.substr(begin, document.find("```", begin) - begin);
    const MetricSet set = loadSet((folder / "mine.toml").string());
    CHECK(set.countsAllFlops);
    CHECK(set.quantities.back().name == "l2_served_bytes");
}

TEST_CASE("every quantity and path of every set of ours has a unit") {
    for (const std::string& name : setNames()) {
        const MetricSet set = loadSet(name);
        std::vector<std::string> bases{chip};
        for (const CounterRule& rule : set.counters) bases.push_back(baseName(rule.anyOf.front()));
        for (const char* leaf : {"src_bf16_dst_fp32_sparsity_off", "src_bf16_dst_fp32_sparsity_on"})
            bases.push_back(std::string("sm__ops_path_tensor_") + leaf);
        const Resolution resolution = resolve(set, bases);
        db::Record record;
        for (const std::string& metric : resolution.metrics) record.metrics[metric] = 1;
        const Evaluation evaluation = evaluate(set, resolution, record.metrics);
        addValues(record, evaluation);
        CHECK(record.computed.size() == evaluation.quantities.size() + evaluation.paths.size());
        for (const db::ComputedValue& value : record.computed) {
            INFO(name << ": " << value.name);
            CHECK_FALSE(value.unit.empty());
            CHECK((value.kind == "quantity" || value.unit == "op" || value.unit == "flop"));
            CHECK((value.unit == "op") == (value.name.find("_int") != std::string::npos));
        }
        for (const auto& [metric, value] : record.metrics) CHECK(record.metricUnits.count(metric) == 1);
    }
}

TEST_CASE("a sum that overflows is not known") {
    db::Record record;
    Evaluation evaluation;
    evaluation.quantities["much"] = {std::numeric_limits<double>::infinity(), {}, false, "byte"};
    evaluation.quantities["none"] = {std::nullopt, "refused", false, "byte"};
    evaluation.quantities["some"] = {0.0, {}, false, "byte"};
    addValues(record, evaluation);
    CHECK(namesOf(record) == std::vector<std::string>{"quantity some"});
}
