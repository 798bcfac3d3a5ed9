// SPDX-License-Identifier: Apache-2.0
// A foreign program in memory that launches CUDA graphs, profiled with --graph node.
#pragma once

#include <string>
#include <vector>

#include "collector/inject/kernel_recorder.hpp"
#include "tests/collector/inject/fake_graphs.hpp"
#include "tests/collector/inject/fake_process.hpp"

namespace ridge::test {

using Strings = std::vector<std::string>;

[[nodiscard]] inline inject::Options nodeOptions() {
    inject::Options options = bytesOptions();
    options.graph = inject::Graph::node;
    return options;
}

struct GraphProcess : FakeProcess {
    explicit GraphProcess(const inject::Options& asked = nodeOptions())
        : options(asked), recorder(options, FakeCupti::api(), FakeGraphs::driver(), state, report()) {}

    /// a, set, b: one after the other.
    FakeExecutable& simple() {
        FakeGraph& graph = graphs.graph();
        graph.kernel("a", 7);
        graph.set(0x1000, 5);
        graph.kernel("b", 8);
        graph.chain();
        return made(graph);
    }
    FakeExecutable& made(FakeGraph& graph) {
        FakeExecutable& executable = graphs.instantiate(graph);
        state.graphs.made(executable.handle(), graph.handle());
        return executable;
    }
    /// As the driver carries it out between its two callbacks; a whole measured graph gets a star each.
    void launch(FakeExecutable& executable, CUresult result = CUDA_SUCCESS) {
        recorder.launching({cupti.current, executable.handle(), nullptr, {}, {}});
        const std::string star = cupti.started ? "*" : "";
        for (const std::string& effect : executable.effects) graphs.log.push_back(effect + star);
        recorder.launched(result);
    }
    [[nodiscard]] Strings kernels() const {
        Strings names;
        for (const auto& measured : all<inject::MeasuredRecord>()) {
            for (const db::Kernel& kernel : measured.record.kernels)
                names.push_back(kernel.name + " " + kernel.grid);
        }
        return names;
    }
    [[nodiscard]] bool told(const std::string& part) const {
        for (const auto& note : all<inject::Note>()) {
            if (note.text.find(part) != std::string::npos) return true;
        }
        for (const auto& refusal : all<inject::Refusal>()) {
            if (refusal.message.find(part) != std::string::npos) return true;
        }
        return false;
    }
    /// Nothing of ours is left but the copies that executables keep.
    [[nodiscard]] bool isTidy(std::size_t kept) const {
        return graphs.clones == kept && !cupti.started && cupti.broken.empty();
    }

    FakeGraphs graphs{cupti};
    inject::ProgramState state{FakeGraphs::driver(), true};
    inject::Options options;
    inject::KernelRecorder recorder;
};

}  // namespace ridge::test
