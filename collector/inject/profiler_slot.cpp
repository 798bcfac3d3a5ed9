// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/profiler_slot.hpp"

#include <fmt/format.h>

#include <bit>
#include <utility>

#include "collector/cupti/error.hpp"
#include "collector/inject/refusal.hpp"

namespace ridge::inject {
namespace {

constexpr int patience = 3;

}  // namespace

ProfilerSlot::ProfilerSlot(const cupti::Api& api, const cupti::Driver& driver, std::string metricSet,
                           Report report)
    : m_api(api), m_driver(driver), m_setName(std::move(metricSet)), m_report(std::move(report)) {}

void ProfilerSlot::refuse(const std::exception& error) {
    if (m_usable.exchange(false)) m_report(refusalFor(error));
}

void ProfilerSlot::note(const std::string& text) {
    const std::lock_guard lock(m_notesMutex);
    if (m_notes.insert(text).second) m_report(Note{text});
}

Context* ProfilerSlot::find(CUcontext handle, RecentContext& recent) {
    const std::lock_guard lock(m_contextsMutex);
    Context*& known = m_contexts[handle];
    if (known == nullptr) {
        CUdevice device = 0;
        if (handle == nullptr || m_driver.ctxGetDevice(&device) != CUDA_SUCCESS) {
            m_contexts.erase(handle);
            return nullptr;
        }
        m_everyContext.push_back(std::make_unique<Context>());
        known = m_everyContext.back().get();
        known->handle = handle;
        known->device = device;
    }
    recent = {m_destroyed.load(), handle, known};
    return known;
}

void ProfilerSlot::contextDestroyed(CUcontext handle) {
    const auto alone = turn();
    if (m_session && m_session->context() == handle) drop();
    const std::lock_guard lock(m_contextsMutex);
    m_contexts.erase(handle);
    ++m_destroyed;
    ++m_codeChanges;
}

DeviceCounters& ProfilerSlot::counters(const Context& context) {
    auto& device = m_devices[context.device];
    if (!device) {
        if (!m_set) m_set = metrics::loadSet(m_setName);
        device = std::make_unique<DeviceCounters>(
            m_api, m_driver, context.handle, context.device, *m_set,
            [&](const std::string& chip) { announce(context.device, chip); });
    }
    return *device;
}

void ProfilerSlot::announce(int device, const std::string& chip) {
    m_report(seenDevice(m_driver, device, chip));
    m_announced |= std::uint64_t{1} << (device & 63);
}

bool ProfilerSlot::vacate(const Context& context) {
    if (!m_session || m_sessionContext == &context) return true;
    // A launch of that context that is under way must not meet the profiler being disabled.
    LaunchGate& gate = m_sessionContext->gate;
    if (!gate.close()) return false;
    drop();
    gate.open();
    return true;
}

ProfilerSession& ProfilerSlot::session(Context& context, const cupti::CollectionPlan& plan,
                                       ProfilerSession::Kind kind, std::size_t ranges) {
    if (m_session && !m_isSpoiled && m_sessionContext == &context) {
        if (&m_session->plan() == &plan && m_session->ranges() == ranges) return *m_session;
        try {
            m_session->configure(plan, ranges);
            return *m_session;
        } catch (const cupti::CuptiError&) {  // then with a profiler that has not been configured before
            drop();
        }
    }
    if (!vacate(context))
        throw Error(ExitCode::failed, "a launch in another CUDA context does not return", "profile it alone");
    drop();
    m_session = std::make_unique<ProfilerSession>(m_api, context.handle, plan, kind, ranges);
    m_sessionContext = &context;
    return *m_session;
}

void ProfilerSlot::drop() {
    m_session.reset();
    m_sessionContext = nullptr;
    m_isSpoiled = false;
}

void ProfilerSlot::failed(const std::exception& error, const Context& context) {
    drop();
    if (++m_failures[context.device] >= patience) giveUp(context.device, error);
}

void ProfilerSlot::giveUp(int device, const std::exception& error) {
    m_givenUp |= std::uint64_t{1} << (device & 63);
    int visible = 0;
    const bool known = m_driver.deviceGetCount(&visible) == CUDA_SUCCESS;
    if (!known || std::popcount(m_givenUp.load()) >= visible) return refuse(error);
    note(fmt::format("GPU {}: nothing more is measured on it: {}", device, error.what()));
}

bool ProfilerSlot::survives(const std::exception& error, const Context& context) {
    const Refusal refusal = refusalFor(error);
    if (refusal.everywhere || refusal.code == ExitCode::usage) return false;
    if (!isAnnounced(context)) announce(context.device, {});
    failed(error, context);
    return true;
}

}  // namespace ridge::inject
