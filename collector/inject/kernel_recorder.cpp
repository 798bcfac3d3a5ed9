// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/kernel_recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "collector/inject/launch_measurement.hpp"
#include "collector/inject/nvtx_hooks.hpp"
#include "collector/inject/thread_slots.hpp"

namespace ridge::inject {

struct KernelRecorder::Work {
    enum class State { ignored, passing, measuring, standingIn };
    static constexpr std::uint64_t unknown = ~std::uint64_t{0};

    // What makes a launch that is not measured cheap: no lock, no atomic addition, no look at the ranges.
    Passage passage;
    std::atomic<std::uint64_t> recorder{0};  ///< whose all of this is; its thread alone writes, as `launches`
    std::atomic<std::int64_t> launches{0};
    RecentContext recentContext;
    RecentKernels recentKernels;
    std::uint64_t rangesVersion = unknown;  ///< at which `inside` was found
    bool inside = false;

    int depth = 0;  ///< a launch may be issued from within another's call: the outermost is the program's
    State state = State::ignored;
    Context* context = nullptr;
    const SeenKernel* kernel = nullptr;  ///< nullptr: a graph
    LaunchShape shape;
    const void* function = nullptr;
    std::int64_t ordinal = 0;
    std::int64_t chosen = 0;  ///< kernels that the selection was taken up by: of a graph there may be many
    std::vector<db::Kernel> rows;   ///< of a graph
    std::optional<NodePlan> nodes;  ///< of a graph that is measured node by node
    Described described;
    std::unique_lock<std::mutex> turn;
    LaunchMeasurement measurement;

    /// To another thread: the caches stay good, but ranges are a thread's own.
    void handOver() noexcept {
        LaunchGate::leave(passage);
        rangesVersion = unknown;
        depth = 0;
        state = State::ignored;
    }
    void beginFor(std::uint64_t identity) noexcept {
        handOver();
        launches = 0;
        recentContext = {};
        recentKernels = {};
        recorder = identity;
    }
    void count() noexcept {
        launches.store(launches.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
};

namespace {

std::atomic<std::uint64_t> recorders{0};

}  // namespace

KernelRecorder::KernelRecorder(const Options& options, const cupti::Api& api, const cupti::Driver& driver,
                               const ProgramState& program, Report report)
    : m_identity(++recorders),
      m_options(options),
      m_driver(driver),
      m_program(program),
      m_report(report),
      m_selection(options),
      m_slot(api, driver, options.metricSet, std::move(report)),
      m_nodes(m_options, driver, m_selection, m_catalog, m_slot) {}

KernelRecorder::Work* KernelRecorder::ofThisThread() const noexcept {
    Work* work = ThreadSlots<Work>::mine();
    if (work != nullptr && work->recorder.load(std::memory_order_relaxed) != m_identity)
        work->beginFor(m_identity);
    return work;
}

void KernelRecorder::launching(const Launch& launch) noexcept {
    Work* work = ofThisThread();
    if (work == nullptr || ++work->depth > 1) return;
    work->state = Work::State::ignored;
    work->context = nullptr;
    work->kernel = nullptr;
    work->chosen = 1;
    work->nodes.reset();
    if (!m_slot.isUsable()) return;
    try {
        choose(launch, *work);
    } catch (const std::exception& error) {
        m_slot.refuse(error);
    }
    const bool holdsTurn = work->state == Work::State::measuring || work->state == Work::State::standingIn;
    if (holdsTurn || work->context == nullptr) return;
    work->context->gate.pass(work->passage);
    work->state = Work::State::passing;
}

void KernelRecorder::choose(const Launch& launch, Work& work) {
    work.context = m_slot.context(launch.context, work.recentContext);
    if (work.context == nullptr) {
        if (!launch.obstacle.empty())
            m_slot.note(fmt::format("{} has no row: {}", launch.name, launch.obstacle));
        return;
    }
    work.count();
    if (m_slot.isGivenUp(*work.context)) return;
    Decision decision = decide(launch, work);
    if (decision.kind == Decision::Kind::ignore) return;
    work.shape = launch.shape;
    work.function = launch.function;
    if (decision.kind == Decision::Kind::measure) decision = begin(work);
    if (decision.kind == Decision::Kind::skip) {
        skip(work, decision.reason);
        m_ended += work.chosen;
    }
}

Decision KernelRecorder::decide(const Launch& launch, Work& work) {
    if (!m_selection.quota().isOpen()) return {};
    if (m_program.captures.any()) return decideInCapture(launch, work);
    return launch.graph != nullptr ? decideGraph(launch, work) : decideKernel(launch, work);
}

Decision KernelRecorder::decideInCapture(const Launch& launch, Work& work) {
    // What the stream records does not run, what other streams launch does: which of them this is, is not
    // known.
    if (m_options.timed && launch.graph == nullptr)
        m_catalog.of(launch.function, launch.name, work.recentKernels).isMiscounted = true;
    m_slot.note("launches were not measured while the program recorded a CUDA graph");
    return {};
}

Decision KernelRecorder::decideKernel(const Launch& launch, Work& work) {
    const bool inside = isInside(work);
    if (!inside && !m_options.timed) return {};
    const auto find = [&]() -> const KernelInfo& {
        if (work.kernel == nullptr)
            work.kernel = &m_catalog.of(launch.function, launch.name, work.recentKernels);
        return work.kernel->info;
    };
    if (m_options.timed) {
        static_cast<void>(find());
        work.ordinal = work.kernel->launchesOn(work.context->device)++;
        // Of several GPUs the others counted it too, in the first run.
        if (!launch.obstacle.empty()) work.kernel->isMiscounted = true;
    }
    Decision decision = inside ? m_selection.onLaunch(find) : Decision{};
    if (decision.kind == Decision::Kind::measure && !launch.obstacle.empty()) {
        decision.kind = Decision::Kind::skip;
        decision.reason = launch.obstacle;
    }
    return decision;
}

bool KernelRecorder::isInside(Work& work) const {
    if (!m_selection.nvtx()) return true;
    const std::uint64_t version =
        m_selection.nvtx()->isNested() ? threadRangesVersion() : startedRangesVersion();
    if (work.rangesVersion != version) {
        work.inside = m_selection.isInside(threadRanges(), startedRanges());
        work.rangesVersion = version;
    }
    return work.inside;
}

Decision KernelRecorder::decideGraph(const Launch& launch, Work& work) {
    if (!isInside(work)) return {};
    const GraphContents contents = m_program.graphs.of(launch.graph);
    std::vector<const KernelInfo*> kernels;
    work.rows.clear();
    for (const GraphKernel& part : contents.kernels) {
        const SeenKernel& kernel = m_catalog.of(part.name);
        kernels.push_back(&kernel.info);
        db::Kernel row = kernelRow(kernel.info.name, part.shape, static_cast<std::int64_t>(work.rows.size()));
        if (contents.shapesChanged) row.grid = row.block = {};
        work.rows.push_back(std::move(row));
    }
    const bool replayable = contents.obstacle.empty() &&
                            std::all_of(kernels.begin(), kernels.end(), [](const KernelInfo* kernel) {
                                return kernel->cannotReplay.empty();
                            });
    const bool meant =
        std::any_of(kernels.begin(), kernels.end(), [](const KernelInfo* kernel) { return kernel->matches; });
    if (measuresNodes(m_options) && replayable && meant) {
        if (const auto decision = decideNodes(launch, work)) return *decision;
    }
    Decision decision = m_selection.onGraphLaunch(kernels);
    if (decision.kind != Decision::Kind::measure) return decision;
    if (contents.obstacle.empty()) return decision;
    m_slot.note(fmt::format("a CUDA graph was not measured: {}", contents.obstacle));
    return {Decision::Kind::skip, "this CUDA graph cannot be replayed"};
}

std::optional<Decision> KernelRecorder::decideNodes(const Launch& launch, Work& work) {
    NodePlan plan = m_nodes.prepare(launch.graph, m_program.graphs.kept(launch.graph), launch.context);
    if (!plan.obstacle.empty()) {
        noteWhole(plan.obstacle);
        return std::nullopt;
    }
    work.chosen = m_nodes.choose(plan);
    if (work.chosen == 0) return Decision{};
    work.nodes = std::move(plan);
    return Decision{Decision::Kind::measure, {}};
}

void KernelRecorder::noteWhole(const std::string& why) {
    m_slot.note(fmt::format("--graph node: a CUDA graph is taken whole: {}", why));
}

void KernelRecorder::describe(Work& work) const {
    work.described =
        work.kernel != nullptr
            ? kernelRecord(m_options, work.kernel->info.name, work.shape, threadRanges(), startedRanges())
            : graphRecord(m_options, std::move(work.rows), threadRanges(), startedRanges());
}

bool KernelRecorder::takeTurn(Work& work) {
    work.turn = m_slot.turn();
    if (m_slot.vacate(*work.context) && work.context->gate.close()) return true;
    work.turn.unlock();
    m_slot.note(
        "launches were skipped, because another thread's did not return for 2 s, as where kernels wait for "
        "each "
        "other: name those by --deny, or drive each GPU by a process of its own");
    return false;
}

void KernelRecorder::endTurn(Work& work) noexcept {
    work.context->gate.open();
    work.turn.unlock();
}

Decision KernelRecorder::beginNodes(Work& work) {
    const std::string obstacle = m_nodes.replace(*work.nodes, *work.context);
    if (obstacle.empty()) {
        work.state = Work::State::standingIn;
        return {Decision::Kind::measure, {}};
    }
    m_selection.quota().giveBack(work.nodes->places);
    work.nodes.reset();
    work.chosen = 1;
    noteWhole(obstacle);
    return {m_selection.quota().take() ? Decision::Kind::measure : Decision::Kind::ignore, {}};
}

Decision KernelRecorder::begin(Work& work) {
    if (!takeTurn(work)) return {Decision::Kind::skip, "another thread's launch did not return in time"};
    std::string failure;
    try {
        const Decision decision = work.nodes ? beginNodes(work) : Decision{Decision::Kind::measure, {}};
        if (work.state == Work::State::standingIn) return decision;
        if (decision.kind != Decision::Kind::measure) {
            endTurn(work);
            return decision;
        }
        describe(work);
        failure = startMeasuring(work);
        if (failure.empty()) {
            work.state = Work::State::measuring;
            return decision;
        }
    } catch (...) {
        endTurn(work);
        throw;
    }
    endTurn(work);
    setUnmeasured(work.described.record, db::Status::failed, failure);
    m_report(rowOf(work));
    m_ended += work.chosen;
    return {};
}

std::string KernelRecorder::startMeasuring(Work& work) {
    std::optional<LaunchIdentity> identity;
    if (work.kernel != nullptr)
        identity = LaunchIdentity{work.function, work.kernel, work.shape, m_slot.codeChanges()};
    try {
        work.measurement.begin(m_options, m_driver, m_slot, *work.context, identity, work.described);
        return {};
    } catch (const std::exception& error) {
        if (!m_slot.survives(error, *work.context)) throw;
        return error.what();
    }
}

void KernelRecorder::launched(CUresult result) noexcept {
    Work* found = ofThisThread();
    if (found == nullptr || found->depth == 0) return;  // hooks may appear between a launch's two callbacks
    Work& work = *found;
    if (--work.depth > 0) return;
    // A launch that failed is not counted: a run without counters does not see it.
    if (result != CUDA_SUCCESS && work.kernel != nullptr && m_options.timed)
        --work.kernel->launchesOn(work.context->device);
    if (work.state == Work::State::passing) {
        LaunchGate::leave(work.passage);
        return;
    }
    if (work.state == Work::State::standingIn) {
        work.state = Work::State::ignored;
        m_nodes.restore(*work.nodes);
        work.nodes.reset();
        endTurn(work);
        m_ended += work.chosen;
        return;
    }
    if (work.state != Work::State::measuring) return;
    work.state = Work::State::ignored;
    work.measurement.end(result, m_slot, work.described);
    try {
        work.measurement.send(rowOf(work), m_slot);
    } catch (const std::exception& error) {
        m_slot.refuse(error);
    }
    endTurn(work);
    m_ended += work.chosen;
}

void KernelRecorder::contextDestroyed(CUcontext context) noexcept {
    m_slot.contextDestroyed(context);
    const auto alone = m_slot.turn();
    m_nodes.contextDestroyed(context);
}

Counts KernelRecorder::finish() noexcept {
    m_slot.end();
    Counts counts{0, m_selection.quota().matched()};
    ThreadSlots<Work>::visitAll([&](const Work& work) {
        if (work.recorder == m_identity) counts.launches += work.launches;
    });
    return counts;
}

void KernelRecorder::skip(Work& work, std::string_view reason) {
    describe(work);
    if (!m_slot.isAnnounced(*work.context)) {  // as it has to be before its first record
        // Not waiting: what is skipped may be what the one who measures waits for.
        const auto alone = m_slot.tryTurn();
        if (!alone)
            return m_slot.note("launches were skipped before their device was known, without a record");
        try {
            static_cast<void>(m_slot.counters(*work.context));
        } catch (const std::exception& error) {
            if (!m_slot.survives(error, *work.context)) throw;
        }
    }
    setUnmeasured(work.described.record, db::Status::skipped, reason);
    m_report(rowOf(work));
}

MeasuredRecord KernelRecorder::rowOf(Work& work) {
    for (const std::string& text : work.described.notes) m_slot.note(text);
    MeasuredRecord measured{work.context->device, std::move(work.described.record), std::nullopt};
    if (work.kernel != nullptr && m_options.timed && !work.kernel->isMiscounted) {
        measured.launch = LaunchKey{work.kernel->info.name.mangled, work.ordinal, dimensions(work.shape.grid),
                                    dimensions(work.shape.block)};
    }
    if (measured.record.point.status == db::Status::ok) measured.during = work.measurement.during();
    return measured;
}

}  // namespace ridge::inject
