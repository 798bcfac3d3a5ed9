// SPDX-License-Identifier: Apache-2.0
#include "db/catalog/devices.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>

#include "db/catalog/share.hpp"
#include "db/catalog/toml_file.hpp"
#include "db/model/ceiling_kind.hpp"

namespace ridge::catalog {
namespace fs = std::filesystem;
namespace {

bool sameWithoutCase(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// What a data sheet may call a roof.
const db::CeilingKind& ceilingKind(const fs::path& file, const toml::table& table, const std::string& name) {
    if (name == db::quotedDram.name) return db::quotedDram;
    const auto* const found = std::find_if(db::measuredCeilings.begin(), db::measuredCeilings.end(),
                                           [&](const db::CeilingKind& kind) { return kind.name == name; });
    if (found != db::measuredCeilings.end()) return *found;
    std::vector<std::string_view> known{db::quotedDram.name};
    for (const db::CeilingKind& kind : db::measuredCeilings) known.push_back(kind.name);
    throw tomlError(file, *table.get("name"),
                    fmt::format("no ceiling is called '{}'; there are {}", name, fmt::join(known, ", ")));
}

std::optional<double> positiveIfGiven(const fs::path& file, const toml::table& table, std::string_view key) {
    if (!table.contains(key)) return std::nullopt;
    return requirePositive(file, table, key);
}

std::optional<std::int64_t> countIfGiven(const fs::path& file, const toml::table& table,
                                         std::string_view key) {
    const auto value = positiveIfGiven(file, table, key);
    if (!value) return std::nullopt;
    if (!table.get(key)->is_integer()) {
        throw tomlError(file, *table.get(key), fmt::format("'{}' must be a whole number", key));
    }
    return table.get(key)->value<std::int64_t>();
}

/// Says how a compute peak comes about, and refuses one that its own inputs contradict by more than 2 %.
std::string methodOf(const fs::path& file, const toml::table& table, const db::Device& device,
                     const db::Ceiling& ceiling) {
    const auto opsPerClock = positiveIfGiven(file, table, "ops_per_clock_per_sm");
    if (!opsPerClock) return "datasheet";
    if (!ceiling.clockHz || !device.smCount) {
        throw tomlError(file, *table.get("ops_per_clock_per_sm"),
                        "'ops_per_clock_per_sm' needs 'clock_hz' beside it and 'sm_count' at the top");
    }
    const double product = static_cast<double>(*device.smCount) * *opsPerClock * *ceiling.clockHz;
    if (std::abs(ceiling.value / product - 1) > 0.02) {
        throw tomlError(file, *table.get("value"),
                        fmt::format("{:.4g} is not {} SMs x {:g} per clock x {:.4g} Hz = {:.4g} within 2 %",
                                    ceiling.value, *device.smCount, *opsPerClock, *ceiling.clockHz, product));
    }
    return fmt::format("datasheet, dense: {} SMs x {:g} per clock at {:.4g} GHz", *device.smCount,
                       *opsPerClock, *ceiling.clockHz * 1e-9);
}

db::Ceiling ceilingOf(const fs::path& file, const toml::table& table, const db::Device& device,
                      const std::string& fileSource) {
    requireKnownKeys(file, table, {"name", "value", "unit", "clock_hz", "ops_per_clock_per_sm", "source"});
    db::Ceiling ceiling;
    ceiling.name = requireString(file, table, "name");
    const db::CeilingKind& known = ceilingKind(file, table, ceiling.name);
    ceiling.kind = known.kind;
    ceiling.unit = requireString(file, table, "unit");
    if (ceiling.unit != known.unit) {
        throw tomlError(file, *table.get("unit"),
                        fmt::format("'{}' is in {}, not {}", ceiling.name, known.unit, ceiling.unit));
    }
    ceiling.value = requirePositive(file, table, "value");
    ceiling.origin = "datasheet";
    ceiling.clockHz = positiveIfGiven(file, table, "clock_hz");
    ceiling.source = stringOr(file, table, "source", fileSource);
    if (ceiling.source.empty()) {
        throw tomlError(file, table, "'source' is missing here and at the top: say where the figure is from");
    }
    ceiling.method = methodOf(file, table, device, ceiling);
    return ceiling;
}

db::Device deviceOf(const fs::path& file, const toml::table& table) {
    db::Device device;
    device.name = requireString(file, table, "name");
    if (device.name.empty()) throw tomlError(file, *table.get("name"), "'name' is empty");
    device.chip = stringOr(file, table, "chip", "");
    device.computeCapability = stringOr(file, table, "compute_capability", "");
    device.smCount = countIfGiven(file, table, "sm_count");
    device.l2Bytes = countIfGiven(file, table, "l2_bytes");
    device.memoryBytes = countIfGiven(file, table, "memory_bytes");
    device.boostClockHz = positiveIfGiven(file, table, "boost_clock_hz");
    return device;
}

}  // namespace

db::DeviceSheet loadDevice(const fs::path& file) {
    const toml::table table = parseToml(file);
    requireKnownKeys(file, table,
                     {"name", "chip", "compute_capability", "sm_count", "l2_bytes", "memory_bytes",
                      "boost_clock_hz", "source", "ceiling"});
    db::DeviceSheet sheet{deviceOf(file, table), {}};
    const std::string source = stringOr(file, table, "source", "");
    for (const toml::table* entry : tablesOf(file, table, "ceiling")) {
        db::Ceiling ceiling = ceilingOf(file, *entry, sheet.device, source);
        const bool twice = std::any_of(sheet.ceilings.begin(), sheet.ceilings.end(),
                                       [&](const db::Ceiling& other) { return other.name == ceiling.name; });
        if (twice) throw tomlError(file, *entry, fmt::format("ceiling '{}' is given twice", ceiling.name));
        sheet.ceilings.push_back(std::move(ceiling));
    }
    if (sheet.ceilings.empty()) throw tomlError(file, table, "no [[ceiling]]: a device needs a roof");
    return sheet;
}

std::vector<db::DeviceSheet> devices() {
    std::vector<db::DeviceSheet> result;
    for (const std::string& name : names("devices")) {
        result.push_back(loadDevice(fileOf("devices", "device", name)));
    }
    return result;
}

db::DeviceSheet device(std::string_view nameOrPath) {
    if (nameOrPath.find('/') != std::string_view::npos || nameOrPath.ends_with(".toml")) {
        return loadDevice(fileOf("devices", "device", nameOrPath));
    }
    std::vector<std::string> known;
    for (const std::string& stem : names("devices")) {
        db::DeviceSheet sheet = loadDevice(fileOf("devices", "device", stem));
        if (sameWithoutCase(nameOrPath, sheet.device.name) || nameOrPath == stem) return sheet;
        known.push_back(sheet.device.name);
    }
    const auto near = nearest(nameOrPath, known);
    const std::string hint = near.empty() ? std::string("`ridge list devices` lists all")
                                          : fmt::format("did you mean '{}'? `ridge list devices` lists all",
                                                        fmt::join(near, "' or '"));
    throw Error(ExitCode::usage, fmt::format("no device '{}'", nameOrPath), hint);
}

std::optional<db::DeviceSheet> deviceByDriverName(std::string_view name) {
    for (db::DeviceSheet& sheet : devices()) {
        if (sameWithoutCase(name, sheet.device.name)) return std::move(sheet);
    }
    return std::nullopt;
}

}  // namespace ridge::catalog
