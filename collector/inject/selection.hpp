// SPDX-License-Identifier: Apache-2.0
// Which launch, or which occurrence of a range, is measured: filters, --skip, --count, --start.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/inject/kernel_name.hpp"
#include "collector/inject/nvtx_expression.hpp"
#include "collector/inject/nvtx_ranges.hpp"
#include "collector/inject/options.hpp"
#include "collector/inject/pattern.hpp"

namespace ridge::inject {

/// What is known of a kernel before it is launched: made once a function, not once a launch.
struct KernelInfo {
    KernelName name;
    bool matches = true;            ///< --kernel, on the short or the full name
    std::string_view cannotReplay;  ///< waitsForOthers(), or that --deny names it
};

struct Decision {
    enum class Kind {
        ignore,  ///< let it pass unmeasured
        measure,
        skip,  ///< it was meant, but must not be replayed: record it as skipped for `reason`
    };
    Kind kind = Kind::ignore;
    std::string_view reason;
    bool counted = false;  ///< it passed the filters: it took a place of --skip and --count
};

/// What a Bye tells.
struct Counts {
    std::int64_t launches = 0, matched = 0;
};

/// Shared by both modes: --start, and --skip and --count over what the filters let through. Any thread.
class Quota {
 public:
    explicit Quota(const Options& options);

    void profilerStart() noexcept { m_started = true; }
    void profilerStop() noexcept { m_started = m_startsNow; }
    /// False: nothing can be chosen now, so the filters need not be asked.
    [[nodiscard]] bool isOpen() const noexcept { return m_started && !m_exhausted; }
    /// Nothing will ever be chosen again; what was chosen may be under way.
    [[nodiscard]] bool isExhausted() const noexcept { return m_exhausted; }
    /// One more passed the filters; true when it is to be measured.
    bool take() noexcept;
    /// As if so many of them had not passed: what they were of is chosen anew, as something else.
    void giveBack(std::int64_t places) noexcept;
    /// Everything there was to choose has been measured, as `ended` tells: hooks may go.
    [[nodiscard]] bool isUsedUpBy(std::int64_t ended) const noexcept { return m_count && ended >= *m_count; }
    /// How many passed the filters, --skip and --count or not.
    [[nodiscard]] std::int64_t matched() const noexcept { return m_matched; }

 private:
    const bool m_startsNow;
    const std::int64_t m_skip;
    const std::optional<std::int64_t> m_count;
    std::atomic<bool> m_started, m_exhausted{false};
    std::atomic<std::int64_t> m_matched{0};
};

/// Kernel mode. Any thread may call anything.
class KernelSelection {
 public:
    /// Throws ridge::Error (usage) for an expression or a regular expression that is none.
    explicit KernelSelection(const Options& options);

    [[nodiscard]] KernelInfo describe(std::string_view mangled) const;
    /// Whether a launch is within --nvtx; `stack`, `started`: the ranges open at it.
    [[nodiscard]] bool isInside(std::span<const NvtxRange> stack, std::span<const NvtxRange> started) const {
        return !m_nvtx || m_nvtx->matches(stack, started);
    }
    /// --nvtx, where it was given.
    [[nodiscard]] const std::optional<NvtxExpression>& nvtx() const noexcept { return m_nvtx; }
    /// A launch that is inside, of a graph: one kernel that matches is enough to choose it, one that cannot
    /// be replayed is enough to skip it.
    Decision onGraphLaunch(std::span<const KernelInfo* const> kernels);
    /// Of one kernel; `find` gives its KernelInfo, and is called only where something depends on it.
    template <class Find>
    Decision onLaunch(Find find) {
        if (!m_quota.isOpen() || (m_kernel && !find().matches)) return {};
        Decision decision = m_quota.take() ? replay(find().cannotReplay) : Decision{};
        decision.counted = true;
        return decision;
    }
    [[nodiscard]] Quota& quota() noexcept { return m_quota; }
    [[nodiscard]] const Quota& quota() const noexcept { return m_quota; }

 private:
    [[nodiscard]] static Decision replay(std::string_view obstacle) noexcept {
        return {obstacle.empty() ? Decision::Kind::measure : Decision::Kind::skip, obstacle};
    }

    Quota m_quota;
    std::optional<Pattern> m_kernel;
    std::vector<Pattern> m_denied;
    std::optional<NvtxExpression> m_nvtx;
};

/// Range mode: at most one range of the process is measured at a time, the outermost that is meant; without
/// --nvtx every range whose name begins with "ridge:" is. Any thread may call anything.
class RangeSelection {
 public:
    /// Throws ridge::Error (usage).
    explicit RangeSelection(const Options& options);

    /// A push/pop range was pushed, the last of `stack`, which is not empty, by the calling thread. True:
    /// measure from here until closed() says true for its key, which must be unique and not 0.
    bool pushed(std::span<const NvtxRange> stack);
    /// A start/end range was started; `started` holds it too.
    bool started(const NvtxRange& range, std::span<const NvtxRange> started);
    /// A range ended; true when it is the measured one.
    bool closed(std::uint64_t key);
    [[nodiscard]] Quota& quota() noexcept { return m_quota; }

 private:
    bool choose(std::uint64_t key);

    Quota m_quota;
    std::optional<NvtxExpression> m_nvtx;
    std::mutex m_mutex;                        ///< of choose()
    std::atomic<std::uint64_t> m_measured{0};  ///< its key; 0: none
};

}  // namespace ridge::inject
