// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/node_recorder.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <csignal>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

#include "collector/inject/graph_kernels.hpp"
#include "collector/inject/node_launch.hpp"
#include "collector/inject/nvtx_hooks.hpp"
#include "collector/inject/own_calls.hpp"

namespace ridge::inject {
namespace {

/// No signal of the program's is handled on a thread that is made while one lives.
class SignalsBlocked {
 public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &m_before);
    }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &m_before, nullptr); }

 private:
    sigset_t m_before{};
};

std::string cudaError(const char* what, CUresult result) {
    return fmt::format("{} (CUDA error {})", what, static_cast<int>(result));
}

}  // namespace

NodeRecorder::NodeRecorder(const Options& options, const cupti::Driver& driver, KernelSelection& selection,
                           KernelCatalog& catalog, ProfilerSlot& slot)
    : m_options(options),
      m_driver(driver),
      m_selection(selection),
      m_catalog(catalog),
      m_slot(slot),
      m_standIns(driver) {}

NodePlan NodeRecorder::prepare(CUgraphExec executable, std::shared_ptr<KeptGraph> graph, CUcontext context) {
    NodePlan plan{executable, std::move(graph), {}, {}, 0};
    if (!plan.graph || !plan.graph->obstacle().empty()) {
        plan.obstacle = plan.graph ? plan.graph->obstacle() : "no copy of it was kept";
        return plan;
    }
    std::optional<std::string>& rehearsal = plan.graph->rehearsal();
    if (!rehearsal) {
        const auto alone = m_slot.turn();
        const OwnCalls own;
        const StandIn standIn = m_standIns.make(plan.graph->graph(), context);
        rehearsal = standIn.obstacle.empty()
                        ? rehearse(m_driver, executable, plan.graph->graph(), standIn.graph.get())
                        : standIn.obstacle;
    }
    NodeOrder order = nodeOrder(m_driver, plan.graph->graph());
    plan.obstacle = rehearsal->empty() ? order.obstacle : *rehearsal;
    for (const OrderedNode& node : order.nodes) {
        PlannedNode planned{node, nullptr, {}, nullptr, false};
        if (node.type == CU_GRAPH_NODE_TYPE_KERNEL) {
            const auto kernel = kernelOf(m_driver, node.node);
            if (!kernel) {
                plan.obstacle = "its kernels cannot be listed";
                return plan;
            }
            planned.kernel = &m_catalog.of(kernel->name);
            planned.shape = kernel->shape;
            planned.function = kernel->function;
        }
        plan.nodes.push_back(planned);
    }
    return plan;
}

std::int64_t NodeRecorder::choose(NodePlan& plan) {
    std::int64_t chosen = 0;
    for (PlannedNode& node : plan.nodes) {
        if (node.kernel == nullptr) continue;
        const Decision decision =
            m_selection.onLaunch([&node]() -> const KernelInfo& { return node.kernel->info; });
        plan.places += decision.counted ? 1 : 0;
        node.isMeasured = decision.kind == Decision::Kind::measure;
        if (node.isMeasured) ++chosen;
    }
    return chosen;
}

std::string NodeRecorder::replace(const NodePlan& plan, Context& context) noexcept {
    try {
        const OwnCalls own;
        return tryReplace(plan, context);
    } catch (const std::exception& error) {  // out of memory, or of threads, before the first node
        return putBack(plan, error.what());
    }
}

std::string NodeRecorder::tryReplace(const NodePlan& plan, Context& context) {
    // What the launch would have waited for, whichever stream it is in, has ended then.
    if (const CUresult result = m_driver.ctxSynchronize(); result != CUDA_SUCCESS)
        return cudaError("the work before it failed", result);
    const StandIn standIn = m_standIns.make(plan.graph->graph(), context.handle);
    if (!standIn.obstacle.empty()) return standIn.obstacle;
    if (updateExecutable(m_driver, plan.executable, standIn.graph.get()) != CUDA_SUCCESS)
        return putBack(plan, "the driver does not let its nodes be exchanged");
    const Issued issued = issueElsewhere(plan, context);
    if (issued.result == CUDA_SUCCESS) return {};
    if (issued.nodes == 0) return putBack(plan, cudaError("its first node was not taken", issued.result));
    confess("a CUDA graph was left unfinished", issued.result);
    return {};
}

std::string NodeRecorder::putBack(const NodePlan& plan, const std::string& why) noexcept {
    restore(plan);
    return why;
}

void NodeRecorder::restore(const NodePlan& plan) noexcept {
    const OwnCalls own;
    const CUresult result = updateExecutable(m_driver, plan.executable, plan.graph->graph());
    if (result != CUDA_SUCCESS) confess("a CUDA graph could not be made what it was", result);
}

void NodeRecorder::confess(const char* what, CUresult result) noexcept {
    try {
        m_slot.refuse(Error(ExitCode::failed,
                            cudaError(what, result) + ": what the program computes from here on is wrong",
                            "profile it with --graph whole"));
    } catch (const std::exception&) {  // out of memory: nobody can be told
        m_slot.end();
    }
}

NodeRecorder::Issued NodeRecorder::issueElsewhere(const NodePlan& plan, Context& context) {
    const std::span<const NvtxRange> stack = threadRanges();
    const Ranges ranges{{stack.begin(), stack.end()}, startedRanges()};
    Issued issued;
    std::thread thread = [&] {
        const SignalsBlocked blocked;
        return std::thread([&] { issued = issue(plan, context, ranges); });
    }();
    thread.join();
    return issued;
}

NodeRecorder::Issued NodeRecorder::issue(const NodePlan& plan, Context& context,
                                         const Ranges& ranges) noexcept {
    const OwnCalls own;
    Issued issued{0, m_driver.ctxSetCurrent(context.handle)};
    for (const PlannedNode& node : plan.nodes) {
        if (issued.result != CUDA_SUCCESS) return issued;
        issued.result = issueOne(node, context, ranges);
        if (issued.result == CUDA_SUCCESS) ++issued.nodes;
    }
    if (issued.result == CUDA_SUCCESS) issued.result = m_driver.ctxSynchronize();
    return issued;
}

CUresult NodeRecorder::issueOne(const PlannedNode& node, Context& context, const Ranges& ranges) noexcept {
    if (!node.isMeasured || !m_slot.isUsable() || m_slot.isGivenUp(context))
        return issueUncounted(m_driver, node.node);
    Described described;
    LaunchMeasurement measurement;
    try {
        described = kernelRecord(m_options, node.kernel->info.name, node.shape, ranges.stack, ranges.started);
        measurement.begin(m_options, m_driver, m_slot, context,
                          LaunchIdentity{node.function, node.kernel, node.shape, m_slot.codeChanges()},
                          described);
    } catch (const std::exception& error) {
        notBegun(error, context, described);
        return issueUncounted(m_driver, node.node);
    }
    const CUresult result = issueNode(m_driver, node.node);
    measurement.end(result, m_slot, described);
    send(context, described, measurement);
    return result == CUDA_SUCCESS ? result : issueUncounted(m_driver, node.node);  // without CUPTI, then
}

void NodeRecorder::notBegun(const std::exception& error, const Context& context,
                            Described& described) noexcept {
    try {
        if (!m_slot.survives(error, context)) return m_slot.refuse(error);
        setUnmeasured(described.record, db::Status::failed, error.what());
        for (const std::string& text : described.notes) m_slot.note(text);
        m_slot.report(MeasuredRecord{context.device, std::move(described.record), std::nullopt});
    } catch (const std::exception& second) {
        m_slot.refuse(second);
    }
}

void NodeRecorder::send(const Context& context, Described& described,
                        LaunchMeasurement& measurement) noexcept {
    try {
        for (const std::string& text : described.notes) m_slot.note(text);
        // No key: the first run's activity records tell a graph's kernels in another order than this one.
        measurement.send({context.device, std::move(described.record), std::nullopt, measurement.during()},
                         m_slot);
    } catch (const std::exception& error) {
        m_slot.refuse(error);
    }
}

}  // namespace ridge::inject
