// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/node_recorder.hpp"

#include <cupti_driver_cbid.h>

#include "collector/inject/driver_hooks.hpp"
#include "tests/collector/inject/graph_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::FakeCupti;
using test::FakeExecutable;
using test::FakeGraph;
using test::GraphProcess;
using test::nodeOptions;
using test::Strings;

TEST_CASE("each kernel of a graph is a row of its own, and the graph's work is done once, in order") {
    GraphProcess process;
    FakeExecutable& executable = process.simple();
    const Strings does = executable.effects;
    process.launch(executable);
    CHECK(process.graphs.log == Strings{"a[7]*", "set 0x1000=5", "b[8]*"});
    CHECK(process.kernels() == Strings{"a 7,1,1", "b 8,1,1"});
    const auto records = process.all<inject::MeasuredRecord>();
    REQUIRE(records.size() == 2);
    CHECK(records[0].record.point.series == "a");
    CHECK(records[0].record.point.dramBytes == 5120.0);
    CHECK_FALSE(records[0].launch.has_value());
    CHECK(records[0].during.value().endNs <= records[1].during.value().beginNs);
    CHECK(executable.effects == does);
    CHECK_FALSE(process.told("--graph node"));
    CHECK(process.isTidy(1));
    process.launch(executable);
    CHECK(process.points().size() == 4);
    CHECK(process.graphs.calls["graphInstantiate"] == 1);  // tried once
    process.state.graphs.destroyed(executable.handle());
    CHECK(process.isTidy(0));
}

TEST_CASE("child graphs, copies and branches run where they may") {
    GraphProcess process;
    FakeGraph& inner = process.graphs.graph();
    inner.copy(0x1000, 0x2000);
    inner.kernel("inner");
    inner.chain();
    FakeGraph& graph = process.graphs.graph();
    graph.kernel("first");
    graph.nested(inner);
    graph.kernel("last");
    graph.chain();
    FakeExecutable& executable = process.made(graph);
    process.launch(executable);
    CHECK(process.graphs.log == Strings{"first[1]*", "copy 0x1000<-0x2000", "inner[1]*", "last[1]*"});
    CHECK(executable.effects.size() == 4);
    CHECK(process.isTidy(1));
}

TEST_CASE("kernels that are not chosen just run") {
    inject::Options options = nodeOptions();
    options.kernel = "^b$";
    GraphProcess named(options);
    named.launch(named.simple());
    CHECK(named.graphs.log == Strings{"a[7]", "set 0x1000=5", "b[8]*"});
}

TEST_CASE("--skip and --count count kernels") {
    inject::Options options = nodeOptions();
    options.skip = 1;
    options.count = 2;
    GraphProcess counted(options);
    FakeExecutable& executable = counted.simple();
    for (int i = 0; i < 3; ++i) counted.launch(executable);
    CHECK(counted.kernels() == Strings{"b 8,1,1", "a 7,1,1"});
    CHECK(counted.graphs.log.size() == 9);
    CHECK(counted.graphs.log.back() == "b[8]");
}

TEST_CASE("a graph of which no kernel matches is left alone") {
    inject::Options options = nodeOptions();
    options.kernel = "other";
    GraphProcess named(options);
    named.launch(named.simple());
    CHECK(named.graphs.calls["graphExecUpdate"] == 0);
    CHECK(named.graphs.log.size() == 3);
}

TEST_CASE("a graph of which nothing is chosen is left alone") {
    inject::Options options = nodeOptions();
    options.skip = 2;
    GraphProcess skipped(options);
    skipped.launch(skipped.simple());
    CHECK(skipped.graphs.calls["graphExecUpdate"] == 2);  // the trial's
    CHECK(skipped.graphs.log == Strings{"a[7]", "set 0x1000=5", "b[8]"});
    CHECK(skipped.points().empty());
    CHECK(skipped.isTidy(1));
}

TEST_CASE("kernels that wait for each other keep their graph from being replayed") {
    GraphProcess process;
    FakeGraph& graph = process.graphs.graph();
    graph.kernel("a");
    graph.kernel("ncclDevKernel_AllReduce");
    process.launch(process.made(graph));
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].status == db::Status::skipped);
    CHECK(process.graphs.log.size() == 2);
    CHECK(process.graphs.calls["graphExecUpdate"] == 0);
}

TEST_CASE("what cannot be stood in for is measured whole, and the reason is told") {
    struct Case {
        const char* why;
        void (*arrange)(GraphProcess&, FakeGraph&);
    };
    const Case cases[] = {
        {"copies to the host",
         [](GraphProcess&, FakeGraph& graph) {
             graph.copy(0x5000, 0x6000).copy.dstMemoryType = CU_MEMORYTYPE_HOST;
         }},
        {"into an array",
         [](GraphProcess&, FakeGraph& graph) {
             graph.copy(0x5000, 0x6000).copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
         }},
        {"makes no copy",
         [](GraphProcess& process, FakeGraph&) { process.graphs.failing["graphClone"] = {1}; }},
        {"makes no copy",
         [](GraphProcess& process, FakeGraph&) { process.graphs.failing["graphClone"] = {2}; }},
        {"compiles no stand-in",
         [](GraphProcess& process, FakeGraph&) { process.graphs.failing["moduleLoadData"] = {1}; }},
        {"compiles no stand-in",
         [](GraphProcess& process, FakeGraph&) { process.graphs.failing["moduleGetFunction"] = {1}; }},
        {"no memory left",
         [](GraphProcess& process, FakeGraph&) {
             process.cupti.failingDriver["cuMemAlloc"] = CUDA_ERROR_OUT_OF_MEMORY;
         }},
        {"takes no stand-in",
         [](GraphProcess& process, FakeGraph&) { process.graphs.failing["graphKernelNodeSetParams"] = {2}; }},
        {"takes no stand-in",
         [](GraphProcess& process, FakeGraph&) { process.graphs.failing["graphMemsetNodeSetParams"] = {1}; }},
        {"takes no stand-in",
         [](GraphProcess& process, FakeGraph&) { process.graphs.failing["graphMemsetNodeGetParams"] = {1}; }},
        {"how it was made",
         [](GraphProcess& process, FakeGraph&) { process.graphs.failing["graphExecGetFlags"] = {1}; }},
        {"from the GPU",
         [](GraphProcess& process, FakeGraph&) {
             process.graphs.flags = CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH;
         }},
        {"no second executable",
         [](GraphProcess& process, FakeGraph&) { process.graphs.failing["graphInstantiate"] = {1}; }},
        {"exchanged and put back",
         [](GraphProcess& process, FakeGraph&) { process.graphs.failing["graphExecUpdate"] = {1}; }},
        {"exchanged and put back",
         [](GraphProcess& process, FakeGraph&) { process.graphs.failing["graphExecUpdate"] = {2}; }},
        {"be exchanged",
         [](GraphProcess& process, FakeGraph&) { process.graphs.failing["graphExecUpdate"] = {3}; }},
        {"its first node",
         [](GraphProcess& process, FakeGraph&) {
             process.graphs.failing["launchKernelEx"] = {1, 2};
         }},
        {"work before it",
         [](GraphProcess& process, FakeGraph&) {
             process.cupti.failingDriverOnce["cuCtxSynchronize"] = CUDA_ERROR_UNKNOWN;
         }},
    };
    for (const Case& one : cases) {
        INFO(one.why);
        GraphProcess process;
        FakeGraph& graph = process.graphs.graph();
        graph.kernel("a", 7);
        graph.set(0x1000, 5);
        graph.kernel("b", 8);
        one.arrange(process, graph);
        FakeExecutable& executable = process.made(graph);
        const Strings does = executable.effects;
        process.launch(executable);
        CHECK(process.told(one.why));
        CHECK(executable.effects == does);
        REQUIRE(process.graphs.log.size() == does.size());
        CHECK(process.graphs.log[0] == "a[7]*");
        CHECK(process.all<inject::MeasuredRecord>().back().record.point.series == "CUDA graph");
        CHECK(process.all<inject::MeasuredRecord>().back().record.kernels.size() == 2);
        CHECK(process.isTidy(process.graphs.calls["graphClone"] == 1 ? process.graphs.clones : 1));
        CHECK(process.all<inject::Refusal>().empty());
    }
}

TEST_CASE("a graph that turns out to go only whole takes one place of --count, not those of its kernels") {
    inject::Options options = nodeOptions();
    options.count = 2;
    GraphProcess process(options);
    process.graphs.failing["graphExecUpdate"] = {3};  // after the trial's two
    FakeExecutable& executable = process.simple();
    process.launch(executable);
    CHECK(process.graphs.log == Strings{"a[7]*", "set 0x1000=5*", "b[8]*"});
    CHECK(process.points().size() == 1);
    CHECK(process.recorder.needsLaunches());
    process.launch(executable);
    CHECK(process.points().size() == 2);
    CHECK(process.kernels().back() == "a 7,1,1");
    CHECK_FALSE(process.recorder.needsLaunches());
    CHECK(process.isTidy(1));
}

TEST_CASE("a graph that turns out to go only whole may be what --skip lets pass") {
    inject::Options options = nodeOptions();
    options.skip = 1;
    GraphProcess process(options);
    process.graphs.failing["graphExecUpdate"] = {3};
    FakeExecutable& executable = process.simple();
    process.launch(executable);
    CHECK(process.graphs.log == Strings{"a[7]", "set 0x1000=5", "b[8]"});
    CHECK(process.points().empty());
    process.launch(executable);
    CHECK(process.kernels() == Strings{"a 7,1,1", "b 8,1,1"});
    CHECK(process.recorder.finish().matched == 3);
    CHECK(process.isTidy(1));
}

TEST_CASE("a graph that cannot be made what it was ends the measuring, loudly") {
    GraphProcess process;
    FakeExecutable& executable = process.simple();
    process.graphs.failing["graphExecUpdate"] = {4};  // two of the trial, out of action, back
    process.launch(executable);
    CHECK(process.told("wrong"));
    REQUIRE(process.all<inject::Refusal>().size() == 1);
    CHECK(process.all<inject::Refusal>()[0].code == ExitCode::failed);
    process.launch(executable);
    CHECK(process.points().size() == 2);
}

TEST_CASE("a kernel that fails under the profiler alone runs without it") {
    GraphProcess once;
    once.graphs.failing["launchKernelEx"] = {2};
    once.launch(once.simple());
    CHECK(once.graphs.log == Strings{"a[7]*", "set 0x1000=5", "b[8]"});
    REQUIRE(once.points().size() == 2);
    CHECK(once.points()[1].status == db::Status::failed);
    CHECK(once.all<inject::Refusal>().empty());
    CHECK(once.isTidy(1));
}

TEST_CASE("a kernel whose hints the driver refuses runs without them, and is no measurement") {
    for (const bool measured : {true, false}) {
        inject::Options options = nodeOptions();
        if (!measured) options.kernel = "^a$";
        GraphProcess process(options);
        FakeGraph& graph = process.graphs.graph();
        graph.kernel("a", 7);
        CUlaunchAttribute carveOut{};
        carveOut.id = CU_LAUNCH_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT;
        carveOut.value.sharedMemCarveout = 50;
        graph.kernel("b", 8).attributes = {carveOut};
        graph.kernel("c", 9);
        graph.chain();
        process.graphs.refusedAttributes = {carveOut.id};
        process.launch(process.made(graph));
        CHECK(process.graphs.log ==
              (measured ? Strings{"a[7]*", "b[8]", "c[9]*"} : Strings{"a[7]*", "b[8]", "c[9]"}));
        CHECK(process.all<inject::Refusal>().empty());
        CHECK(process.isTidy(1));
        REQUIRE(process.points().size() == (measured ? 3 : 1));
        if (!measured) continue;
        CHECK(process.points()[1].status == db::Status::failed);
        CHECK_FALSE(process.points()[1].dramBytes.has_value());
        CHECK(process.points()[2].status == db::Status::ok);
    }
}

TEST_CASE("a kernel that cannot be launched at all is confessed, and the rest left out") {
    GraphProcess twice;
    FakeExecutable& executable = twice.simple();
    const Strings does = executable.effects;
    twice.graphs.failing["launchKernelEx"] = {2, 3};
    twice.launch(executable);
    CHECK(twice.graphs.log == Strings{"a[7]*", "set 0x1000=5"});
    CHECK(twice.told("left unfinished"));
    CHECK(executable.effects == does);
    CHECK(twice.isTidy(1));
}

TEST_CASE("CUPTI's refusals cost the program nothing of its graph's work") {
    for (const char* step : {"Enable", "Start", "Stop", "DecodeData"}) {
        INFO(step);
        GraphProcess process;
        process.cupti.failing[step] = CUPTI_ERROR_HARDWARE_BUSY;
        FakeExecutable& executable = process.simple();
        const Strings does = executable.effects;
        process.launch(executable);
        process.launch(executable);
        CHECK(process.graphs.log.size() == 6);
        CHECK(process.all<inject::Refusal>().size() == 1);
        CHECK(executable.effects == does);
        CHECK(process.isTidy(1));
    }
}

TEST_CASE("the context's stand-ins go with it") {
    GraphProcess process;
    FakeExecutable& executable = process.simple();
    process.launch(executable);
    process.launch(executable);
    CHECK(process.graphs.calls["moduleLoadData"] == 1);
    process.recorder.contextDestroyed(process.cupti.current);
    process.launch(executable);
    CHECK(process.graphs.calls["moduleLoadData"] == 2);
}

TEST_CASE("a launch that the driver refuses leaves the executable as it was") {
    GraphProcess process;
    FakeExecutable& executable = process.simple();
    const Strings does = executable.effects;
    process.launch(executable, CUDA_ERROR_INVALID_VALUE);
    CHECK(executable.effects == does);
    CHECK(process.isTidy(1));
}

TEST_CASE("driver calls of ours are nobody's launches and graphs, also where CUPTI announces them") {
    GraphProcess process;
    inject::DriverHooks hooks(process.options, FakeCupti::api(), process.state, process.recorder);
    process.graphs.announce = [&](CUpti_CallbackId id, const void* params, CUpti_ApiCallbackSite site) {
        CUresult result = CUDA_SUCCESS;
        CUpti_CallbackData data{};
        data.callbackSite = site;
        data.functionParams = params;
        data.functionReturnValue = &result;
        data.symbolName = "announced";
        data.context = process.cupti.current;
        hooks.called(CUPTI_CB_DOMAIN_DRIVER_API, id, &data);
    };
    FakeExecutable& executable = process.simple();
    process.launch(executable);
    process.launch(executable);
    CHECK(process.points().size() == 4);
    CHECK(process.kernels().back() == "b 8,1,1");
    CHECK(process.graphs.log.size() == 6);
    CHECK(process.isTidy(1));
}
