// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/modeling.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "db/analysis/roofline.hpp"
#include "db/model/error.hpp"

namespace ridge::supervisor {
namespace {

const db::Ceiling* ceilingNamed(const db::DeviceSheet& sheet, std::string_view name) {
    const auto found = std::find_if(sheet.ceilings.begin(), sheet.ceilings.end(),
                                    [name](const db::Ceiling& ceiling) { return ceiling.name == name; });
    return found == sheet.ceilings.end() ? nullptr : &*found;
}

double requireCeiling(const db::DeviceSheet& sheet, std::string_view name) {
    if (const db::Ceiling* ceiling = ceilingNamed(sheet, name)) return ceiling->value;
    std::string known;
    for (const db::Ceiling& ceiling : sheet.ceilings) known += (known.empty() ? "" : ", ") + ceiling.name;
    throw Error(ExitCode::usage,
                fmt::format("{} has no ceiling '{}', which this plan needs", sheet.device.name, name),
                fmt::format("its device file has {}; add the missing one with its source", known));
}

}  // namespace

void Tally::add(db::Status status) {
    if (status == db::Status::ok) ++ok;
    if (status == db::Status::skipped) ++skipped;
    if (status == db::Status::failed) ++failed;
}

void Tally::remove(db::Status status) {
    if (status == db::Status::ok) --ok;
    if (status == db::Status::skipped) --skipped;
    if (status == db::Status::failed) --failed;
}

void requireModelable(const db::DeviceSheet& sheet, std::span<const PlannedWork> works) {
    for (const PlannedWork& work : works) {
        for (std::size_t i = 0; i < work.points.size(); ++i) {
            if (work.selected[i]) static_cast<void>(modeled(work, i, sheet));
        }
    }
}

std::string tooLargeFor(const db::Device& device, const plan::PlannedPoint& planned) {
    if (!device.memoryBytes || planned.deviceBytes <= static_cast<double>(*device.memoryBytes)) return {};
    const double neededGb = planned.deviceBytes / 1e9;
    const double deviceGb = static_cast<double>(*device.memoryBytes) / 1e9;
    return fmt::format("needs {:.1f} GB, the device has {:.1f} GB", neededGb, deviceGb);
}

db::Record modeled(const PlannedWork& work, std::size_t index, const db::DeviceSheet& sheet) {
    db::Record record{plannedPoint(work, index, db::Provenance::modeled), {}, {}, {}};
    db::Point& point = record.point;
    const analysis::Roof roof{requireCeiling(sheet, point.computePath), requireCeiling(sheet, "dram")};
    point.statusReason = tooLargeFor(sheet.device, work.points[index]);
    point.status = point.statusReason.empty() ? db::Status::ok : db::Status::skipped;
    if (point.status == db::Status::ok) {
        const double flops = point.flopsAlgorithmic.value();
        point.timeNs = analysis::attainableTimeNs(roof, flops, point.compulsoryBytes.value());
        point.timeMethod = "roofline";
    }
    return record;
}

namespace {

/// The rows of `work` that `recorded` lacks, linked to each other and to the rows it has.
std::vector<db::Store::LinkedRecord> missingRecords(const PlannedWork& work, const db::DeviceSheet& sheet,
                                                    const Recorded& recorded, Tally& tally) {
    const std::vector<Links> links = linksOf(work);
    const std::vector<std::string> keys = resumeKeys(work, sheet.device, db::Provenance::modeled);
    std::vector<std::optional<std::int64_t>> known(work.points.size());    // id in the file
    std::vector<std::optional<std::size_t>> recordOf(work.points.size());  // index into the result
    std::vector<db::Store::LinkedRecord> records;
    for (std::size_t i = 0; i < work.points.size(); ++i) {
        if (!work.selected[i]) continue;
        if (const db::Point* there = recorded.find(keys[i])) {
            known[i] = there->id;
            ++tally.kept;
            continue;
        }
        db::Store::LinkedRecord linked{modeled(work, i, sheet), {}, {}};
        if (const auto parent = links[i].parent) {
            linked.parent = recordOf[*parent];
            linked.record.point.parentId = known[*parent];
        }
        if (const auto source = links[i].source) {
            linked.measuredAs = recordOf[*source];
            linked.record.point.measuredAs = known[*source];
        }
        recordOf[i] = records.size();
        records.push_back(std::move(linked));
    }
    return records;
}

}  // namespace

Tally model(db::Store& store, std::int64_t run, const db::DeviceSheet& sheet,
            std::span<const PlannedWork> works, const Recorded& recorded, const OnPoint& onPoint) {
    Tally tally;
    const std::int64_t device = store.addDevice(sheet.device, sheet.ceilings);
    for (const PlannedWork& work : works) {
        auto records = missingRecords(work, sheet, recorded, tally);
        const std::vector<std::int64_t> ids = store.addPoints(run, device, records);
        for (std::size_t i = 0; i < records.size(); ++i) {
            db::Point& point = records[i].record.point;
            point.id = ids[i];
            tally.add(point.status);
            onPoint(point, sheet.device);
        }
    }
    return tally;
}

}  // namespace ridge::supervisor
