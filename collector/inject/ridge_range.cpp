// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/ridge_range.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace ridge::inject {
namespace {

using nlohmann::json;

constexpr std::string_view prefix = "ridge:";

template <class Member>
struct Column {
    std::string_view key;
    Member member;
};

constexpr std::array<Column<std::string db::Point::*>, 6> texts{{
    {"phase", &db::Point::phase},
    {"model", &db::Point::model},
    {"dtype", &db::Point::dtype},
    {"layout", &db::Point::layout},
    {"implementation", &db::Point::implementation},
    {"series", &db::Point::series},
}};

constexpr std::array<Column<std::optional<std::int64_t> db::Point::*>, 9> counts{{
    {"batch", &db::Point::batch},
    {"seq", &db::Point::seq},
    {"spec", &db::Point::spec},
    {"tokens", &db::Point::tokens},
    {"context", &db::Point::context},
    {"kv_heads", &db::Point::kvHeads},
    {"m", &db::Point::m},
    {"n", &db::Point::n},
    {"k", &db::Point::k},
}};

constexpr std::array<Column<std::optional<double> db::Point::*>, 4> totals{{
    {"flops", &db::Point::flopsAlgorithmic},
    {"useful_flops", &db::Point::flopsUseful},
    {"bytes", &db::Point::compulsoryBytes},
    {"emitted", &db::Point::emittedTokens},
}};

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// A finite number that is the whole text: 4096, 1e9, 2.5.
std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

/// 2^53: the integers that a double holds exactly.
std::optional<std::int64_t> integer(std::string_view text) {
    constexpr double largest = 9007199254740992.0;
    const auto value = number(text);
    if (!value || *value < 0 || *value > largest || std::floor(*value) != *value) return std::nullopt;
    return static_cast<std::int64_t>(*value);
}

template <class Columns>
auto* columnOf(const Columns& columns, std::string_view key) {
    for (const auto& column : columns) {
        if (column.key == key) return &column;
    }
    return static_cast<decltype(&columns[0])>(nullptr);
}

class Filling {
 public:
    Filling(Extent extent, db::Point& point) : m_extent(extent), m_point(point) {}

    void take(const std::string& key, const std::string& value) {
        if (const auto* text = columnOf(texts, key)) {
            m_point.*(text->member) = value;
        } else if (const auto* count = columnOf(counts, key)) {
            const auto read = integer(value);
            if (read) m_point.*(count->member) = read;
            if (!read) keep(key, value, "is not a whole number");
        } else if (key == "op" && m_extent == Extent::whole) {
            m_point.op = value;
        } else if (const auto* total = columnOf(totals, key); total != nullptr && m_extent == Extent::whole) {
            const auto read = number(value);
            const bool usable = read && *read >= 0;
            if (usable) m_point.*(total->member) = read;
            if (!usable) keep(key, value, "is not a number from 0 up");
        } else {
            keep(key, value, {});
        }
    }

    std::vector<std::string> finish() {
        if (m_extra.empty()) return std::move(m_notes);
        json params = json::parse(m_point.params);
        params.update(m_extra);
        m_point.params = params.dump(-1, ' ', false, json::error_handler_t::replace);
        return std::move(m_notes);
    }

 private:
    void keep(const std::string& key, const std::string& value, std::string_view fault) {
        const auto read = number(value);
        m_extra[key] = read ? json(*read) : json(value);
        if (!fault.empty())
            m_notes.push_back("ridge: range: " + key + "=" + value + " " + std::string(fault) +
                              "; kept in params");
    }

    Extent m_extent;
    db::Point& m_point;
    json m_extra = json::object();
    std::vector<std::string> m_notes;
};

}  // namespace

std::optional<RidgeRange> parseRidgeRange(std::string_view name) {
    if (!name.starts_with(prefix)) return std::nullopt;
    RidgeRange range;
    std::string_view rest = name.substr(prefix.size());
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        const std::string_view item = trimmed(rest.substr(0, comma));
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
        const auto equals = item.find('=');
        const std::string_view key = trimmed(item.substr(0, equals));
        if (equals == std::string_view::npos || key.empty()) {
            if (!item.empty())
                range.notes.push_back("ridge: range: '" + std::string(item) + "' is not key=value; left out");
            continue;
        }
        range.values.emplace_back(key, trimmed(item.substr(equals + 1)));
    }
    return range;
}

std::vector<std::string> apply(const RidgeRange& range, Extent extent, db::Point& point) {
    Filling filling(extent, point);
    for (const auto& [key, value] : range.values) filling.take(key, value);
    return filling.finish();
}

}  // namespace ridge::inject
