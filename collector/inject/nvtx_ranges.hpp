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
#include <string_view>
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
    int push(std::string_view domain, std::string_view name, std::uint64_t key);
    /// The domain's latest range; nullptr when it has none open.
    [[nodiscard]] const NvtxRange* latest(std::string_view domain) const noexcept;
    /// Closes one of stack() and returns its level.
    int close(const NvtxRange& range) noexcept;
    /// Closes the latest; nullopt when the domain has none open.
    std::optional<int> pop(std::string_view domain) noexcept;
    /// Closes all.
    void clear() noexcept;
    /// Bottom first.
    [[nodiscard]] std::span<const NvtxRange> stack() const noexcept { return {m_ranges.data(), m_open}; }
    /// Changes with every push and pop.
    [[nodiscard]] std::uint64_t version() const noexcept { return m_version; }

 private:
    [[nodiscard]] int countOf(std::string_view domain) const noexcept;

    std::vector<NvtxRange> m_ranges;  ///< those that were closed keep their memory for the next ones
    std::size_t m_open = 0;
    std::uint64_t m_version = 0;
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
