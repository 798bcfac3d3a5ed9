// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/clock_locks.hpp"

#include <fmt/core.h>

#include <charconv>

#include "collector/cli/command.hpp"
#include "db/model/device_uuid.hpp"
#include "db/model/error.hpp"

namespace ridge::cli {

std::optional<double> parsedClock(const std::string& text) {
    if (text.empty() || text == "true") return std::nullopt;
    double mhz = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mhz);
    if (error != std::errc() || end != text.data() + text.size() || !(mhz > 0) || mhz > 1e5)
        throw Error(ExitCode::usage, fmt::format("--lock-clocks={}: not a clock in MHz", text),
                    "for example --lock-clocks=1410, or --lock-clocks alone for the data sheet's clock");
    return mhz;
}

void ClockLocks::add(const supervisor::Bench& bench, std::optional<double> mhz,
                     std::chrono::milliseconds timeout) {
    m_locks.emplace_back(bench.worker.program(), bench.description, mhz, timeout);
    const std::string& uuid = bench.description.device.uuid;
    if (db::isInstance(uuid))
        note(fmt::format("the clock of {} is its GPU's: it is locked for every instance of that GPU", uuid),
             {});
    if (m_locks.size() > 1 && m_locks.back().text() == m_locks.front().text()) return;
    m_text += (m_text.empty() ? "" : ", ") + m_locks.back().text();
}

}  // namespace ridge::cli
