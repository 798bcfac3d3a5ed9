// SPDX-License-Identifier: Apache-2.0
// What the driver's callbacks are told to: the launches of a program, whatever is made of them.
#pragma once

#include <cuda.h>

#include <string_view>

#include "collector/inject/captures.hpp"
#include "collector/inject/graph_kernels.hpp"
#include "collector/inject/launch_record.hpp"
#include "collector/inject/selection.hpp"

namespace ridge::inject {

/// A launch as the driver is asked for it: of a kernel, or of a CUDA graph.
struct Launch {
    CUcontext context = nullptr;
    CUgraphExec graph = nullptr;  ///< else a kernel
    const void* function = nullptr;
    const char* name = "";  ///< mangled; empty for a graph
    LaunchShape shape;      ///< zeros: not known
    /// Not empty: the call is one that CUPTI's replay is not made for, and why.
    std::string_view obstacle = {};
};

/// What the callbacks know of the program besides its launches.
struct ProgramState {
    explicit ProgramState(const cupti::Driver& driver, bool keepGraphs = false)
        : graphs(driver, keepGraphs) {}
    Captures captures;
    GraphCatalog graphs;
};

/// Any thread may call; launching() and launched() are a pair on the launching thread, around the driver's
/// call. Nothing throws: the caller is the program.
class Recorder {
 public:
    virtual ~Recorder() = default;
    virtual void launching(const Launch& launch) noexcept = 0;
    /// `result`: what the driver answered the program.
    virtual void launched(CUresult result) noexcept = 0;
    virtual void profilerStart() noexcept = 0;
    virtual void profilerStop() noexcept = 0;
    /// False once no launch will ever matter again: hooks may go, also between another thread's two calls.
    [[nodiscard]] virtual bool needsLaunches() const noexcept { return true; }
    /// Heard in a run for times alone, where no launch tells which devices there are.
    virtual void contextCreated(CUcontext) noexcept {}
    /// Before the context goes.
    virtual void contextDestroyed(CUcontext context) noexcept = 0;
    /// Before a module's code goes.
    virtual void moduleUnloaded() noexcept {}
    /// The process ends in order; returns what its last line says.
    virtual Counts finish() noexcept = 0;
};

}  // namespace ridge::inject
