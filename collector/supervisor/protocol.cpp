// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/protocol.hpp"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

#include "collector/supervisor/finding_json.hpp"
#include "db/export/record_json.hpp"

namespace ridge::protocol {
namespace {

using nlohmann::json;

constexpr std::string_view restartHint =
    "ridge and ridge-worker must come from the same build: unset RIDGE_WORKER, or set it to that build's";

[[noreturn]] void refuse(const std::string& noun, const std::string& reason) {
    throw Error(ExitCode::failed, "not a " + noun + ": " + reason, std::string(restartHint));
}

/// The beginning of a line of whoever it was, fit to be printed and stored.
std::string shown(const std::string& line) {
    constexpr std::size_t most = 60;
    std::string text = line.substr(0, most);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return "'" + text + (line.size() > most ? "...'" : "'");
}

/// Runs `read` and turns what the JSON library throws into the error of this program.
template <class Read>
auto parsed(const std::string& noun, const std::string& line, Read read) {
    try {
        return read(json::parse(line));
    } catch (const json::exception&) {
        refuse(noun, shown(line));
    }
}

std::string reply(json result) {
    // Names of processes and paths may hold any bytes; the reply must stay one valid line.
    return json{{"ok", true}, {"result", std::move(result)}}.dump(-1, ' ', false,
                                                                  json::error_handler_t::replace);
}

/// The result of a reply; throws the error that the reply carries.
const json& resultOf(const json& answer) {
    if (answer.at("ok").get<bool>()) return answer.at("result");
    const int code = answer.at("code").get<int>();
    const bool known =
        code > static_cast<int>(ExitCode::done) && code <= static_cast<int>(ExitCode::somePointsFailed);
    throw Error(known ? static_cast<ExitCode>(code) : ExitCode::failed,
                answer.at("message").get<std::string>(), answer.value("hint", std::string()));
}

json toJson(const Work& work) {
    json children = json::array();
    for (const Work& child : work.children) children.push_back(toJson(child));
    return {{"point", db::toJson(work.point)}, {"repeats", work.repeats}, {"children", std::move(children)}};
}

Work workFrom(const json& object) {
    Work work;
    work.point = db::fromJson<db::Point>(object.at("point"));
    work.repeats = object.at("repeats").get<std::int64_t>();
    for (const json& child : object.at("children")) work.children.push_back(workFrom(child));
    return work;
}

json toJson(const Options& options) {
    const plan::Repetition& repetition = options.repetition;
    return {{"min_samples", repetition.minSamples}, {"min_time_s", repetition.minTimeS},
            {"max_time_s", repetition.maxTimeS},    {"spread", repetition.spread},
            {"metric_set", options.metricSet},      {"cache", options.cache}};
}

Options optionsFrom(const json& object) {
    Options options;
    options.repetition.minSamples = object.at("min_samples").get<int>();
    options.repetition.minTimeS = object.at("min_time_s").get<double>();
    options.repetition.maxTimeS = object.at("max_time_s").get<double>();
    options.repetition.spread = object.at("spread").get<double>();
    options.metricSet = object.at("metric_set").get<std::string>();
    options.cache = object.at("cache").get<std::string>();
    return options;
}

MetricPlan metricPlanFrom(const json& object) {
    MetricPlan plan;
    plan.chip = object.at("chip").get<std::string>();
    plan.set = object.at("set").get<std::string>();
    plan.passes = object.at("passes").get<int>();
    plan.metrics = object.at("metrics").get<std::vector<std::string>>();
    plan.missing = object.at("missing").get<std::vector<std::string>>();
    return plan;
}

}  // namespace

std::string encodeMeasure(const Work& work, const Options& options) {
    return json{{"request", "measure"}, {"work", toJson(work)}, {"options", toJson(options)}}.dump();
}

std::string encodeRecord(const db::Record& record) {
    return reply(db::toJson(record));
}

std::string encodeDescribe(const DescribeReply& described) {
    return reply({{"device", db::toJson(described.device)},
                  {"driver", described.driver},
                  {"cuda", described.cuda},
                  {"cupti", described.cupti},
                  {"pci", described.pciBusId}});
}

std::string encodeMetricPlans(const std::vector<MetricPlan>& plans) {
    json array = json::array();
    for (const MetricPlan& plan : plans) {
        array.push_back({{"chip", plan.chip},
                         {"set", plan.set},
                         {"passes", plan.passes},
                         {"metrics", plan.metrics},
                         {"missing", plan.missing}});
    }
    return reply(std::move(array));
}

std::string encodePreflight(const Preflight& found) {
    json array = json::array();
    for (const Finding& finding : found.findings) array.push_back(toJson(finding));
    return reply({{"gpus", found.gpus}, {"findings", std::move(array)}});
}

std::string encodePreflightOf(int gpu, const std::string& uuid) {
    json request{{"request", "preflight"}, {"gpu", gpu}};
    if (!uuid.empty()) request["uuid"] = uuid;
    return request.dump();
}

std::string encodeError(const Error& error) {
    return json{{"ok", false},
                {"code", static_cast<int>(error.code())},
                {"message", error.what()},
                {"hint", error.hint()}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string encodeNamed(const std::string& request, const std::string& name) {
    return json{{"request", request}, {"name", name}}.dump();
}

std::string encodeCeiling(const CeilingReply& measured) {
    json result = json::object();
    if (measured.ceiling) result["ceiling"] = db::toJson(*measured.ceiling);
    if (!measured.refusal.empty()) result["refusal"] = measured.refusal;
    if (!measured.flags.empty()) result["flags"] = measured.flags;
    return reply(std::move(result));
}

std::string encodeLockClocks(const ClockWish& wish) {
    json request{
        {"request", "lock_clocks"}, {"uuid", wish.uuid}, {"pci", wish.pciBusId}, {"named", wish.named}};
    if (wish.mhz) request["mhz"] = *wish.mhz;
    return request.dump();
}

std::string encodeUnlockClocks(const std::string& uuid, const std::string& pciBusId) {
    return json{{"request", "unlock_clocks"}, {"uuid", uuid}, {"pci", pciBusId}}.dump();
}

std::string encodeClock(double hz) {
    return reply({{"clock_hz", hz}});
}

Request decodeRequest(const std::string& line) {
    return parsed("request", line, [](const json& object) {
        Request request;
        request.kind = object.at("request").get<std::string>();
        request.chip = object.value("chip", std::string());
        request.set = object.value("set", std::string());
        if (request.kind == "measure") {
            request.work = workFrom(object.at("work"));
            request.options = optionsFrom(object.at("options"));
        } else if (request.kind == "ceiling" || request.kind == "selftest") {
            request.name = object.at("name").get<std::string>();
        } else if (request.kind == "lock_clocks" || request.kind == "unlock_clocks") {
            request.clock.uuid = object.at("uuid").get<std::string>();
            request.clock.pciBusId = object.at("pci").get<std::string>();
            request.clock.named = object.value("named", false);
            if (object.contains("mhz")) request.clock.mhz = object.at("mhz").get<double>();
        } else if (request.kind == "preflight") {
            if (object.contains("gpu")) request.gpu = object.at("gpu").get<int>();
            request.uuid = object.value("uuid", std::string());
        } else if (request.kind != "describe" && request.kind != "metrics") {
            refuse("request", "'" + request.kind +
                                  "' is none of describe, measure, metrics, preflight, ceiling, selftest, "
                                  "lock_clocks, unlock_clocks");
        }
        return request;
    });
}

double decodeClock(const std::string& line) {
    return parsed("reply of a worker", line,
                  [](const json& answer) { return resultOf(answer).at("clock_hz").get<double>(); });
}

db::Record decodeRecord(const std::string& line) {
    return parsed("reply of a worker", line,
                  [](const json& answer) { return db::fromJson<db::Record>(resultOf(answer)); });
}

DescribeReply decodeDescribe(const std::string& line) {
    return parsed("reply of a worker", line, [](const json& answer) {
        const json& result = resultOf(answer);
        return DescribeReply{db::fromJson<db::Device>(result.at("device")),
                             result.at("driver").get<std::string>(), result.at("cuda").get<std::string>(),
                             result.at("cupti").get<std::string>(), result.at("pci").get<std::string>()};
    });
}

std::vector<MetricPlan> decodeMetricPlans(const std::string& line) {
    return parsed("reply of a worker", line, [](const json& answer) {
        std::vector<MetricPlan> plans;
        for (const json& object : resultOf(answer)) plans.push_back(metricPlanFrom(object));
        return plans;
    });
}

Preflight decodePreflight(const std::string& line) {
    return parsed("reply of a worker", line, [](const json& answer) {
        const json& result = resultOf(answer);
        Preflight found;
        found.gpus = result.at("gpus").get<int>();
        for (const json& object : result.at("findings")) found.findings.push_back(findingFrom(object));
        return found;
    });
}

CeilingReply decodeCeiling(const std::string& line) {
    return parsed("reply of a worker", line, [](const json& answer) {
        const json& result = resultOf(answer);
        CeilingReply measured;
        if (result.contains("ceiling")) measured.ceiling = db::fromJson<db::Ceiling>(result.at("ceiling"));
        measured.refusal = result.value("refusal", std::string());
        measured.flags = result.value("flags", std::string());
        if (!measured.ceiling && measured.refusal.empty())
            refuse("reply of a worker", "neither a ceiling nor why there is none");
        return measured;
    });
}

}  // namespace ridge::protocol
