// SPDX-License-Identifier: Apache-2.0
// Every CUPTI call that the recorders of kernels and of graph nodes reach goes wrong once, with every error
// code that a machine is known to give.
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/collector/inject/graph_process.hpp"
#include "tests/collector/inject/roofline_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::doWork;
using test::FakeCupti;
using Points = std::vector<db::Point>;

namespace {

void multiply(FakeCupti& cupti) {
    doWork(cupti, {{test::bf16Counter, 4096}, {test::ffmaCounter, 8}, {test::tensorPipe, 16}});
}
void add(FakeCupti& cupti) {
    doWork(cupti, {{test::ffmaCounter, 8}});
}

/// A program: its launches, each of which leaves rows, and what its work did to the GPU's memory.
struct Program {
    virtual ~Program() = default;
    virtual test::FakeProcess& process() = 0;
    virtual inject::Recorder& recorder() = 0;
    virtual void launch(std::size_t step) = 0;
    virtual std::vector<std::string> effects() { return {}; }
};

struct KernelProgram : Program {
    test::RecordedProcess recorded{test::rooflineOptions()};
    KernelProgram() { test::makeTensorChip(recorded.cupti); }
    test::FakeProcess& process() override { return recorded; }
    inject::Recorder& recorder() override { return recorded.recorder; }
    void launch(std::size_t step) override {
        const bool isProduct = step < 2 || step == 4;
        (isProduct ? multiply : add)(recorded.cupti);
        recorded.launch(isProduct ? "gemm" : "add");
    }
};

inject::Options graphOptions(inject::Graph graph) {
    inject::Options options = test::rooflineOptions();
    options.graph = graph;
    return options;
}

template <inject::Graph graph>
struct GraphProgram : Program {
    test::GraphProcess graphs{graphOptions(graph)};
    test::FakeExecutable& executable = graphs.simple();
    GraphProgram() { test::makeTensorChip(graphs.cupti); }
    test::FakeProcess& process() override { return graphs; }
    inject::Recorder& recorder() override { return graphs.recorder; }
    void launch(std::size_t) override {
        add(graphs.cupti);
        graphs.launch(executable);
    }
    std::vector<std::string> effects() override {
        std::vector<std::string> all = graphs.graphs.log;
        for (std::string& effect : all) std::erase(effect, '*');
        return all;
    }
};

constexpr std::size_t steps = 5;

/// What a program left: rows by launch, and the launch in which the fault was met.
struct Outcome {
    std::vector<Points> rows;
    std::vector<inject::Refusal> refusals;
    std::vector<std::string> effects, calls;
    std::size_t met = steps;
};

Outcome run(Program& program, const std::optional<test::Fault>& fault) {
    Outcome outcome;
    FakeCupti& cupti = program.process().cupti;
    cupti.fault = fault;
    for (std::size_t step = 0; step < steps; ++step) {
        const std::size_t before = program.process().points().size();
        program.launch(step);
        const Points all = program.process().points();
        outcome.rows.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(before), all.end());
        if (fault && outcome.met == steps && cupti.count(fault->call) >= fault->occurrence)
            outcome.met = step;
        CHECK_FALSE(cupti.started);
    }
    static_cast<void>(program.recorder().finish());
    CHECK(cupti.broken.empty());
    outcome.refusals = program.process().all<inject::Refusal>();
    outcome.effects = program.effects();
    outcome.calls = cupti.calls;
    return outcome;
}

bool sameNumbers(const db::Point& a, const db::Point& b) {
    return a.series == b.series && a.status == b.status && a.flopsExecuted == b.flopsExecuted &&
           a.dramBytes == b.dramBytes && a.timeNs == b.timeNs;
}

bool isWhole(const Outcome& outcome, const Outcome& clean) {
    return outcome.refusals.empty() &&
           std::equal(outcome.rows.begin(), outcome.rows.end(), clean.rows.begin(), clean.rows.end(),
                      [](const Points& a, const Points& b) {
                          return std::equal(a.begin(), a.end(), b.begin(), b.end(), sameNumbers);
                      });
}

/// Nothing wrong, nothing lost from before, and a reason for whatever is missing.
void checkOutcome(const Outcome& outcome, const Outcome& clean) {
    CHECK(outcome.effects == clean.effects);
    REQUIRE(outcome.refusals.size() <= 1);
    for (const inject::Refusal& refusal : outcome.refusals)
        CHECK((!refusal.message.empty() && !refusal.hint.empty()));
    for (std::size_t step = 0; step < steps; ++step) {
        const Points &rows = outcome.rows[step], &expected = clean.rows[step];
        REQUIRE(rows.size() <= expected.size());
        CHECK((rows.size() == expected.size() || outcome.refusals.size() == 1));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (sameNumbers(rows[i], expected[i])) continue;
            CHECK(step >= outcome.met);
            CHECK_FALSE(rows[i].flopsExecuted);
            CHECK_FALSE(rows[i].statusReason.empty());
            if (rows[i].status != db::Status::ok) CHECK_FALSE(rows[i].dramBytes);
        }
    }
}

/// The calls of CUPTI's that the program makes, with how often.
std::map<std::string, std::size_t> callsOf(const Outcome& outcome) {
    std::map<std::string, std::size_t> calls;
    for (const std::string& call : outcome.calls) {
        if (!call.starts_with("cu")) ++calls[call];
    }
    return calls;
}

template <class Made>
Outcome outcomeOf(const std::optional<test::Fault>& fault) {
    Made program;
    return run(program, fault);
}

/// Metrics that are refused together are looked into one by one, what is given back has been used.
const std::set<std::string> alwaysSurvivable{"AddMetrics", "HostDeinitialize"};
/// A configuration that a profiler does not take over its last one is given to a fresh one.
const std::set<std::string> survivableByLaunches{"AddMetrics", "CounterDataImageInitialize",
                                                 "GetCounterDataSize", "HostDeinitialize", "SetConfig"};

/// `survivable`: calls whose failure may cost nothing at all.
void checkEveryFault(const std::function<Outcome(const std::optional<test::Fault>&)>& outcomeOf,
                     const std::set<std::string>& survivable) {
    const Outcome clean = outcomeOf({});
    REQUIRE(clean.refusals.empty());
    for (const Points& rows : clean.rows) {
        REQUIRE_FALSE(rows.empty());
        for (const db::Point& row : rows)
            REQUIRE(row.flopsExecuted == (row.series == "gemm" ? 4112.0 : 16.0));
    }
    const auto calls = callsOf(clean);
    REQUIRE(calls.size() >= 18);
    std::set<std::string> survived;
    for (const auto& [call, occurrences] : calls) {
        for (std::size_t occurrence = 1; occurrence <= occurrences; ++occurrence) {
            // What plans is called some dozens of times alike: with every code at its ends, with two between.
            const bool isAtEnd = occurrence <= 2 || occurrence == occurrences;
            for (const CUptiResult code : test::knownErrors()) {
                if (!isAtEnd && code != CUPTI_ERROR_UNKNOWN && code != CUPTI_ERROR_HARDWARE_BUSY) continue;
                INFO(call << " " << occurrence << " of " << occurrences << " gives "
                          << static_cast<int>(code));
                const Outcome outcome = outcomeOf(test::Fault{call, occurrence, code});
                checkOutcome(outcome, clean);
                if (isWhole(outcome, clean)) survived.insert(call);
            }
        }
    }
    CHECK(survived == survivable);
}

}  // namespace

TEST_CASE(
    "every CUPTI call gone wrong in a run of launches costs launches, never a number or a row before it") {
    checkEveryFault(outcomeOf<KernelProgram>, survivableByLaunches);
}

TEST_CASE(
    "every CUPTI call gone wrong costs rows of a graph node by node, never its work, a number or a row "
    "before") {
    checkEveryFault(outcomeOf<GraphProgram<inject::Graph::node>>, survivableByLaunches);
}

TEST_CASE("every CUPTI call gone wrong costs rows of whole graphs, never a number or a row before it") {
    checkEveryFault(outcomeOf<GraphProgram<inject::Graph::whole>>, alwaysSurvivable);
}
