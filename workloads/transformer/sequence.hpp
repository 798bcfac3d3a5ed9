// SPDX-License-Identifier: Apache-2.0
// An operator, a layer or a whole step with its operands on the device: one call launches one execution.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "workloads/gemm/gemm.hpp"
#include "workloads/transformer/execution_order.hpp"

namespace ridge::workloads {

class Sequence {
 public:
    /// Throws CudaError when memory is short.
    Sequence(GemmRunner& runner, ExecutionOrder order, const OperandCopies& copies);

    /// Launches one execution on the next set of operands, without waiting. Throws ridge::Error (failed)
    /// where an implementation refuses a product.
    void launch();

    /// Kernels of one execution, where every product is known to be one launch.
    [[nodiscard]] std::optional<std::int64_t> knownKernels() const;

 private:
    ExecutionOrder m_order;
    OperandCopies m_copies;
    std::vector<Gemm> m_gemms;
    std::int64_t m_set = 0;
};

}  // namespace ridge::workloads
