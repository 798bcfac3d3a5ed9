// SPDX-License-Identifier: Apache-2.0
// Which kind of container this process runs in, by the traces that each leaves.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "collector/doctor/machine_facts.hpp"

namespace ridge::doctor {

/// `environment`: of this process. Files under `root`: /.dockerenv, /run/.containerenv, /.singularity.d,
/// /proc/1/cgroup, /proc/1/environ (readable as root alone).
[[nodiscard]] Container containerOf(const std::filesystem::path& root,
                                    const std::map<std::string, std::string>& environment);

/// "a Docker container", ...; "no container".
[[nodiscard]] std::string nameOf(Container container);

}  // namespace ridge::doctor
