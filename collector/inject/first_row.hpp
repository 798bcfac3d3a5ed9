// SPDX-License-Identifier: Apache-2.0
// The row of a kernel's first launch whose zero nobody held against the tensor pipe, until a later launch is.
#pragma once

#include <optional>
#include <string>

#include "collector/inject/event.hpp"
#include "collector/metrics/repeated_work.hpp"

namespace ridge::inject {

/// One thread at a time.
class FirstRow {
 public:
    /// Takes `sent`, which has the number of its row, for what it will be amended to.
    void keep(MeasuredRecord sent);
    /// The row as a later launch's `judgement` leaves it, to be sent in the place of the one before; nullopt
    /// where that changes nothing.
    [[nodiscard]] std::optional<MeasuredRecord> amend(const metrics::Judgement& judgement,
                                                      const metrics::Resolution& resolution);
    [[nodiscard]] bool isKept() const noexcept { return m_row.has_value(); }

 private:
    std::optional<MeasuredRecord> m_row;
};

}  // namespace ridge::inject
