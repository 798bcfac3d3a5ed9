// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/event.hpp"

#include <nlohmann/json.hpp>

#include "db/export/record_json.hpp"

namespace ridge::inject {
namespace {

using nlohmann::json;

constexpr const char* sameBuildHint = "ridge and libridge_inject.so must come from the same build";

json toJson(const LaunchKey& launch) {
    return {
        {"name", launch.name}, {"ordinal", launch.ordinal}, {"grid", launch.grid}, {"block", launch.block}};
}

LaunchKey launchFrom(const json& object) {
    return {object.at("name").get<std::string>(), object.at("ordinal").get<std::int64_t>(),
            object.at("grid").get<std::string>(), object.at("block").get<std::string>()};
}

void putInterval(json& object, const std::optional<Interval>& during) {
    if (during) object["during_ns"] = {during->beginNs, during->endNs};
}

std::optional<Interval> intervalFrom(const json& object) {
    const auto during = object.find("during_ns");
    if (during == object.end()) return std::nullopt;
    return Interval{during->at(0).get<std::int64_t>(), during->at(1).get<std::int64_t>()};
}

struct Encoder {
    json operator()(const Hello& hello) const {
        return {{"event", "hello"},       {"pid", hello.pid},   {"program", hello.program},
                {"driver", hello.driver}, {"cuda", hello.cuda}, {"cupti", hello.cupti}};
    }
    json operator()(const SeenDevice& seen) const {
        return {{"event", "device"},
                {"ordinal", seen.ordinal},
                {"device", db::toJson(seen.device)},
                {"pci", seen.pciBusId}};
    }
    json operator()(const MeasuredRecord& measured) const {
        json object{
            {"event", "record"}, {"device", measured.device}, {"record", db::toJson(measured.record)}};
        if (measured.launch) object["launch"] = toJson(*measured.launch);
        putInterval(object, measured.during);
        if (measured.revision)
            object["revision"] = {{"row", measured.revision->row}, {"last", measured.revision->isLast}};
        return object;
    }
    json operator()(const Timing& timing) const {
        json object{{"event", "timing"},
                    {"device", timing.device},
                    {"launch", toJson(timing.launch)},
                    {"time_ns", timing.timeNs}};
        putInterval(object, timing.during);
        return object;
    }
    json operator()(const Note& note) const { return {{"event", "note"}, {"text", note.text}}; }
    json operator()(const Refusal& refusal) const {
        return {{"event", "refused"},
                {"code", static_cast<int>(refusal.code)},
                {"message", refusal.message},
                {"hint", refusal.hint},
                {"everywhere", refusal.everywhere}};
    }
    json operator()(const Bye& bye) const {
        return {{"event", "bye"}, {"launches", bye.launches}, {"matched", bye.matched}};
    }
};

MeasuredRecord measuredFrom(const json& object) {
    MeasuredRecord measured;
    measured.device = object.at("device").get<int>();
    measured.record = db::fromJson<db::Record>(object.at("record"));
    if (object.contains("launch")) measured.launch = launchFrom(object.at("launch"));
    measured.during = intervalFrom(object);
    if (const auto revision = object.find("revision"); revision != object.end())
        measured.revision =
            Revision{revision->at("row").get<std::int64_t>(), revision->at("last").get<bool>()};
    return measured;
}

Refusal refusalFrom(const json& object) {
    const int code = object.at("code").get<int>();
    const bool known =
        code > static_cast<int>(ExitCode::done) && code <= static_cast<int>(ExitCode::somePointsFailed);
    return {known ? static_cast<ExitCode>(code) : ExitCode::failed, object.at("message").get<std::string>(),
            object.at("hint").get<std::string>(), object.at("everywhere").get<bool>()};
}

Event eventFrom(const json& object) {
    const std::string kind = object.at("event").get<std::string>();
    if (kind == "hello")
        return Hello{object.at("pid").get<std::int64_t>(), object.at("program").get<std::string>(),
                     object.at("driver").get<std::string>(), object.at("cuda").get<std::string>(),
                     object.at("cupti").get<std::string>()};
    if (kind == "device")
        return SeenDevice{object.at("ordinal").get<int>(), db::fromJson<db::Device>(object.at("device")),
                          object.at("pci").get<std::string>()};
    if (kind == "record") return measuredFrom(object);
    if (kind == "timing")
        return Timing{object.at("device").get<int>(), launchFrom(object.at("launch")),
                      object.at("time_ns").get<double>(), intervalFrom(object)};
    if (kind == "note") return Note{object.at("text").get<std::string>()};
    if (kind == "refused") return refusalFrom(object);
    if (kind == "bye")
        return Bye{object.at("launches").get<std::int64_t>(), object.at("matched").get<std::int64_t>()};
    throw Error(ExitCode::failed, "an injected process sent an unknown event '" + kind + "'", sameBuildHint);
}

}  // namespace

std::string encode(const Event& event) {
    // Names of kernels and ranges may be any bytes; what is not UTF-8 is replaced rather than refused.
    return std::visit(Encoder{}, event).dump(-1, ' ', false, json::error_handler_t::replace);
}

Event decodeEvent(const std::string& line) {
    try {
        return eventFrom(json::parse(line));
    } catch (const json::exception& error) {
        throw Error(ExitCode::failed, std::string("an injected process sent no event: ") + error.what(),
                    sameBuildHint);
    }
}

}  // namespace ridge::inject
