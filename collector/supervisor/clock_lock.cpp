// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/clock_lock.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <exception>

#include "db/catalog/devices.hpp"
#include "db/model/device_uuid.hpp"
#include "db/model/error.hpp"

namespace ridge::supervisor {
namespace {

protocol::ClockWish wishFor(const protocol::DescribeReply& described, std::optional<double> mhz) {
    protocol::ClockWish wish{described.device.uuid, mhz, mhz.has_value(), described.pciBusId};
    if (mhz) return wish;
    if (const auto sheet = catalog::deviceByDriverName(db::wholeGpuName(described.device.name));
        sheet && sheet->device.boostClockHz)
        wish.mhz = *sheet->device.boostClockHz / 1e6;
    return wish;
}

}  // namespace

ClockLock::ClockLock(const std::filesystem::path& worker, const protocol::DescribeReply& described,
                     std::optional<double> mhz, std::chrono::milliseconds timeout)
    : m_holder(worker), m_uuid(described.device.uuid), m_pciBusId(described.pciBusId) {
    const Answer answer = m_holder.ask(protocol::encodeLockClocks(wishFor(described, mhz)), timeout);
    if (answer.kind != Answer::Kind::reply) {
        unlock();  // it may have got as far as the lock
        throw Error(ExitCode::failed, "the worker that locks clocks " + answer.text,
                    "leave out --lock-clocks");
    }
    m_text = fmt::format("sm {:.0f} MHz", 1e-6 * protocol::decodeClock(answer.text));
}

ClockLock::~ClockLock() {
    unlock();
}

void ClockLock::unlock() noexcept {
    constexpr std::chrono::milliseconds patience{4000};
    try {
        std::string reason;
        for (int tries = 0; tries < 2; ++tries) {  // the second asks another process, if the first one died
            const Answer answer = m_holder.ask(protocol::encodeUnlockClocks(m_uuid, m_pciBusId), patience);
            if (answer.kind == Answer::Kind::reply) {
                static_cast<void>(protocol::decodeClock(answer.text));
                return;
            }
            reason = answer.text;
        }
        throw Error(ExitCode::failed, "the worker " + reason);
    } catch (const std::exception& error) {
        std::fprintf(
            stderr,
            "ridge: the clocks of %s may still be locked: %s\n  reset them: sudo nvidia-smi -i %s -rgc\n",
            m_uuid.c_str(), error.what(), (db::isInstance(m_uuid) ? m_pciBusId : m_uuid).c_str());
    }
}

}  // namespace ridge::supervisor
