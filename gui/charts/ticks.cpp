// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/ticks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace ridge::gui {
namespace {

// Axis ends come from TOML as 0.1 or 1e11: their log10 may miss the tick by a rounding error.
constexpr double endTolerance = 1e-9;

struct Suffix {
    double scale;
    const char* text;
};
constexpr std::array<Suffix, 4> decimalSuffixes{{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}};
constexpr std::array<Suffix, 4> binarySuffixes{
    {{1099511627776.0, "Ti"}, {1073741824.0, "Gi"}, {1048576.0, "Mi"}, {1024.0, "Ki"}}};

std::string plainText(double value) {
    if (value >= 1e6 && value < 1e12) {
        return fmt::format("{:.0f}", value);
    }
    return fmt::format("{:.6g}", value);
}

std::string superscript(int number) {
    static constexpr std::array<const char*, 10> digits{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    std::string text = number < 0 ? "⁻" : "";
    for (const char digit : std::to_string(std::abs(number))) {
        text += digits.at(static_cast<std::size_t>(digit - '0'));
    }
    return text;
}

std::string powerText(double value) {
    const int exponent = static_cast<int>(std::floor(std::log10(value) + endTolerance));
    const std::string mantissa = fmt::format("{:.6g}", value / std::pow(10.0, exponent));
    return (mantissa == "1" ? std::string() : mantissa + "·") + "10" + superscript(exponent);
}

std::string suffixText(double value, const std::array<Suffix, 4>& suffixes) {
    for (const auto& suffix : suffixes) {
        if (value >= suffix.scale * (1 - endTolerance)) {
            return plainText(value / suffix.scale) + suffix.text;
        }
    }
    return plainText(value);
}

bool within(double position, double low, double high) {
    return position >= low - endTolerance && position <= high + endTolerance;
}

/// The smallest stride that leaves at most `room` of `count` labels.
int strideFor(int count, int room) {
    return std::max(1, (count + room - 1) / std::max(1, room));
}

class TickBuilder {
 public:
    TickBuilder(double low, double high, int base, TickStyle style, int maxLabels)
        : m_low(low), m_high(high), m_base(base), m_style(style), m_room(std::max(2, maxLabels)) {}

    std::vector<Tick> build() {
        const double unit = std::log10(static_cast<double>(m_base));
        const int first = static_cast<int>(std::ceil((m_low - endTolerance) / unit));
        const int last = static_cast<int>(std::floor((m_high + endTolerance) / unit));
        if (m_high - m_low < 1 && last - first < 2) {
            addLinear();
        } else {
            addPowers(first, last, unit);
        }
        std::sort(m_ticks.begin(), m_ticks.end(),
                  [](const Tick& a, const Tick& b) { return a.position < b.position; });
        return std::move(m_ticks);
    }

 private:
    void add(double value, bool labelled) {
        const double position = std::log10(value);
        if (within(position, m_low, m_high)) {
            m_ticks.push_back({position, labelled ? tickText(value, m_base, m_style) : std::string()});
        }
    }

    void addPowers(int first, int last, double unit) {
        const double span = m_high - m_low;
        const int stride = strideFor(last - first + 1, m_room);
        const bool labelsBetween = m_base == 10 && span < 2 && std::ceil(3 * span) <= m_room;
        for (int power = first - 1; power <= last; ++power) {
            const double value = std::pow(10.0, power * unit);
            add(m_base == 2 ? std::exp2(power) : value, power % stride == 0);
            for (int multiple = 2; m_base == 10 && stride == 1 && multiple < 10; ++multiple) {
                add(value * multiple, labelsBetween && (multiple == 2 || multiple == 5));
            }
        }
    }

    /// The last gap is the narrowest on a logarithmic axis: it decides the step.
    void addLinear() {
        static constexpr std::array<double, 3> steps{1, 2, 5}, minorParts{5, 4, 5};
        const double high = std::pow(10.0, m_high), low = std::pow(10.0, m_low);
        const double decade = std::pow(10.0, std::floor(std::log10(high - low)) - 2);
        for (double scale = decade;; scale *= 10) {
            for (std::size_t i = 0; i < steps.size(); ++i) {
                const double step = steps.at(i) * scale;
                const double lastGap = step < high ? m_high - std::log10(high - step) : m_high - m_low;
                if (lastGap / (m_high - m_low) * m_room >= 1) {
                    addSteps(low, high, step, minorParts.at(i));
                    return;
                }
            }
        }
    }

    void addSteps(double low, double high, double step, double parts) {
        const double minor = step / parts;
        for (double index = std::ceil(low / minor - endTolerance); index * minor <= high * (1 + endTolerance);
             ++index) {
            if (index > 0) {
                add(index * minor, std::fmod(index, parts) == 0);
            }
        }
    }

    double m_low, m_high;
    int m_base;
    TickStyle m_style;
    int m_room;
    std::vector<Tick> m_ticks;
};

}  // namespace

TickStyle tickStyle(std::string_view suffixes) noexcept {
    if (suffixes == "si") {
        return TickStyle::si;
    }
    return suffixes == "power" ? TickStyle::power : TickStyle::plain;
}

std::string tickText(double value, int base, TickStyle style) {
    switch (style) {
        case TickStyle::si:
            return suffixText(value, base == 2 ? binarySuffixes : decimalSuffixes);
        case TickStyle::power:
            return powerText(value);
        case TickStyle::plain:
            break;
    }
    return plainText(value);
}

std::vector<Tick> logTicks(double low, double high, int base, TickStyle style, int maxLabels) {
    if (!(high > low) || !std::isfinite(low) || !std::isfinite(high)) {
        return {};
    }
    return TickBuilder(low, high, base == 2 ? 2 : 10, style, maxLabels).build();
}

}  // namespace ridge::gui
