// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/finding_json.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace ridge::protocol {
namespace {

using doctor::State;
using nlohmann::json;

json okOf(State state) {
    if (state == State::unknown) return nullptr;
    return state == State::ok;
}

State stateFrom(const json& ok) {
    if (ok.is_null()) return State::unknown;
    return ok.get<bool>() ? State::ok : State::wrong;
}

}  // namespace

json toJson(const doctor::Finding& finding) {
    return {{"name", finding.name},
            {"ok", okOf(finding.state)},
            {"text", finding.text},
            {"remedy", finding.remedy},
            {"stops", static_cast<int>(finding.stops)}};
}

doctor::Finding findingFrom(const json& object) {
    return {object.at("name").get<std::string>(), stateFrom(object.at("ok")),
            object.at("text").get<std::string>(), object.at("remedy").get<std::string>(),
            static_cast<ExitCode>(object.at("stops").get<int>())};
}

}  // namespace ridge::protocol
