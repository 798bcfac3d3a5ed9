// SPDX-License-Identifier: Apache-2.0
// The NVTX ranges that are open: a stack a thread, and the start/end ranges of the process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ridge::inject {

struct NvtxRange {
    std::string domain;  ///< empty: NVTX's default domain
    std::string name;
    std::uint64_t key = 0;  ///< whoever opens it may number it, so that its end is told from others'
};

/// Push/pop ranges of one thread, of all domains in the order they were pushed. One thread only.
class ThreadRanges {
 public:
    /// Returns the level within the domain, from 0, as nvtxRangePush does.
    int push(NvtxRange range);
    /// Closes the domain's latest range and returns it; nullopt when it has none open.
    std::optional<NvtxRange> pop(const std::string& domain);
    /// Bottom first.
    [[nodiscard]] const std::vector<NvtxRange>& stack() const noexcept { return m_stack; }

 private:
    std::vector<NvtxRange> m_stack;
};

/// Start/end ranges, which any thread may end. Any thread may call.
class StartedRanges {
 public:
    void start(std::uint64_t id, NvtxRange range);
    /// nullopt when no such range is open.
    std::optional<NvtxRange> end(std::uint64_t id);
    /// In the order of their ids.
    [[nodiscard]] std::vector<NvtxRange> open() const;

 private:
    mutable std::mutex m_mutex;
    std::map<std::uint64_t, NvtxRange> m_open;
};

/// "outer/inner, started": domains as "domain@name"; empty when nothing is open.
[[nodiscard]] std::string nvtxText(std::span<const NvtxRange> stack, std::span<const NvtxRange> started);

}  // namespace ridge::inject
