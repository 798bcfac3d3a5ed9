// SPDX-License-Identifier: Apache-2.0
#include "tests/collector/inject/fake_graphs.hpp"

#include <cupti_driver_cbid.h>
#include <fmt/format.h>

#include <algorithm>

namespace ridge::test {
namespace {

FakeGraphs* active = nullptr;
int moduleObject = 0;
constexpr CUdeviceptr scratch = 256;  ///< what FakeCupti allocates

/// A function is its name, for good.
CUfunction function(const std::string& name) {
    static std::set<std::string> names;
    return reinterpret_cast<CUfunction>(const_cast<std::string*>(&*names.insert(name).first));
}
const std::string& nameOf(CUfunction function) {
    return *reinterpret_cast<const std::string*>(function);
}

FakeNode& nodeOf(CUgraphNode node) {
    return *reinterpret_cast<FakeNode*>(node);
}
FakeGraph& graphOf(CUgraph graph) {
    return *reinterpret_cast<FakeGraph*>(graph);
}

CUresult called(const std::string& name) {
    const int occurrence = ++active->calls[name];
    const auto found = active->failing.find(name);
    const bool fails = found != active->failing.end() && found->second.contains(occurrence);
    return fails ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

template <class Params>
void announced(CUpti_CallbackId call, const Params& params) {
    if (!active->announce) return;
    active->announce(call, &params, CUPTI_API_ENTER);
    active->announce(call, &params, CUPTI_API_EXIT);
}

std::string setEffect(CUdeviceptr to, unsigned value) {
    return fmt::format("set {:#x}={}", to, value);
}
std::string copyEffect(CUdeviceptr to, CUdeviceptr from) {
    return fmt::format("copy {:#x}<-{:#x}", to, from);
}
CUresult does(const std::string& effect, const char* call) {
    const CUresult result = called(call);
    if (result == CUDA_SUCCESS) active->log.push_back(effect);
    return result;
}

/// In the order of the edges; the last one wins among equals, unlike the order under test.
void addEffects(const FakeGraph& graph, std::vector<std::string>& effects) {
    std::vector<const FakeNode*> waiting;
    for (const FakeNode& node : graph.nodes) waiting.push_back(&node);
    while (!waiting.empty()) {
        const auto ready = std::find_if(waiting.begin(), waiting.end(), [&](const FakeNode* node) {
            return std::none_of(graph.edges.begin(), graph.edges.end(), [&](const auto& edge) {
                return edge.second == node &&
                       std::find(waiting.begin(), waiting.end(), edge.first) != waiting.end();
            });
        });
        if (ready == waiting.end()) return;
        const FakeNode& node = **ready;
        waiting.erase(ready);
        if (node.type == CU_GRAPH_NODE_TYPE_KERNEL && nameOf(node.kernel.func) != "ridge_nothing")
            effects.push_back(fmt::format("{}[{}]", nameOf(node.kernel.func), node.kernel.gridDimX));
        if (node.type == CU_GRAPH_NODE_TYPE_MEMSET && node.set.dst != scratch)
            effects.push_back(setEffect(node.set.dst, node.set.value));
        if (node.type == CU_GRAPH_NODE_TYPE_MEMCPY && node.copy.dstDevice != scratch)
            effects.push_back(copyEffect(node.copy.dstDevice, node.copy.srcDevice));
        if (node.type == CU_GRAPH_NODE_TYPE_GRAPH) addEffects(*node.child, effects);
    }
}

FakeGraph& cloneOf(const FakeGraph& source) {
    FakeGraph& clone = active->graphs.emplace_back();
    std::map<const FakeNode*, FakeNode*> copies;
    for (const FakeNode& node : source.nodes) {
        FakeNode& copy = clone.nodes.emplace_back(node);
        copy.original = &node;
        copies[&node] = &copy;
        if (node.child != nullptr) copy.child = &cloneOf(*node.child);
    }
    for (const auto& [from, to] : source.edges) clone.edges.emplace_back(copies.at(from), copies.at(to));
    return clone;
}

void fillReading(cupti::Driver& driver) {
    driver.graphGetNodes = [](CUgraph graph, CUgraphNode* nodes, std::size_t* count) {
        std::size_t i = 0;
        for (FakeNode& node : graphOf(graph).nodes) {
            if (nodes != nullptr) nodes[i] = handleOf(node);
            ++i;
        }
        *count = i;
        return called("graphGetNodes");
    };
    driver.graphGetEdges = [](CUgraph graph, CUgraphNode* from, CUgraphNode* to, CUgraphEdgeData* data,
                              std::size_t* count) {
        const auto& edges = graphOf(graph).edges;
        if (from != nullptr && data == nullptr) return CUDA_ERROR_LOSSY_QUERY;
        for (std::size_t i = 0; from != nullptr && i < edges.size(); ++i) {
            from[i] = handleOf(*edges[i].first);
            to[i] = handleOf(*edges[i].second);
        }
        *count = edges.size();
        return called("graphGetEdges");
    };
    driver.graphNodeGetType = [](CUgraphNode node, CUgraphNodeType* type) {
        *type = nodeOf(node).type;
        return called("graphNodeGetType");
    };
    driver.graphKernelNodeGetParams = [](CUgraphNode node, CUDA_KERNEL_NODE_PARAMS* params) {
        *params = nodeOf(node).kernel;
        return called("graphKernelNodeGetParams");
    };
    driver.graphKernelNodeGetAttribute = [](CUgraphNode node, CUkernelNodeAttrID id,
                                            CUkernelNodeAttrValue* value) {
        *value = {};
        for (const CUlaunchAttribute& one : nodeOf(node).attributes) {
            if (one.id == id) *value = one.value;
        }
        return called("graphKernelNodeGetAttribute");
    };
    driver.graphMemsetNodeGetParams = [](CUgraphNode node, CUDA_MEMSET_NODE_PARAMS* params) {
        *params = nodeOf(node).set;
        return called("graphMemsetNodeGetParams");
    };
    driver.graphMemcpyNodeGetParams = [](CUgraphNode node, CUDA_MEMCPY3D* params) {
        *params = nodeOf(node).copy;
        return called("graphMemcpyNodeGetParams");
    };
    driver.graphChildGraphNodeGetGraph = [](CUgraphNode node, CUgraph* graph) {
        *graph = nodeOf(node).child->handle();
        return called("graphChildGraphNodeGetGraph");
    };
    driver.funcGetName = [](const char** name, CUfunction of) {
        *name = nameOf(of).c_str();
        return called("funcGetName");
    };
    driver.kernelGetName = [](const char**, CUkernel) { return CUDA_ERROR_INVALID_HANDLE; };
}

void fillChanging(cupti::Driver& driver) {
    driver.graphClone = [](CUgraph* clone, CUgraph source) {
        const CUresult result = called("graphClone");
        if (result != CUDA_SUCCESS) return result;
        *clone = cloneOf(graphOf(source)).handle();
        ++active->clones;
        return result;
    };
    driver.graphDestroy = [](CUgraph graph) {
        // Its memory stays until the fake goes: nobody may look at it, which poisoned nodes would show.
        for (FakeNode& node : graphOf(graph).nodes) node.kernel.func = nullptr;
        --active->clones;
        return called("graphDestroy");
    };
    driver.graphNodeFindInClone = [](CUgraphNode* found, CUgraphNode node, CUgraph clone) {
        for (FakeNode& candidate : graphOf(clone).nodes) {
            if (candidate.original != &nodeOf(node)) continue;
            *found = handleOf(candidate);
            return CUDA_SUCCESS;
        }
        return CUDA_ERROR_INVALID_VALUE;
    };
    driver.graphKernelNodeSetParams = [](CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS* params) {
        nodeOf(node).kernel = *params;
        return called("graphKernelNodeSetParams");
    };
    driver.graphMemsetNodeSetParams = [](CUgraphNode node, const CUDA_MEMSET_NODE_PARAMS* params) {
        nodeOf(node).set = *params;
        return called("graphMemsetNodeSetParams");
    };
    driver.graphMemcpyNodeSetParams = [](CUgraphNode node, const CUDA_MEMCPY3D* params) {
        nodeOf(node).copy = *params;
        return called("graphMemcpyNodeSetParams");
    };
}

void fillExecutables(cupti::Driver& driver) {
    driver.graphInstantiate = [](CUgraphExec* executable, CUgraph graph, unsigned long long flags) {
        const CUresult result =
            flags == active->flags ? called("graphInstantiate") : CUDA_ERROR_INVALID_VALUE;
        if (result != CUDA_SUCCESS) return result;
        FakeExecutable& made = active->executables.emplace_back();
        made.effects = FakeGraphs::effectsOf(graphOf(graph));
        *executable = made.handle();
        announced(CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiateWithFlags,
                  cuGraphInstantiateWithFlags_params{executable, graph, flags});
        return result;
    };
    driver.graphExecGetFlags = [](CUgraphExec, cuuint64_t* flags) {
        *flags = active->flags;
        return called("graphExecGetFlags");
    };
    driver.graphExecUpdate = [](CUgraphExec executable, CUgraph graph, CUgraphExecUpdateResultInfo* info) {
        const CUresult result = called("graphExecUpdate");
        if (result != CUDA_SUCCESS) return CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
        reinterpret_cast<FakeExecutable*>(executable)->effects = FakeGraphs::effectsOf(graphOf(graph));
        announced(CUPTI_DRIVER_TRACE_CBID_cuGraphExecUpdate_v2,
                  cuGraphExecUpdate_v2_params{executable, graph, info});
        return result;
    };
    driver.graphExecDestroy = [](CUgraphExec executable) {
        active->executables.remove_if([&](FakeExecutable& one) { return one.handle() == executable; });
        announced(CUPTI_DRIVER_TRACE_CBID_cuGraphExecDestroy, cuGraphExecDestroy_params{executable});
        return called("graphExecDestroy");
    };
}

void fillLaunching(cupti::Driver& driver) {
    driver.moduleLoadData = [](CUmodule* module, const void*) {
        *module = reinterpret_cast<CUmodule>(&moduleObject);
        return called("moduleLoadData");
    };
    driver.moduleGetFunction = [](CUfunction* found, CUmodule, const char* name) {
        *found = function(name);
        return called("moduleGetFunction");
    };
    driver.funcSetAttribute = [](CUfunction, CUfunction_attribute, int) {
        return called("funcSetAttribute");
    };
    driver.launchKernelEx = [](const CUlaunchConfig* config, CUfunction of, void** params, void** extra) {
        announced(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx,
                  cuLaunchKernelEx_params{config, of, params, extra});
        active->launchedWith.assign(config->attrs, config->attrs + config->numAttrs);
        for (const CUlaunchAttribute& one : active->launchedWith) {
            if (active->refusedAttributes.contains(one.id)) return CUDA_ERROR_INVALID_VALUE;
        }
        return does(fmt::format("{}[{}]{}", nameOf(of), config->gridDimX, active->cupti.started ? "*" : ""),
                    "launchKernelEx");
    };
    driver.memcpyAsync = [](CUdeviceptr to, CUdeviceptr from, std::size_t, CUstream) {
        return does(copyEffect(to, from), "memcpyAsync");
    };
    driver.memcpy3DAsync = [](const CUDA_MEMCPY3D* copy, CUstream) {
        return does(copyEffect(copy->dstDevice, copy->srcDevice), "memcpy3DAsync");
    };
    driver.memsetD8Async = [](CUdeviceptr to, unsigned char value, std::size_t, CUstream) {
        return does(setEffect(to, value), "memsetD8Async");
    };
    driver.memsetD16Async = [](CUdeviceptr to, unsigned short value, std::size_t, CUstream) {
        return does(setEffect(to, value), "memsetD16Async");
    };
    driver.memsetD32Async = [](CUdeviceptr to, unsigned value, std::size_t, CUstream) {
        return does(setEffect(to, value), "memsetD32Async");
    };
    driver.memsetD2D8Async = [](CUdeviceptr to, std::size_t, unsigned char value, std::size_t, std::size_t,
                                CUstream) { return does(setEffect(to, value), "memsetD2D8Async"); };
    driver.memsetD2D16Async = [](CUdeviceptr to, std::size_t, unsigned short value, std::size_t, std::size_t,
                                 CUstream) { return does(setEffect(to, value), "memsetD2D16Async"); };
    driver.memsetD2D32Async = [](CUdeviceptr to, std::size_t, unsigned value, std::size_t, std::size_t,
                                 CUstream) { return does(setEffect(to, value), "memsetD2D32Async"); };
}

}  // namespace

FakeNode& FakeGraph::node(CUgraphNodeType type) {
    FakeNode& made = nodes.emplace_back();
    made.type = type;
    return made;
}

FakeNode& FakeGraph::kernel(const std::string& name, unsigned grid) {
    FakeNode& made = node(CU_GRAPH_NODE_TYPE_KERNEL);
    made.kernel.func = function(name);
    made.kernel.gridDimX = grid;
    made.kernel.gridDimY = made.kernel.gridDimZ = 1;
    made.kernel.blockDimX = 32, made.kernel.blockDimY = made.kernel.blockDimZ = 1;
    return made;
}

FakeNode& FakeGraph::set(CUdeviceptr to, unsigned value, std::size_t width, unsigned elementSize,
                         std::size_t height) {
    FakeNode& made = node(CU_GRAPH_NODE_TYPE_MEMSET);
    made.set = {to, width * elementSize, value, elementSize, width, height};
    return made;
}

FakeNode& FakeGraph::copy(CUdeviceptr to, CUdeviceptr from, std::size_t bytes) {
    FakeNode& made = node(CU_GRAPH_NODE_TYPE_MEMCPY);
    made.copy.srcMemoryType = made.copy.dstMemoryType = CU_MEMORYTYPE_DEVICE;
    made.copy.dstDevice = to;
    made.copy.srcDevice = from;
    made.copy.WidthInBytes = bytes;
    made.copy.Height = made.copy.Depth = 1;
    return made;
}

FakeNode& FakeGraph::nested(FakeGraph& graph) {
    FakeNode& made = node(CU_GRAPH_NODE_TYPE_GRAPH);
    made.child = &graph;
    return made;
}

void FakeGraph::chain() {
    for (auto next = nodes.begin(); next != nodes.end() && std::next(next) != nodes.end(); ++next)
        edges.emplace_back(&*next, &*std::next(next));
}

FakeGraphs::FakeGraphs(FakeCupti& of) : cupti(of) {
    active = this;
}

FakeGraphs::~FakeGraphs() {
    active = nullptr;
}

FakeExecutable& FakeGraphs::instantiate(FakeGraph& graph) {
    FakeExecutable& made = executables.emplace_back();
    made.effects = effectsOf(graph);
    return made;
}

std::vector<std::string> FakeGraphs::effectsOf(const FakeGraph& graph) {
    std::vector<std::string> effects;
    addEffects(graph, effects);
    return effects;
}

const cupti::Driver& FakeGraphs::driver() {
    static const cupti::Driver table = [] {
        cupti::Driver driver = FakeCupti::driver();
        fillReading(driver);
        fillChanging(driver);
        fillExecutables(driver);
        fillLaunching(driver);
        return driver;
    }();
    return table;
}

}  // namespace ridge::test
