// SPDX-License-Identifier: Apache-2.0
// A failed NVML call that somebody asked for by name, with what lifts it.
#pragma once

#include <string>

#include "collector/nvml/api.hpp"
#include "db/model/error.hpp"

namespace ridge::nvml {

/// Exit code `notPermitted` where a permission is lacking, `noGpu` without a driver, `failed` otherwise.
class NvmlError : public Error {
 public:
    /// `what` was being done: "initialising NVML".
    NvmlError(const Api& api, Status status, const std::string& what);

    [[nodiscard]] Status status() const noexcept { return m_status; }

 private:
    Status m_status;
};

}  // namespace ridge::nvml
