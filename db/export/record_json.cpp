// SPDX-License-Identifier: Apache-2.0
#include "db/export/record_json.hpp"

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <string_view>

#include "db/columns.hpp"
#include "db/model/error.hpp"

namespace ridge::db {
namespace {

using nlohmann::json;

double requireFinite(std::string_view key, double value) {
    if (!std::isfinite(value)) {
        throw Error(ExitCode::failed, "'" + std::string(key) + "' is not a finite number",
                    "leave the value absent where there is none");
    }
    return value;
}

class Writer {
 public:
    void operator()(const char* key, const std::string& text, EmptyText = EmptyText::isNull) {
        if (!text.empty()) m_json[key] = text;
    }
    void operator()(const char* key, double value) { m_json[key] = requireFinite(key, value); }
    void operator()(const char* key, std::int64_t value) { m_json[key] = value; }
    void operator()(const char* key, bool value) { m_json[key] = value; }
    void operator()(const char* key, Provenance value) { m_json[key] = toText(value); }
    void operator()(const char* key, Status value) { m_json[key] = toText(value); }
    template <class T>
    void operator()(const char* key, const std::optional<T>& value) {
        if (value) (*this)(key, *value);
    }
    [[nodiscard]] json take() { return std::move(m_json); }

 private:
    json m_json = json::object();
};

/// Reads one object key by key; finish() refuses the keys nobody asked for.
class Reader {
 public:
    Reader(const json& object, std::string_view noun) : m_json(object), m_noun(noun) {
        if (!object.is_object()) throw Error(ExitCode::failed, m_noun + " is not a JSON object");
    }

    void operator()(const char* key, std::string& text, EmptyText = EmptyText::isNull) {
        if (const json* found = find(key)) {
            require(found->is_string(), key, "a text");
            text = found->get<std::string>();
        }
    }
    void operator()(const char* key, double& value) { value = number(key, required(key)); }
    void operator()(const char* key, std::int64_t& value) { value = integer(key, required(key)); }
    void operator()(const char* key, bool& value) { value = truth(key, required(key)); }
    void operator()(const char* key, Provenance& value) { value = provenanceFromText(requiredText(key)); }
    void operator()(const char* key, Status& value) { value = statusFromText(requiredText(key)); }
    void operator()(const char* key, std::optional<double>& value) {
        if (const json* found = find(key)) value = number(key, *found);
    }
    void operator()(const char* key, std::optional<std::int64_t>& value) {
        if (const json* found = find(key)) value = integer(key, *found);
    }
    void operator()(const char* key, std::optional<bool>& value) {
        if (const json* found = find(key)) value = truth(key, *found);
    }

    [[nodiscard]] const json* find(const char* key) {
        m_known.insert(key);
        const auto found = m_json.find(key);
        return found == m_json.end() ? nullptr : &*found;
    }
    [[nodiscard]] const json& required(const char* key) {
        const json* found = find(key);
        if (found == nullptr) throw Error(ExitCode::failed, m_noun + " lacks '" + key + "'");
        return *found;
    }
    void require(bool holds, std::string_view key, std::string_view type) const {
        if (holds) return;
        throw Error(ExitCode::failed,
                    "'" + std::string(key) + "' of " + m_noun + " is not " + std::string(type));
    }
    [[nodiscard]] double number(std::string_view key, const json& value) const {
        require(value.is_number(), key, "a number");
        return requireFinite(key, value.get<double>());
    }
    [[nodiscard]] bool truth(std::string_view key, const json& value) const {
        require(value.is_boolean(), key, "true or false");
        return value.get<bool>();
    }
    void finish() const {
        for (const auto& [key, value] : m_json.items()) {
            if (!m_known.contains(key)) {
                throw Error(ExitCode::failed, m_noun + " has an unknown key '" + key + "'");
            }
        }
    }

 private:
    [[nodiscard]] std::string requiredText(const char* key) {
        const json& value = required(key);
        require(value.is_string(), key, "a text");
        return value.get<std::string>();
    }
    [[nodiscard]] std::int64_t integer(std::string_view key, const json& value) const {
        constexpr auto largest = std::numeric_limits<std::int64_t>::max();
        const bool fits =
            value.is_number_integer() && (!value.is_number_unsigned() ||
                                          value.get<std::uint64_t>() <= static_cast<std::uint64_t>(largest));
        require(fits, key, "a 64-bit integer");
        return value.get<std::int64_t>();
    }

    const json& m_json;
    std::string m_noun;
    std::set<std::string> m_known;
};

template <class T>
json array(const std::vector<T>& items) {
    json result = json::array();
    for (const T& item : items) result.push_back(toJson(item));
    return result;
}

template <class T>
std::vector<T> itemsOf(Reader& reader, const char* key) {
    std::vector<T> items;
    if (const json* found = reader.find(key)) {
        reader.require(found->is_array(), key, "an array");
        for (const json& item : *found) items.push_back(fromJson<T>(item));
    }
    return items;
}

}  // namespace

json toJson(const Point& point) {
    Writer writer;
    visitPointColumns(point, writer);
    return writer.take();
}

json toJson(const Sample& sample) {
    Writer writer;
    visitSampleColumns(sample, writer);
    return writer.take();
}

json toJson(const Kernel& kernel) {
    Writer writer;
    visitKernelColumns(kernel, writer);
    return writer.take();
}

json toJson(const ComputedValue& computed) {
    Writer writer;
    visitComputedColumns(computed, writer);
    return writer.take();
}

json toJson(const Record& record) {
    json metrics = json::object();
    for (const auto& [name, value] : record.metrics) metrics[name] = requireFinite(name, value);
    return {{"point", toJson(record.point)},      {"samples", array(record.samples)},
            {"metrics", std::move(metrics)},      {"metric_units", record.metricUnits},
            {"computed", array(record.computed)}, {"kernels", array(record.kernels)}};
}

json toJson(const Device& device) {
    Writer writer;
    visitDeviceColumns(device, writer);
    return writer.take();
}

json toJson(const Ceiling& ceiling) {
    Writer writer;
    visitCeilingColumns(ceiling, writer);
    return writer.take();
}

template <>
Point fromJson<Point>(const json& object) {
    Reader reader(object, "point");
    Point point;
    visitPointColumns(point, reader);
    reader.finish();
    return point;
}

template <>
Sample fromJson<Sample>(const json& object) {
    Reader reader(object, "sample");
    Sample sample;
    visitSampleColumns(sample, reader);
    reader.finish();
    return sample;
}

template <>
Kernel fromJson<Kernel>(const json& object) {
    Reader reader(object, "kernel");
    Kernel kernel;
    visitKernelColumns(kernel, reader);
    reader.finish();
    return kernel;
}

template <>
ComputedValue fromJson<ComputedValue>(const json& object) {
    Reader reader(object, "computed value");
    ComputedValue computed;
    visitComputedColumns(computed, reader);
    reader.finish();
    return computed;
}

template <>
Record fromJson<Record>(const json& object) {
    Reader reader(object, "record");
    Record record;
    record.point = fromJson<Point>(reader.required("point"));
    record.samples = itemsOf<Sample>(reader, "samples");
    record.kernels = itemsOf<Kernel>(reader, "kernels");
    record.computed = itemsOf<ComputedValue>(reader, "computed");
    if (const json* metrics = reader.find("metrics")) {
        reader.require(metrics->is_object(), "metrics", "an object");
        for (const auto& [name, value] : metrics->items()) {
            record.metrics[name] = reader.number(name, value);
        }
    }
    if (const json* units = reader.find("metric_units")) {
        reader.require(units->is_object(), "metric_units", "an object");
        for (const auto& [name, unit] : units->items()) {
            reader.require(unit.is_string(), name, "a text");
            record.metricUnits[name] = unit.get<std::string>();
        }
    }
    reader.finish();
    return record;
}

template <>
Device fromJson<Device>(const json& object) {
    Reader reader(object, "device");
    Device device;
    visitDeviceColumns(device, reader);
    reader.finish();
    return device;
}

template <>
Ceiling fromJson<Ceiling>(const json& object) {
    Reader reader(object, "ceiling");
    Ceiling ceiling;
    visitCeilingColumns(ceiling, reader);
    reader.finish();
    return ceiling;
}

}  // namespace ridge::db
