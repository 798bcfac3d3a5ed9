// SPDX-License-Identifier: Apache-2.0
// What injected processes tell, put where it belongs: records into the results file, notes to people, times
// into the table of the first run.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "collector/inject/event.hpp"
#include "collector/supervisor/modeling.hpp"
#include "collector/supervisor/program_watch.hpp"
#include "collector/supervisor/timing_table.hpp"
#include "db/model/run.hpp"
#include "db/store.hpp"

namespace ridge::supervisor {

/// Called with a sentence and, where there is one, what to do next.
using OnNote = std::function<void(const std::string& text, const std::string& hint)>;

/// One thread at a time. Nothing here throws for what a process sends: it becomes a note, told once.
class ProfileEvents {
 public:
    /// The file is created with the first record, `run` completed by what the first process says of itself.
    /// `watch` is told which GPUs and processes to look at, and asked what it saw; it outlives this.
    ProfileEvents(std::filesystem::path file, db::Run run, OnNote onNote, ProgramWatch& watch);

    /// A line of one connection, whose `peer` is told from all others of this run. `pid`: the process behind
    /// it, as the kernel tells; 0 where it cannot be seen from here.
    void take(int peer, const std::string& line, pid_t pid = 0);
    /// The connection is closed, `wasCut` within a line: its process is over, whether it said so or was
    /// killed, or has closed descriptors that it did not open, which is told.
    void gone(int peer, bool wasCut = false);
    /// Forgets the connections: the next run begins. What was timed so far is the unprofiled run.
    void beginCounting();
    /// `state`: finished, interrupted. What fails then is told, as at any record.
    void finish(const std::string& state);

    [[nodiscard]] const Tally& tally() const noexcept { return m_tally; }
    /// Why nothing was measured, of what the processes said: empty when nothing said anything.
    [[nodiscard]] bool anyProcess() const noexcept { return m_processes > 0; }
    [[nodiscard]] bool anyRefusal() const noexcept { return m_refused; }
    /// The results file failed, which a note said: what was measured since is not in it.
    [[nodiscard]] bool isUnwritable() const noexcept { return m_unwritable; }
    /// A process has not said what it saw: it left by _exit(), was killed, or is still there.
    [[nodiscard]] bool anyUnsaid() const noexcept;
    /// Nothing was measured or timed in this run, and every process that has spoken has given up or is over:
    /// the exit code of the first that gave up for a reason that holds everywhere. nullopt where there is
    /// none, and while there is anything to wait for.
    [[nodiscard]] std::optional<ExitCode> hopeless() const;
    /// This run measured or timed something.
    [[nodiscard]] bool isFruitful() const noexcept { return m_fruitful; }
    /// Sums over processes that ended in order; nullopt when none did.
    [[nodiscard]] const std::optional<inject::Bye>& seen() const noexcept { return m_seen; }
    [[nodiscard]] const TimingTable& timings() const noexcept { return m_timings; }

 private:
    struct StoredRow {
        std::int64_t point = 0;
        db::Status status = db::Status::ok;
        bool lacks = false;  ///< something, and says so
    };
    struct Process {
        pid_t pid = 0;  ///< the kernel's; a process in a PID namespace of its own has another of itself
        inject::Hello hello;
        std::map<int, db::Device> devices;
        std::map<std::int64_t, StoredRow> unfinished;  ///< by inject::Revision::row
        std::optional<ExitCode> reason;                ///< of a refusal that holds everywhere
        bool gaveUp = false, over = false, saidBye = false;
    };

    void handle(Process& process, inject::Hello hello);
    void handle(Process& process, inject::SeenDevice seen);
    void handle(Process& process, inject::MeasuredRecord measured);
    void handle(Process& process, const inject::Timing& timing);
    void handle(Process& process, const inject::Note& told);
    void handle(Process& process, const inject::Refusal& refusal);
    void handle(Process& process, const inject::Bye& bye);
    void end(Process& process);
    void tellLoss(const Process& process, bool wasCut);
    void fail(const Error& error);
    void addTime(const Process& process, const db::Device& device, inject::MeasuredRecord& measured);
    void store(Process& process, const db::Device& device, const inject::MeasuredRecord& measured);
    /// Appends the row, or puts it in the place of what was known of it before.
    void commit(Process& process, std::int64_t device, const inject::MeasuredRecord& measured);
    void note(const std::string& text, const std::string& hint = {});

    std::filesystem::path m_file;
    db::Run m_run;
    OnNote m_onNote;
    ProgramWatch& m_watch;
    std::map<int, Process> m_peers;
    std::size_t m_processes = 0;
    bool m_refused = false, m_unwritable = false, m_timed = false;
    bool m_fruitful = false;
    std::optional<inject::Bye> m_seen;
    TimingTable m_timings;
    std::set<std::string> m_told;
    Tally m_tally;
    std::optional<db::Store> m_store;
    std::int64_t m_runId = 0;
    std::map<std::string, std::int64_t> m_deviceIds;  ///< by UUID, by name where there is none
};

}  // namespace ridge::supervisor
