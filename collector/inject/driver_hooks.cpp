// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/driver_hooks.hpp"

#include <cupti_driver_cbid.h>

#include <array>

#include "collector/cupti/error.hpp"
#include "collector/inject/own_calls.hpp"

namespace ridge::inject {
namespace {

constexpr std::array launchCalls{
    CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel,
    CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel_ptsz,
    CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx,
    CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx_ptsz,
    CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernel,
    CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernel_ptsz,
    CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch,
    CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch_ptsz,
    CUPTI_DRIVER_TRACE_CBID_cuLaunch,
    CUPTI_DRIVER_TRACE_CBID_cuLaunchGrid,
    CUPTI_DRIVER_TRACE_CBID_cuLaunchGridAsync,
    CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernelMultiDevice,
};

constexpr std::array captureCalls{
    CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCapture,
    CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCapture_ptsz,
    CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCapture_v2,
    CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCapture_v2_ptsz,
    CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCaptureToGraph,
    CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCaptureToGraph_ptsz,
    CUPTI_DRIVER_TRACE_CBID_cuStreamEndCapture,
    CUPTI_DRIVER_TRACE_CBID_cuStreamEndCapture_ptsz,
};

constexpr std::array graphCalls{
    CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiate,
    CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiate_v2,
    CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiateWithFlags,
    CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiateWithParams,
    CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiateWithParams_ptsz,
    CUPTI_DRIVER_TRACE_CBID_cuGraphExecUpdate,
    CUPTI_DRIVER_TRACE_CBID_cuGraphExecUpdate_v2,
    CUPTI_DRIVER_TRACE_CBID_cuGraphExecKernelNodeSetParams,
    CUPTI_DRIVER_TRACE_CBID_cuGraphExecKernelNodeSetParams_v2,
    CUPTI_DRIVER_TRACE_CBID_cuGraphExecMemcpyNodeSetParams,
    CUPTI_DRIVER_TRACE_CBID_cuGraphExecMemsetNodeSetParams,
    CUPTI_DRIVER_TRACE_CBID_cuGraphExecChildGraphNodeSetParams,
    CUPTI_DRIVER_TRACE_CBID_cuGraphExecNodeSetParams,
    CUPTI_DRIVER_TRACE_CBID_cuGraphNodeSetEnabled,
    CUPTI_DRIVER_TRACE_CBID_cuGraphExecDestroy,
};

template <class Params>
const Params& paramsOf(const CUpti_CallbackData& data) {
    return *static_cast<const Params*>(data.functionParams);
}

/// Everything is written where it stays: copying what was written in smaller pieces makes a processor wait.
void setKernel(Launch& launch, const CUpti_CallbackData& data, CUfunction function) {
    launch.context = data.context;
    launch.function = function;
    launch.name = data.symbolName == nullptr ? "(kernel without a name)" : data.symbolName;
}

/// Parameters and configurations of every call name them alike.
template <class Source>
void setShape(Launch& launch, const Source& from) {
    launch.shape.grid = {from.gridDimX, from.gridDimY, from.gridDimZ};
    launch.shape.block = {from.blockDimX, from.blockDimY, from.blockDimZ};
    launch.shape.sharedBytes = from.sharedMemBytes;
}

/// cuLaunchKernel and cuLaunchCooperativeKernel, whose parameters begin alike.
template <class Params>
std::optional<Launch> plainLaunch(const CUpti_CallbackData& data) {
    const auto& call = paramsOf<Params>(data);
    std::optional<Launch> launch(std::in_place);
    setKernel(*launch, data, call.f);
    setShape(*launch, call);
    return launch;
}

template <class Params>
std::optional<Launch> extendedLaunch(const CUpti_CallbackData& data) {
    const auto& call = paramsOf<Params>(data);
    if (call.config == nullptr) return std::nullopt;  // the driver will refuse it
    const CUlaunchConfig& config = *call.config;
    std::optional<Launch> launch(std::in_place);
    setKernel(*launch, data, call.f);
    setShape(*launch, config);
    return launch;
}

/// What CUDA 3 programs call, which set the block and the parameters before it.
template <class Params>
std::optional<Launch> oldLaunch(const CUpti_CallbackData& data, std::string_view obstacle) {
    std::optional<Launch> launch(std::in_place);
    setKernel(*launch, data, paramsOf<Params>(data).f);
    launch->shape.grid = launch->shape.block = {};
    launch->obstacle = obstacle;
    return launch;
}

/// One kernel on several GPUs, of which the first stands for all.
std::optional<Launch> multiDeviceLaunch(const CUpti_CallbackData& data) {
    const auto& call = paramsOf<cuLaunchCooperativeKernelMultiDevice_params>(data);
    if (call.launchParamsList == nullptr || call.numDevices == 0) return std::nullopt;
    const CUDA_LAUNCH_PARAMS& part = *call.launchParamsList;
    std::optional<Launch> launch(std::in_place);
    setKernel(*launch, data, part.function);
    setShape(*launch, part);
    launch->obstacle =
        "cuLaunchCooperativeKernelMultiDevice runs it on several GPUs at once, whose parts wait for each "
        "other";
    return launch;
}

std::optional<Launch> graphLaunch(const CUpti_CallbackData& data, CUgraphExec graph) {
    std::optional<Launch> launch(std::in_place);
    launch->context = data.context;
    launch->graph = graph;
    return launch;
}

/// Every way to instantiate a graph begins with the executable to be and the graph.
template <class Params>
void instantiated(GraphCatalog& graphs, const CUpti_CallbackData& data) {
    const auto& call = paramsOf<Params>(data);
    if (call.phGraphExec != nullptr) graphs.made(*call.phGraphExec, call.hGraph);
}

/// What a CUDA 11 program hands over.
CUDA_KERNEL_NODE_PARAMS inNewForm(const CUDA_KERNEL_NODE_PARAMS_v1& old) {
    CUDA_KERNEL_NODE_PARAMS params{};
    params.func = old.func;
    params.gridDimX = old.gridDimX, params.gridDimY = old.gridDimY, params.gridDimZ = old.gridDimZ;
    params.blockDimX = old.blockDimX, params.blockDimY = old.blockDimY, params.blockDimZ = old.blockDimZ;
    params.sharedMemBytes = old.sharedMemBytes;
    params.kernelParams = old.kernelParams;
    params.extra = old.extra;
    return params;
}

/// Whether launchOf() gives one.
bool isLaunch(CUpti_CallbackId call, const CUpti_CallbackData& data) {
    switch (call) {
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel:
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel_ptsz:
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernel:
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernel_ptsz:
        case CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch:
        case CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch_ptsz:
        case CUPTI_DRIVER_TRACE_CBID_cuLaunch:
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchGrid:
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchGridAsync:
            return true;
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernelMultiDevice:
            return multiDeviceLaunch(data).has_value();
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx:
            return paramsOf<cuLaunchKernelEx_params>(data).config != nullptr;
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx_ptsz:
            return paramsOf<cuLaunchKernelEx_ptsz_params>(data).config != nullptr;
        default:
            return false;
    }
}

CUresult resultOf(const CUpti_CallbackData& data) {
    return *static_cast<const CUresult*>(data.functionReturnValue);
}

}  // namespace

std::optional<Launch> launchOf(CUpti_CallbackId call, const CUpti_CallbackData& data) {
    switch (call) {
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel:
            return plainLaunch<cuLaunchKernel_params>(data);
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel_ptsz:
            return plainLaunch<cuLaunchKernel_ptsz_params>(data);
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernel:
            return plainLaunch<cuLaunchCooperativeKernel_params>(data);
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernel_ptsz:
            return plainLaunch<cuLaunchCooperativeKernel_ptsz_params>(data);
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx:
            return extendedLaunch<cuLaunchKernelEx_params>(data);
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx_ptsz:
            return extendedLaunch<cuLaunchKernelEx_ptsz_params>(data);
        case CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch:
            return graphLaunch(data, paramsOf<cuGraphLaunch_params>(data).hGraph);
        case CUPTI_DRIVER_TRACE_CBID_cuGraphLaunch_ptsz:
            return graphLaunch(data, paramsOf<cuGraphLaunch_ptsz_params>(data).hGraphExec);
        case CUPTI_DRIVER_TRACE_CBID_cuLaunch:
            return oldLaunch<cuLaunch_params>(data, "it was launched by cuLaunch, which is not measured");
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchGrid:
            return oldLaunch<cuLaunchGrid_params>(data,
                                                  "it was launched by cuLaunchGrid, which is not measured");
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchGridAsync:
            return oldLaunch<cuLaunchGridAsync_params>(
                data, "it was launched by cuLaunchGridAsync, which is not measured");
        case CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernelMultiDevice:
            return multiDeviceLaunch(data);
        default:
            return std::nullopt;
    }
}

DriverHooks::DriverHooks(const Options& options, const cupti::Api& api, ProgramState& program,
                         Recorder& recorder)
    : m_options(options), m_api(api), m_program(program), m_recorder(recorder) {}

void DriverHooks::subscribe(CUpti_CallbackFunc callback, void* userData) {
    cupti::check(m_api.subscribe(&m_subscriber, callback, userData));
    try {
        hear(CUPTI_CB_DOMAIN_RESOURCE, CUPTI_CBID_RESOURCE_CONTEXT_DESTROY_STARTING);
        hear(CUPTI_CB_DOMAIN_RESOURCE, CUPTI_CBID_RESOURCE_MODULE_UNLOAD_STARTING);
        if (m_options.purpose == Purpose::time)
            hear(CUPTI_CB_DOMAIN_RESOURCE, CUPTI_CBID_RESOURCE_CONTEXT_CREATED);
        hear(CUPTI_CB_DOMAIN_DRIVER_API, CUPTI_DRIVER_TRACE_CBID_cuProfilerStart);
        hear(CUPTI_CB_DOMAIN_DRIVER_API, CUPTI_DRIVER_TRACE_CBID_cuProfilerStop);
        for (const auto call : captureCalls) hear(CUPTI_CB_DOMAIN_DRIVER_API, call);
        for (const auto call : graphCalls) hear(CUPTI_CB_DOMAIN_DRIVER_API, call);
        if (m_options.start == Start::now) hearLaunches();
    } catch (...) {
        static_cast<void>(m_api.unsubscribe(m_subscriber));
        throw;
    }
}

void DriverHooks::hear(CUpti_CallbackDomain domain, CUpti_CallbackId call) {
    cupti::check(m_api.enableCallback(1, m_subscriber, domain, call));
}

void DriverHooks::hearLaunches() {
    const std::lock_guard lock(m_mutex);
    if (m_launches != Launches::notYet || m_options.purpose == Purpose::time) return;
    for (const auto call : launchCalls) hear(CUPTI_CB_DOMAIN_DRIVER_API, call);
    m_launches = Launches::heard;
}

void DriverHooks::forgetLaunches() {
    const std::lock_guard lock(m_mutex);
    if (m_launches != Launches::heard) return;
    m_launches = Launches::over;
    for (const auto call : launchCalls)
        cupti::check(m_api.enableCallback(0, m_subscriber, CUPTI_CB_DOMAIN_DRIVER_API, call));
}

void DriverHooks::called(CUpti_CallbackDomain domain, CUpti_CallbackId call, const void* data) noexcept {
    if (OwnCalls::here()) return;
    try {
        if (domain == CUPTI_CB_DOMAIN_DRIVER_API) {
            driverCall(call, *static_cast<const CUpti_CallbackData*>(data));
        } else if (domain == CUPTI_CB_DOMAIN_RESOURCE) {
            const CUcontext context = static_cast<const CUpti_ResourceData*>(data)->context;
            if (call == CUPTI_CBID_RESOURCE_CONTEXT_CREATED) m_recorder.contextCreated(context);
            if (call == CUPTI_CBID_RESOURCE_CONTEXT_DESTROY_STARTING) m_recorder.contextDestroyed(context);
            if (call == CUPTI_CBID_RESOURCE_MODULE_UNLOAD_STARTING) m_recorder.moduleUnloaded();
        }
    } catch (const std::exception&) {  // out of memory, or CUPTI will not hear launches: nothing is measured
        return;
    }
}

void DriverHooks::driverCall(CUpti_CallbackId call, const CUpti_CallbackData& data) {
    if (data.callbackSite == CUPTI_API_ENTER) {
        if (const auto launch = launchOf(call, data)) m_recorder.launching(*launch);
        return;
    }
    const CUresult result = resultOf(data);
    if (isLaunch(call, data)) {
        m_recorder.launched(result);
        if (!m_recorder.needsLaunches()) forgetLaunches();
        return;
    }
    if (call == CUPTI_DRIVER_TRACE_CBID_cuProfilerStart) {
        hearLaunches();
        m_recorder.profilerStart();
    } else if (call == CUPTI_DRIVER_TRACE_CBID_cuProfilerStop) {
        m_recorder.profilerStop();
    } else {
        captureCall(call, data, result);
        if (result == CUDA_SUCCESS) graphCall(call, data);
    }
}

void DriverHooks::captureCall(CUpti_CallbackId call, const CUpti_CallbackData& data, CUresult result) {
    const auto began = [&](CUstream stream) {
        if (result == CUDA_SUCCESS) m_program.captures.began(stream);
    };
    switch (call) {
        case CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCapture:
            return began(paramsOf<cuStreamBeginCapture_params>(data).hStream);
        case CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCapture_ptsz:
            return began(paramsOf<cuStreamBeginCapture_ptsz_params>(data).hStream);
        case CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCapture_v2:
            return began(paramsOf<cuStreamBeginCapture_v2_params>(data).hStream);
        case CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCapture_v2_ptsz:
            return began(paramsOf<cuStreamBeginCapture_v2_ptsz_params>(data).hStream);
        case CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCaptureToGraph:
            return began(paramsOf<cuStreamBeginCaptureToGraph_params>(data).hStream);
        case CUPTI_DRIVER_TRACE_CBID_cuStreamBeginCaptureToGraph_ptsz:
            return began(paramsOf<cuStreamBeginCaptureToGraph_ptsz_params>(data).hStream);
        case CUPTI_DRIVER_TRACE_CBID_cuStreamEndCapture:
            return m_program.captures.ended(paramsOf<cuStreamEndCapture_params>(data).hStream, result);
        case CUPTI_DRIVER_TRACE_CBID_cuStreamEndCapture_ptsz:
            return m_program.captures.ended(paramsOf<cuStreamEndCapture_ptsz_params>(data).hStream, result);
        default:
            return;
    }
}

void DriverHooks::graphCall(CUpti_CallbackId call, const CUpti_CallbackData& data) {
    GraphCatalog& graphs = m_program.graphs;
    switch (call) {
        case CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiate:
            return instantiated<cuGraphInstantiate_params>(graphs, data);
        case CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiate_v2:
            return instantiated<cuGraphInstantiate_v2_params>(graphs, data);
        case CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiateWithFlags:
            return instantiated<cuGraphInstantiateWithFlags_params>(graphs, data);
        case CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiateWithParams:
            return instantiated<cuGraphInstantiateWithParams_params>(graphs, data);
        case CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiateWithParams_ptsz:
            return instantiated<cuGraphInstantiateWithParams_ptsz_params>(graphs, data);
        case CUPTI_DRIVER_TRACE_CBID_cuGraphExecUpdate: {
            const auto& update = paramsOf<cuGraphExecUpdate_params>(data);
            return graphs.updated(update.hGraphExec, update.hGraph);
        }
        case CUPTI_DRIVER_TRACE_CBID_cuGraphExecUpdate_v2: {
            const auto& update = paramsOf<cuGraphExecUpdate_v2_params>(data);
            return graphs.updated(update.hGraphExec, update.hGraph);
        }
        case CUPTI_DRIVER_TRACE_CBID_cuGraphExecKernelNodeSetParams: {
            const auto& change = paramsOf<cuGraphExecKernelNodeSetParams_params>(data);
            return graphs.changed(change.hGraphExec, change.hNode, inNewForm(*change.nodeParams));
        }
        case CUPTI_DRIVER_TRACE_CBID_cuGraphExecKernelNodeSetParams_v2: {
            const auto& change = paramsOf<cuGraphExecKernelNodeSetParams_v2_params>(data);
            return graphs.changed(change.hGraphExec, change.hNode, *change.nodeParams);
        }
        case CUPTI_DRIVER_TRACE_CBID_cuGraphExecMemcpyNodeSetParams:
            return graphs.changed(paramsOf<cuGraphExecMemcpyNodeSetParams_params>(data).hGraphExec);
        case CUPTI_DRIVER_TRACE_CBID_cuGraphExecMemsetNodeSetParams:
            return graphs.changed(paramsOf<cuGraphExecMemsetNodeSetParams_params>(data).hGraphExec);
        case CUPTI_DRIVER_TRACE_CBID_cuGraphExecChildGraphNodeSetParams:
            return graphs.changed(paramsOf<cuGraphExecChildGraphNodeSetParams_params>(data).hGraphExec);
        case CUPTI_DRIVER_TRACE_CBID_cuGraphNodeSetEnabled:
            return graphs.switched(paramsOf<cuGraphNodeSetEnabled_params>(data).hGraphExec);
        case CUPTI_DRIVER_TRACE_CBID_cuGraphExecNodeSetParams:
            return graphs.changed(paramsOf<cuGraphExecNodeSetParams_params>(data).hGraphExec);
        case CUPTI_DRIVER_TRACE_CBID_cuGraphExecDestroy:
            return graphs.destroyed(paramsOf<cuGraphExecDestroy_params>(data).hGraphExec);
        default:
            return;
    }
}

}  // namespace ridge::inject
