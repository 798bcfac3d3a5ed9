// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/profile_events.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <system_error>
#include <utility>
#include <variant>

#include "collector/supervisor/process_status.hpp"
#include "db/catalog/devices.hpp"
#include "db/model/error.hpp"

namespace ridge::supervisor {
namespace {

const std::string& identityOf(const db::Device& device) {
    return device.uuid.empty() ? device.name : device.uuid;
}

/// A process that can be seen from here neither ends nor executes another program.
bool goesOn(pid_t process, const std::string& program) {
    if (process <= 0) return false;
    const auto status = processStatus(process);
    if (!status || status->isOver) return false;
    std::error_code ignored;
    return std::filesystem::read_symlink(fmt::format("/proc/{}/exe", process), ignored) == program;
}

}  // namespace

ProfileEvents::ProfileEvents(std::filesystem::path file, db::Run run, OnNote onNote, ProgramWatch& watch)
    : m_file(std::move(file)), m_run(std::move(run)), m_onNote(std::move(onNote)), m_watch(watch) {}

void ProfileEvents::note(const std::string& text, const std::string& hint) {
    if (m_told.insert(text).second) m_onNote(text, hint);
}

void ProfileEvents::take(int peer, const std::string& line, pid_t pid) {
    try {
        inject::Event event = inject::decodeEvent(line);
        Process& process = m_peers[peer];
        process.pid = pid;
        std::visit([this, &process](auto& kind) { handle(process, std::move(kind)); }, event);
    } catch (const Error& error) {
        note(error.what(), error.hint());
    }
}

void ProfileEvents::gone(int peer, bool wasCut) {
    const auto known = m_peers.find(peer);
    if (known == m_peers.end()) return;
    if (!known->second.over) tellLoss(known->second, wasCut);
    end(known->second);
}

void ProfileEvents::tellLoss(const Process& process, bool wasCut) {
    const std::int64_t pid = process.pid > 0 ? process.pid : process.hello.pid;
    const std::string who = fmt::format("process {} ({})", pid, process.hello.program);
    if (wasCut) note(fmt::format("{} ended while it told of something, which is not recorded", who));
    if (!process.gaveUp && goesOn(process.pid, process.hello.program))
        note(fmt::format(
            "{} goes on, but has closed its connection to ridge: what it launches from here on is "
            "not recorded, unless it starts itself anew",
            who));
}

void ProfileEvents::end(Process& process) {
    if (std::exchange(process.over, true)) return;
    for (const auto& [ordinal, device] : process.devices) m_watch.leave(device.uuid);
    const auto lacking = std::count_if(process.unfinished.begin(), process.unfinished.end(),
                                       [](const auto& row) { return row.second.lacks; });
    if (lacking == 0) return;
    note(fmt::format("{} of the rows {} what more occurrences of the same work would have told", lacking,
                     lacking == 1 ? "lacks" : "lack"),
         "ridge show says what, in the column reason");
}

void ProfileEvents::beginCounting() {
    m_peers.clear();
    m_processes = 0;
    m_seen.reset();
    m_fruitful = false;
    m_timed = true;
}

void ProfileEvents::handle(Process& process, inject::Hello hello) {
    ++m_processes;
    m_watch.addProcess(process.pid);
    process.hello = std::move(hello);
}

void ProfileEvents::handle(Process& process, inject::SeenDevice seen) {
    if (process.devices.count(seen.ordinal) == 0) m_watch.use(seen.device.uuid, seen.pciBusId);
    m_deviceIds.erase(identityOf(seen.device));  // the next record completes what was stored of it
    process.devices[seen.ordinal] = std::move(seen.device);
}

void ProfileEvents::handle(Process& process, inject::MeasuredRecord measured) {
    const auto device = process.devices.find(measured.device);
    if (device == process.devices.end())
        return note(fmt::format("a record of GPU {}, which its process never described, was dropped",
                                measured.device));
    m_fruitful = m_fruitful || measured.record.point.status == db::Status::ok;
    m_watch.lookNow();
    if (m_timed && measured.record.point.status == db::Status::ok) addTime(process, device->second, measured);
    addSight(m_watch.during(device->second.uuid, measured.during), measured.record);
    store(process, device->second, measured);
}

void ProfileEvents::addTime(const Process& process, const db::Device& device,
                            inject::MeasuredRecord& measured) {
    db::Record& record = measured.record;
    const std::string& name = record.kernels.empty() ? record.point.series : record.kernels.front().shortName;
    std::string reason = "which launch of the first run it is cannot be said";
    if (measured.launch) {
        reason = m_timings.apply(process.hello.program, device.uuid, *measured.launch, record);
    } else {
        record.point.timeNs.reset();
        record.point.timeMethod.clear();
    }
    if (!reason.empty()) note(fmt::format("no time for {}: {}", name, reason));
}

void ProfileEvents::handle(Process& process, const inject::Timing& timing) {
    const auto device = process.devices.find(timing.device);
    if (device == process.devices.end()) return;
    const std::string& uuid = device->second.uuid;
    m_timings.add(process.hello.program, uuid, timing, m_watch.during(uuid, timing.during));
    m_fruitful = true;
}

void ProfileEvents::handle(Process& /*process*/, const inject::Note& told) {
    note(told.text);
}

void ProfileEvents::handle(Process& process, const inject::Refusal& refusal) {
    m_refused = true;
    process.gaveUp = true;
    if (refusal.everywhere && !process.reason) process.reason = refusal.code;
    note(refusal.message, refusal.hint);
}

void ProfileEvents::handle(Process& process, const inject::Bye& bye) {
    end(process);
    process.saidBye = true;
    if (!m_seen) m_seen.emplace();
    m_seen->launches += bye.launches;
    m_seen->matched += bye.matched;
}

bool ProfileEvents::anyUnsaid() const noexcept {
    return std::any_of(m_peers.begin(), m_peers.end(), [](const auto& peer) { return !peer.second.saidBye; });
}

std::optional<ExitCode> ProfileEvents::hopeless() const {
    std::optional<ExitCode> first;
    if (m_fruitful) return first;
    for (const auto& [peer, process] : m_peers) {
        if (!process.gaveUp && !process.over) return std::nullopt;
        if (!first) first = process.reason;
    }
    return first;
}

void ProfileEvents::store(Process& process, const db::Device& device,
                          const inject::MeasuredRecord& measured) {
    if (m_unwritable) return;
    try {
        if (!m_store) {
            m_store = db::Store::openForAppending(m_file);
            m_run.driver = process.hello.driver;
            m_run.cuda = process.hello.cuda;
            m_run.cupti = process.hello.cupti;
            m_runId = m_store->addRun(m_run);
        }
        auto known = m_deviceIds.find(identityOf(device));
        if (known == m_deviceIds.end()) {
            const auto sheet = catalog::deviceByDriverName(device.name);
            const std::int64_t id =
                m_store->addDevice(device, sheet ? sheet->ceilings : std::vector<db::Ceiling>());
            known = m_deviceIds.emplace(identityOf(device), id).first;
        }
        commit(process, known->second, measured);
    } catch (const Error& error) {
        fail(error);
    }
}

void ProfileEvents::commit(Process& process, std::int64_t device, const inject::MeasuredRecord& measured) {
    const db::Record& record = measured.record;
    const auto& revision = measured.revision;
    StoredRow row{0, record.point.status, !record.point.statusReason.empty()};
    const auto earlier = revision ? process.unfinished.find(revision->row) : process.unfinished.end();
    if (earlier == process.unfinished.end()) {
        row.point = m_store->addPoint(m_runId, device, record);
    } else {
        row.point = earlier->second.point;
        m_store->replacePoint(row.point, m_runId, device, record);
        m_tally.remove(earlier->second.status);
        process.unfinished.erase(earlier);
    }
    m_tally.add(row.status);
    if (revision && !revision->isLast) process.unfinished[revision->row] = row;
}

void ProfileEvents::fail(const Error& error) {
    // The program is not ended for it, nor its status lost: its work may be worth more than its profile.
    if (!std::exchange(m_unwritable, true))
        note(fmt::format("no more is recorded: {}", error.what()), error.hint());
}

void ProfileEvents::finish(const std::string& state) {
    if (!m_store) return;
    try {
        m_store->finishRun(m_runId, state);
        m_store->close();
    } catch (const Error& error) {
        fail(error);
    }
    m_store.reset();
}

}  // namespace ridge::supervisor
