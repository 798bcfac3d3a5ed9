// SPDX-License-Identifier: Apache-2.0
// Kernel mode, --graph node: the kernels of a CUDA graph launch measured one by one, in the program's place.
#pragma once

#include <cuda.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "collector/cupti/driver.hpp"
#include "collector/inject/graph_order.hpp"
#include "collector/inject/kept_graph.hpp"
#include "collector/inject/kernel_catalog.hpp"
#include "collector/inject/launch_measurement.hpp"
#include "collector/inject/launch_record.hpp"
#include "collector/inject/nvtx_ranges.hpp"
#include "collector/inject/options.hpp"
#include "collector/inject/profiler_slot.hpp"
#include "collector/inject/selection.hpp"
#include "collector/inject/stand_in.hpp"

namespace ridge::inject {

struct PlannedNode {
    OrderedNode node;
    const SeenKernel* kernel = nullptr;  ///< nullptr: a copy or a set
    LaunchShape shape;
    const void* function = nullptr;
    bool isMeasured = false;
};

/// One launch of `executable`, node by node. `obstacle` says why it cannot be; empty where it can.
struct NodePlan {
    CUgraphExec executable = nullptr;
    std::shared_ptr<KeptGraph> graph;
    std::vector<PlannedNode> nodes;
    std::string obstacle;
    std::int64_t places = 0;  ///< of --skip and --count, taken by choose()
};

/// prepare(), choose(), then replace() before the driver's launch call and restore() after it, on the
/// launching thread: between the last two the executable does nothing, and its work has been done once, in a
/// legal order.
class NodeRecorder {
 public:
    /// All must outlive this.
    NodeRecorder(const Options& options, const cupti::Driver& driver, KernelSelection& selection,
                 KernelCatalog& catalog, ProfilerSlot& slot);

    /// Before a kernel is chosen: what is found to be in the way costs nobody a place of --skip and --count.
    /// Takes the slot's turn; `context` is current. `graph` may be nullptr.
    [[nodiscard]] NodePlan prepare(CUgraphExec executable, std::shared_ptr<KeptGraph> graph,
                                   CUcontext context);
    /// Asks the selection for each kernel, in order; returns how many it wants. The launch is inside of
    /// --nvtx.
    [[nodiscard]] std::int64_t choose(NodePlan& plan);

    /// Puts the executable out of action and does its work. Not empty: why not; then nothing was done. For
    /// whoever has the slot's turn and has closed the context's gate.
    [[nodiscard]] std::string replace(const NodePlan& plan, Context& context) noexcept;
    /// Makes the executable what it was. Whoever called replace().
    void restore(const NodePlan& plan) noexcept;

    /// Whoever has the slot's turn.
    void contextDestroyed(CUcontext context) { m_standIns.contextDestroyed(context); }

 private:
    struct Issued {
        std::size_t nodes = 0;
        CUresult result = CUDA_SUCCESS;
    };
    struct Ranges {
        std::vector<NvtxRange> stack, started;
    };
    [[nodiscard]] std::string tryReplace(const NodePlan& plan, Context& context);
    /// By a thread of its own: whether CUPTI replays a launch that a callback issues is not documented.
    [[nodiscard]] Issued issueElsewhere(const NodePlan& plan, Context& context);
    [[nodiscard]] Issued issue(const NodePlan& plan, Context& context, const Ranges& ranges) noexcept;
    [[nodiscard]] CUresult issueOne(const PlannedNode& node, Context& context, const Ranges& ranges) noexcept;
    void notBegun(const std::exception& error, const Context& context, Described& described) noexcept;
    void send(const Context& context, Described& described, LaunchMeasurement& measurement) noexcept;
    /// The program's work is not what it would have been: loud, and the end of measuring.
    void confess(const char* what, CUresult result) noexcept;
    [[nodiscard]] std::string putBack(const NodePlan& plan, const std::string& why) noexcept;

    const Options& m_options;
    const cupti::Driver& m_driver;
    KernelSelection& m_selection;
    KernelCatalog& m_catalog;
    ProfilerSlot& m_slot;
    StandIns m_standIns;
};

}  // namespace ridge::inject
