// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/progress.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "collector/cli/output.hpp"
#include "collector/cli/terminal.hpp"
#include "collector/cli/units.hpp"
#include "db/export/record_json.hpp"

namespace ridge::cli {
namespace {

using nlohmann::json;

void event(const json& object) {
    // Replaced, not refused: one odd byte in a reason must not end a run.
    printLine(object.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string outcome(const db::Point& point) {
    if (point.status != db::Status::ok)
        return fmt::format("{}: {}", db::toText(point.status), point.statusReason);
    std::string text = point.timeNs ? duration(*point.timeNs) : "no time";
    if (point.timeNs && point.flopsAlgorithmic)
        text += "  " + withPrefix(*point.flopsAlgorithmic / *point.timeNs * 1e9, "FLOP/s");
    if (point.timeNs && point.dramBytes)
        text += "  " + withPrefix(*point.dramBytes / *point.timeNs * 1e9, "B/s");
    return text;
}

}  // namespace

std::string pointName(const db::Point& point) {
    std::string name = point.series + ":";
    if (point.series.empty()) name = point.plan + ":";
    name += " " + point.op;
    const auto axis = [&name](const char* letter, const std::optional<std::int64_t>& value) {
        if (value) name += fmt::format(" {}={}", letter, *value);
    };
    axis("b", point.batch);
    axis("s", point.seq);
    axis("q", point.spec);
    if (!point.batch) axis("t", point.tokens);
    return name;
}

Progress::Progress(std::size_t total, Detail detail, bool json)
    : m_total(total),
      m_detail(detail),
      m_json(json),
      m_terminal(isTerminal(STDERR_FILENO)),
      m_color(wantsColor(STDERR_FILENO)) {}

void Progress::plan(const std::string& plan, std::size_t points, const db::Device& device,
                    const std::string& file) const {
    if (!m_json) return;
    json object{{"event", "plan"}, {"plan", plan}, {"points", points}, {"device", device.name}};
    if (!device.uuid.empty()) object["device_uuid"] = device.uuid;
    if (!file.empty()) object["file"] = file;
    event(object);
}

void Progress::point(const db::Point& point, const db::Device& device) {
    ++m_seen;
    if (m_json) {
        json object = db::toJson(point);
        object["event"] = "point";
        object["index"] = m_seen;
        object["of"] = m_total;
        object["device"] = device.name;
        event(object);
    }
    if (m_detail == Detail::quiet) return;
    if (!m_terminal) {
        line(point);
        return;
    }
    if (point.status == db::Status::failed) {
        clear();
        line(point);
    }
    bar(point);
}

void Progress::line(const db::Point& point) {
    const bool red = m_color && point.status == db::Status::failed;
    fmt::print(stderr, "{}[{}/{}] {}  {}{}\n", red ? "\033[31m" : "", m_seen, m_total, pointName(point),
               outcome(point), red ? "\033[0m" : "");
}

void Progress::bar(const db::Point& point) const {
    const std::size_t width = terminalWidth(STDERR_FILENO).value_or(80);
    const double share = static_cast<double>(m_seen) / static_cast<double>(std::max<std::size_t>(m_total, 1));
    const std::string left = m_seen < m_total ? waiting(seconds() / share * (1 - share)) + " left" : "";
    constexpr std::size_t cells = 20;
    const auto full = static_cast<std::size_t>(share * cells);
    std::string text = fmt::format("[{}{}] {}/{}  {}  {}", std::string(full, '#'),
                                   std::string(cells - full, '.'), m_seen, m_total, left, pointName(point));
    if (text.size() >= width) text.resize(width - 1);
    fmt::print(stderr, "\r\033[K{}", text);
    std::fflush(stderr);
}

void Progress::clear() const {
    if (m_terminal && m_detail == Detail::eachPoint && m_seen > 0) fmt::print(stderr, "\r\033[K");
}

void Progress::done(const std::string& state, const supervisor::Tally& tally, const std::string& file) {
    clear();
    m_seen = 0;
    if (!m_json) return;
    event({{"event", "done"},
           {"state", state},
           {"ok", tally.ok},
           {"skipped", tally.skipped},
           {"failed", tally.failed},
           {"kept", tally.kept},
           {"seconds", seconds()},
           {"file", file}});
}

double Progress::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
}

}  // namespace ridge::cli
