// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/number_text.hpp"

#include <array>
#include <cmath>
#include <cstdlib>

namespace ridge::gui {

namespace {

struct TimeUnit {
    double nanoseconds;
    const char* name;
};

TimeUnit timeUnit(double ns) {
    constexpr std::array units{TimeUnit{1e9, "s"}, TimeUnit{1e6, "ms"}, TimeUnit{1e3, "µs"}};
    for (const TimeUnit& unit : units)
        if (ns >= unit.nanoseconds) return unit;
    return {1, "ns"};
}

}  // namespace

QString plainText(double value, int digits) {
    if (value == 0 || !std::isfinite(value)) return QString::number(value);
    const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value))));
    QString text = QString::number(value, 'f', std::max(0, digits - 1 - magnitude));
    if (text.contains('.')) {
        while (text.endsWith('0')) text.chop(1);
        if (text.endsWith('.')) text.chop(1);
    }
    return text;
}

QString siText(double value, const QString& unit, int digits) {
    constexpr std::array<const char*, 7> prefixes{"", "k", "M", "G", "T", "P", "E"};
    std::size_t step = 0;
    // 999.6 would print as 1000: the comparison is against the rounded text's threshold.
    const double threshold = 1000 - 0.5 * std::pow(10.0, 3 - digits);
    while (std::abs(value) >= threshold && step + 1 < prefixes.size()) {
        value /= 1000;
        ++step;
    }
    return plainText(value, digits) + ' ' + QLatin1String(prefixes[step]) + unit;
}

QString timeText(double nanoseconds) {
    const TimeUnit unit = timeUnit(nanoseconds);
    return plainText(nanoseconds / unit.nanoseconds) + ' ' + QString::fromUtf8(unit.name);
}

QString timeRangeText(double lowNs, double highNs) {
    const TimeUnit unit = timeUnit(highNs);
    return plainText(lowNs / unit.nanoseconds) + " to " + plainText(highNs / unit.nanoseconds) + ' ' +
           QString::fromUtf8(unit.name);
}

}  // namespace ridge::gui
