// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/container.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "collector/doctor/proc.hpp"

namespace ridge::doctor {
namespace {

namespace fs = std::filesystem;

using Trace = std::pair<std::string_view, Container>;

/// Parts of cgroup paths; under cgroup v2 a container often sees "0::/" alone, which says nothing.
constexpr std::array<Trace, 6> cgroupTraces{{{"kubepods", Container::kubernetes},
                                             {"libpod", Container::podman},
                                             {"docker", Container::docker},
                                             {"containerd", Container::other},
                                             {"/lxc", Container::lxc},
                                             {"machine.slice", Container::other}}};

/// Values of the variable `container` that systemd and the container engines set.
constexpr std::array<Trace, 4> declaredTraces{{{"docker", Container::docker},
                                               {"podman", Container::podman},
                                               {"lxc", Container::lxc},
                                               {"apptainer", Container::apptainer}}};

Container declared(const std::map<std::string, std::string>& environment) {
    const auto variable = environment.find("container");
    if (variable == environment.end() || variable->second.empty()) return Container::none;
    for (const auto& [name, container] : declaredTraces) {
        if (variable->second == name) return container;
    }
    return Container::other;
}

Container byCgroup(const std::string& text) {
    for (const auto& [part, container] : cgroupTraces) {
        if (text.find(part) != std::string::npos) return container;
    }
    return Container::none;
}

}  // namespace

Container containerOf(const fs::path& root, const std::map<std::string, std::string>& environment) {
    std::error_code ignored;
    const auto there = [&](const char* file) { return fs::exists(root / file, ignored); };
    // The outermost that matters first: who starts pods decides what a pod may do, whatever engine runs it.
    if (environment.contains("KUBERNETES_SERVICE_HOST") || there("var/run/secrets/kubernetes.io")) {
        return Container::kubernetes;
    }
    if (environment.contains("APPTAINER_CONTAINER") || environment.contains("SINGULARITY_CONTAINER") ||
        there(".singularity.d")) {
        return Container::apptainer;
    }
    if (there("run/.containerenv")) return Container::podman;
    if (there(".dockerenv")) return Container::docker;
    if (const Container own = declared(environment); own != Container::none) return own;
    if (const Container first = declared(environmentOf(root / "proc/1/environ")); first != Container::none) {
        return first;
    }
    return byCgroup(contentOf(root / "proc/1/cgroup"));
}

std::string nameOf(Container container) {
    switch (container) {
        case Container::none:
            return "no container";
        case Container::docker:
            return "a Docker container";
        case Container::podman:
            return "a Podman container";
        case Container::kubernetes:
            return "a Kubernetes pod";
        case Container::apptainer:
            return "an Apptainer container";
        case Container::lxc:
            return "an LXC container";
        case Container::other:
            break;
    }
    return "a container";
}

}  // namespace ridge::doctor
