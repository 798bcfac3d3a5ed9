// SPDX-License-Identifier: Apache-2.0
// Points, records, devices and ceilings as JSON objects whose keys are the columns of the results file.
#pragma once

#include <nlohmann/json.hpp>

#include "db/model/device.hpp"
#include "db/model/point.hpp"

namespace ridge::db {

/// Absent numbers and empty texts are absent keys; a record is {"point", "samples", "metrics",
/// "metric_units", "computed", "kernels"}. `params` stays the text it is. Throws ridge::Error (failed) naming
/// the column when a number is NaN or infinite.
[[nodiscard]] nlohmann::json toJson(const Point& point);
[[nodiscard]] nlohmann::json toJson(const Sample& sample);
[[nodiscard]] nlohmann::json toJson(const Kernel& kernel);
[[nodiscard]] nlohmann::json toJson(const ComputedValue& computed);
[[nodiscard]] nlohmann::json toJson(const Record& record);
[[nodiscard]] nlohmann::json toJson(const Device& device);
[[nodiscard]] nlohmann::json toJson(const Ceiling& ceiling);

/// The inverse: fromJson<Point>(toJson(point)) equals `point`, doubles bit by bit. Throws ridge::Error
/// (failed) naming the key: not an object, an unknown key, a wrong type, a required number or enumerator that
/// is missing.
template <class T>
[[nodiscard]] T fromJson(const nlohmann::json& json) = delete;
template <>
[[nodiscard]] Point fromJson<Point>(const nlohmann::json& json);
template <>
[[nodiscard]] Sample fromJson<Sample>(const nlohmann::json& json);
template <>
[[nodiscard]] Kernel fromJson<Kernel>(const nlohmann::json& json);
template <>
[[nodiscard]] ComputedValue fromJson<ComputedValue>(const nlohmann::json& json);
template <>
[[nodiscard]] Record fromJson<Record>(const nlohmann::json& json);
template <>
[[nodiscard]] Device fromJson<Device>(const nlohmann::json& json);
template <>
[[nodiscard]] Ceiling fromJson<Ceiling>(const nlohmann::json& json);

}  // namespace ridge::db
