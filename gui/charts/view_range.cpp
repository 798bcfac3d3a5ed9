// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/view_range.hpp"

#include <algorithm>

namespace ridge::gui {
namespace {

constexpr std::size_t undoDepth = 100;

LogRange clampedCenter(LogRange range, const LogRange& home) {
    const double center =
        std::clamp(range.center(), home.low - ViewRange::reach, home.high + ViewRange::reach);
    // Exactly zero where nothing is to clamp: the value under the cursor must not move.
    const double shift = center - range.center();
    return {range.low + shift, range.high + shift};
}

LogRange zoomed(const LogRange& range, double anchor, double factor, const LogRange& home) {
    const double span = std::clamp(range.span() * factor, ViewRange::minSpan, ViewRange::maxSpan);
    const double ratio = span / range.span();
    const LogRange wanted{anchor - (anchor - range.low) * ratio, anchor + (range.high - anchor) * ratio};
    return clampedCenter(wanted, home);
}

}  // namespace

void ViewRange::remember() {
    if (!m_undo.empty() && m_undo.back() == m_current) {
        return;
    }
    if (m_undo.size() == undoDepth) {
        m_undo.erase(m_undo.begin());
    }
    m_undo.push_back(m_current);
}

void ViewRange::zoomAbout(double x, double y, double factorX, double factorY) {
    if (factorX != 1) {
        m_current.x = zoomed(m_current.x, x, factorX, m_home.x);
    }
    if (factorY != 1) {
        m_current.y = zoomed(m_current.y, y, factorY, m_home.y);
    }
}

void ViewRange::panBy(double dx, double dy) {
    m_current.x = clampedCenter({m_current.x.low + dx, m_current.x.high + dx}, m_home.x);
    m_current.y = clampedCenter({m_current.y.low + dy, m_current.y.high + dy}, m_home.y);
}

void ViewRange::show(const LogView& view) {
    m_current.x = zoomed(view.x, view.x.center(), 1, m_home.x);
    m_current.y = zoomed(view.y, view.y.center(), 1, m_home.y);
}

bool ViewRange::back() {
    if (m_undo.empty()) {
        return false;
    }
    m_current = m_undo.back();
    m_undo.pop_back();
    return true;
}

void ViewRange::reset() {
    if (!(m_current == m_home)) {
        remember();
        m_current = m_home;
    }
}

}  // namespace ridge::gui
