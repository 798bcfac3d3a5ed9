// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/measuring.hpp"

#include <utility>
#include <vector>

#include "collector/supervisor/asked_point.hpp"
#include "db/model/error.hpp"

namespace ridge::supervisor {
namespace {

db::Record unmeasured(db::Point point, db::Status status, std::string reason) {
    point.status = status;
    point.statusReason = std::move(reason);
    return {std::move(point), {}, {}, {}};
}

}  // namespace

Measuring::Measuring(db::Store& store, std::int64_t run, const Recorded& recorded,
                     std::chrono::milliseconds timeout, const Interruption& interruption, OnPoint onPoint)
    : m_store(store),
      m_run(run),
      m_recorded(recorded),
      m_timeout(timeout),
      m_interruption(interruption),
      m_onPoint(std::move(onPoint)) {}

Tally Measuring::measure(Bench& bench, std::span<const PlannedWork> works) {
    Tally tally;
    std::int64_t device = 0;
    {
        const std::lock_guard lock(m_mutex);
        device = m_store.addDevice(bench.description.device, bench.ceilings);
    }
    for (const PlannedWork& work : works) measurePlan(bench, device, work, tally);
    return tally;
}

void Measuring::measurePlan(Bench& bench, std::int64_t device, const PlannedWork& work, Tally& tally) {
    const std::vector<Links> links = linksOf(work);
    const std::vector<std::string> keys =
        resumeKeys(work, bench.description.device, db::Provenance::measured);
    std::vector<db::Point> done(work.points.size());
    for (std::size_t i = 0; i < work.points.size() && m_interruption.signal() == 0; ++i) {
        if (!work.selected[i]) continue;
        const auto parent = links[i].parent;
        const auto source = links[i].source;
        {
            const std::lock_guard lock(m_mutex);
            const db::Point* there = m_recorded.find(keys[i]);
            if (there != nullptr && there->status != db::Status::failed) {
                done[i] = *there;
                ++tally.kept;
                continue;
            }
        }
        std::optional<db::Record> record;
        if (source)
            record = db::Record{
                shared(plannedPoint(work, i, db::Provenance::measured), done[*source]), {}, {}, {}};
        else
            record = take(bench, work, i);
        if (!record) return;
        record->point.parentId = parent ? done[*parent].id : std::nullopt;
        const std::lock_guard lock(m_mutex);
        done[i] = keep(std::move(*record), device, keys[i]);
        tally.add(done[i].status);
        m_onPoint(done[i], bench.description.device);
    }
}

std::optional<db::Record> Measuring::take(Bench& bench, const PlannedWork& work, std::size_t index) const {
    protocol::Work asked = workOf(work.points, index);
    asked.point = plannedPoint(work, index, db::Provenance::measured);
    if (std::string reason = tooLargeFor(bench.description.device, work.points[index]); !reason.empty())
        return unmeasured(std::move(asked.point), db::Status::skipped, std::move(reason));

    const Answer answer = bench.worker.ask(protocol::encodeMeasure(asked, work.options), m_timeout,
                                           m_interruption.descriptor());
    if (answer.kind == Answer::Kind::interrupted) return std::nullopt;
    std::string reason = "the worker " + answer.text;
    if (answer.kind == Answer::Kind::reply) {
        try {
            db::Record record = protocol::decodeRecord(answer.text);
            if (answers(asked.point, record.point)) {
                // What was planned stays as planned: a resumed run must find it again.
                record.point = shared(asked.point, record.point);
                record.point.measuredAs.reset();
                if (record.point.status == db::Status::failed) bench.worker.stop();
                return record;
            }
            reason = "the worker answered another question";
        } catch (const Error& error) {
            reason = error.what();
        }
    }
    bench.worker.stop();  // an error may have poisoned its context: the next point starts from a clean one
    return unmeasured(std::move(asked.point), db::Status::failed, std::move(reason));
}

db::Point Measuring::keep(db::Record record, std::int64_t device, const std::string& key) {
    if (const db::Point* failed = m_recorded.find(key)) {
        record.point.id = failed->id;
        m_store.replacePoint(failed->id.value(), m_run, device, record);
    } else {
        record.point.id = m_store.addPoint(m_run, device, record);
    }
    return std::move(record.point);
}

}  // namespace ridge::supervisor
