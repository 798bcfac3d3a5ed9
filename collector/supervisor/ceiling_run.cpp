// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/ceiling_run.hpp"

#include <fmt/core.h>

#include <utility>

#include "db/model/ceiling_kind.hpp"
#include "db/run_identity.hpp"
#include "workloads/shape/self_check.hpp"

namespace ridge::supervisor {
namespace {

/// What `read` makes of the reply, or what `failed` makes of the reason why there is none; nullopt when
/// interrupted. A worker that failed is replaced: an error may have poisoned its context.
template <class Read, class Failed>
auto ask(Bench& bench, const std::string& request, std::chrono::milliseconds timeout,
         const Interruption& interruption, Read read, Failed failed)
    -> std::optional<decltype(failed(std::string()))> {
    const Answer answer = bench.worker.ask(request, timeout, interruption.descriptor());
    if (answer.kind == Answer::Kind::interrupted) return std::nullopt;
    std::string reason = "the worker " + answer.text;
    if (answer.kind == Answer::Kind::reply) {
        try {
            return read(answer.text);
        } catch (const Error& error) {
            reason = error.what();
        }
    }
    bench.worker.stop();
    return failed(std::move(reason));
}

CeilingOutcome failedCeiling(const std::string& name, std::string reason) {
    CeilingOutcome outcome;
    outcome.name = name;
    outcome.reason = std::move(reason);
    return outcome;
}

db::Record failedCheck(const shape::ClosedForm& form, std::string reason) {
    db::Record record;
    record.point.provenance = db::Provenance::measured;
    record.point.plan = "selftest";
    record.point.workload = "selftest";
    record.point.op = form.op;
    record.point.dtype = form.dtype;
    record.point.params = fmt::format(R"({{"form":"{}"}})", form.name);
    record.point.status = db::Status::failed;
    record.point.statusReason = std::move(reason);
    return record;
}

db::Record checkedRecord(const shape::ClosedForm& form, const std::string& line) {
    db::Record record = protocol::decodeRecord(line);
    if (record.point.plan == "selftest" && record.point.op == form.op && record.point.dtype == form.dtype)
        return record;
    throw Error(ExitCode::failed, "the worker answered another question");
}

}  // namespace

void measureCeilings(Bench& bench, std::chrono::milliseconds timeout, const Interruption& interruption,
                     const std::function<void(const CeilingOutcome&)>& onCeiling) {
    for (const db::CeilingKind& kind : db::measuredCeilings) {
        const std::string name(kind.name);
        auto outcome = ask(
            bench, protocol::encodeNamed("ceiling", name), timeout, interruption,
            [&](const std::string& line) {
                return judged(name, protocol::decodeCeiling(line), bench.ceilings);
            },
            [&](std::string reason) { return failedCeiling(name, std::move(reason)); });
        if (!outcome) return;
        if (outcome->ceiling) {
            outcome->ceiling->source = "ridge " RIDGE_VERSION;
            outcome->ceiling->measuredAt = db::utcNow();
        }
        onCeiling(*outcome);
    }
}

void runSelfCheck(Bench& bench, std::chrono::milliseconds timeout, const Interruption& interruption,
                  const std::function<void(const std::string& name, const db::Record&)>& onRecord) {
    for (const shape::ClosedForm& form : shape::closedForms()) {
        const std::string name(form.name);
        const auto record = ask(
            bench, protocol::encodeNamed("selftest", name), timeout, interruption,
            [&](const std::string& line) { return checkedRecord(form, line); },
            [&](std::string reason) { return failedCheck(form, std::move(reason)); });
        if (!record) return;
        onRecord(name, *record);
    }
}

}  // namespace ridge::supervisor
