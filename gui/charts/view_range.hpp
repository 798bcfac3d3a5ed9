// SPDX-License-Identifier: GPL-3.0-or-later
// What part of the plane a chart shows: log10 ranges, zoom and pan with limits, and the way back.
#pragma once

#include <optional>
#include <vector>

namespace ridge::gui {

struct LogRange {
    double low = 0, high = 1;  ///< log10 of the axis value, low < high
    [[nodiscard]] double span() const noexcept { return high - low; }
    [[nodiscard]] double center() const noexcept { return (low + high) / 2; }
    friend bool operator==(const LogRange&, const LogRange&) = default;
};

struct LogView {
    LogRange x, y;
    friend bool operator==(const LogView&, const LogView&) = default;
};

/// Factors above 1 show more, below 1 less. A span stays within [minSpan, maxSpan] decades and the centre
/// within `reach` decades of the home range, so that a chart cannot be lost.
class ViewRange {
 public:
    static constexpr double minSpan = 0.02, maxSpan = 16, reach = 4;

    ViewRange() = default;
    explicit ViewRange(const LogView& home) : m_home(home), m_current(home) {}

    [[nodiscard]] const LogView& current() const noexcept { return m_current; }
    [[nodiscard]] const LogView& home() const noexcept { return m_home; }

    /// Puts the current view on the undo stack; call before the first step of a gesture.
    void remember();
    /// The point (x, y), in log10, keeps its place. A factor of 1 leaves that axis alone.
    void zoomAbout(double x, double y, double factorX, double factorY);
    void panBy(double dx, double dy);
    void show(const LogView& view);
    /// The view before the last gesture; false when there is none.
    bool back();
    /// Home, with the view until now on the undo stack.
    void reset();

 private:
    LogView m_home, m_current;
    std::vector<LogView> m_undo;
};

}  // namespace ridge::gui
