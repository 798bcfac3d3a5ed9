// SPDX-License-Identifier: Apache-2.0
// Times of an unprofiled first run, and which of them belongs to a launch of the profiled second one.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "collector/inject/event.hpp"
#include "collector/supervisor/gpu_log.hpp"
#include "db/model/point.hpp"

namespace ridge::supervisor {

/// A launch is known again by program, device, kernel and how often that kernel was launched before it; an
/// NVTX range by its name, and all its occurrences count. A launch takes 24 bytes. One thread at a time.
class TimingTable {
 public:
    /// `device` is the UUID; `sight` what was seen of it while the timed work ran.
    void add(const std::string& program, const std::string& device, const inject::Timing& timing,
             const GpuSight& sight = {});
    [[nodiscard]] bool empty() const noexcept { return m_times.empty(); }

    /// Replaces the record's time by that of the first run: median, interval and samples with what was seen
    /// beside them; other users of the device then are its users too. Where there is none
    /// that is certain the time is removed; returns why, empty when it was found.
    [[nodiscard]] std::string apply(const std::string& program, const std::string& device,
                                    const inject::LaunchKey& launch, db::Record& record) const;

 private:
    /// Each distinct value once, by a number that the record of every launch can hold.
    template <class Value, class Less = std::less<>>
    class Pool {
     public:
        Pool() = default;
        Pool(const Pool&) = delete;
        Pool& operator=(const Pool&) = delete;
        ~Pool() = default;
        [[nodiscard]] std::uint32_t numberOf(Value value) {
            const auto [known, isNew] =
                m_numbers.try_emplace(std::move(value), static_cast<std::uint32_t>(m_values.size()));
            if (isNew) m_values.push_back(&known->first);
            return known->second;
        }
        [[nodiscard]] const Value& at(std::uint32_t number) const { return *m_values.at(number); }

     private:
        std::map<Value, std::uint32_t, Less> m_numbers;
        std::vector<const Value*> m_values;  ///< keys of m_numbers
    };
    struct Shape {
        std::string grid, block;
        friend auto operator<=>(const Shape&, const Shape&) = default;
    };
    struct SightLess {
        bool operator()(const GpuSight& a, const GpuSight& b) const;
    };
    /// For Time::shape, where more than one process told of the launch: no time is certainly its own.
    static constexpr std::uint32_t severalLaunched = ~std::uint32_t{0};
    struct Time {
        double ns = 0;
        std::int64_t ordinal = 0;
        std::uint32_t sight = 0, shape = 0;  ///< of m_sights, m_shapes
    };
    /// Of a kernel by ordinal, of a range as they came; grows without a copy.
    using Times = std::deque<Time>;
    /// Program, device, name; whether it is a range's.
    using Key = std::tuple<std::string, std::string, std::string, bool>;

    [[nodiscard]] static Key keyOf(const std::string& program, const std::string& device,
                                   const inject::LaunchKey& launch);
    /// Why the time found is not certainly that of `launch`; empty when it is.
    [[nodiscard]] std::string doubt(const inject::LaunchKey& launch, const Time& found) const;

    std::map<Key, Times> m_times;
    Pool<Shape> m_shapes;
    Pool<GpuSight, SightLess> m_sights;  ///< of each its summary alone
};

}  // namespace ridge::supervisor
