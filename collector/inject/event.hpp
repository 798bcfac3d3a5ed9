// SPDX-License-Identifier: Apache-2.0
// What an injected process tells `ridge`: one JSON object a line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "collector/inject/interval.hpp"
#include "db/model/device.hpp"
#include "db/model/error.hpp"
#include "db/model/point.hpp"

namespace ridge::inject {

/// The first line of a connection.
struct Hello {
    std::int64_t pid = 0;
    std::string program;              ///< path of the process's executable
    std::string driver, cuda, cupti;  ///< versions; empty where not known
};

/// Once before the first record or timing of a device, in a forked child again; `ordinal` is the process's
/// own (CUdevice).
struct SeenDevice {
    int ordinal = 0;
    db::Device device;
    std::string pciBusId = {};  ///< "0000:3b:00.0", of an instance its GPU's; empty: not known
};

/// Which launch of a process this is: the n-th (from 0) of this kernel on this device, whether measured or
/// not. Runs of one program are joined by it. For an NVTX range `name` is the range's and grid, block are
/// empty.
struct LaunchKey {
    std::string name;  ///< mangled
    std::int64_t ordinal = 0;
    std::string grid, block;  ///< "x,y,z"
};

/// One of several records of one row: each takes the place of the one before it.
struct Revision {
    std::int64_t row = 0;  ///< the process's own number of it
    bool isLast = true;
};

struct MeasuredRecord {
    int device = 0;  ///< SeenDevice::ordinal
    db::Record record;
    std::optional<LaunchKey> launch;                  ///< nullopt: no unprofiled run can tell its time
    std::optional<Interval> during = std::nullopt;    ///< first replay or pass to last; nullopt: not measured
    std::optional<Revision> revision = std::nullopt;  ///< nullopt: the only one of its row
};

/// Device time of one launch or range of a run without counters (Purpose::time).
struct Timing {
    int device = 0;
    LaunchKey launch;
    double timeNs = 0;
    std::optional<Interval> during = std::nullopt;  ///< nullopt: not known
};

/// For people, on stderr; without a line end.
struct Note {
    std::string text;
};

/// Nothing (more) will be measured in this process, and why. The program goes on, unless `ridge` ends it.
struct Refusal {
    ExitCode code = ExitCode::failed;
    std::string message, hint;
    bool everywhere = false;  ///< the reason holds for the other processes of the program too
};

/// The last line of a process that ends in order: what it saw, so that `ridge` can say why nothing was
/// measured. In range mode a launch is an occurrence of any NVTX range.
struct Bye {
    std::int64_t launches = 0;  ///< all there were
    std::int64_t matched = 0;   ///< that the filters let through, before --skip and --count
};

using Event = std::variant<Hello, SeenDevice, MeasuredRecord, Timing, Note, Refusal, Bye>;

/// Without a line end. Throws ridge::Error (failed) for a record with a number that is not finite.
[[nodiscard]] std::string encode(const Event& event);
/// Throws ridge::Error (failed) when the line is no event.
[[nodiscard]] Event decodeEvent(const std::string& line);

}  // namespace ridge::inject
