// SPDX-License-Identifier: Apache-2.0
// CUPTI's callbacks around the driver's calls: subscribed to, understood, and told to a recorder.
#pragma once

#include <cupti_callbacks.h>

#include <mutex>
#include <optional>

#include "collector/cupti/api.hpp"
#include "collector/inject/options.hpp"
#include "collector/inject/recorder.hpp"

namespace ridge::inject {

/// The launch that a driver call asks for; nullopt for every other call. The views last as long as the
/// callback.
[[nodiscard]] std::optional<Launch> launchOf(CUpti_CallbackId call, const CUpti_CallbackData& data);

/// Handles the callbacks of one subscription; nothing throws there. Launches are heard from the first
/// cuProfilerStart on where the options say so, and until the recorder needs none any more. A hook that goes
/// between a launch's two callbacks never hears the second: it may not go while anything may yet be measured,
/// which waits for others' launches to end. Nobody hears launches in a run for times.
class DriverHooks {
 public:
    /// All must outlive this.
    DriverHooks(const Options& options, const cupti::Api& api, ProgramState& program, Recorder& recorder);
    DriverHooks(const DriverHooks&) = delete;
    DriverHooks& operator=(const DriverHooks&) = delete;
    ~DriverHooks() = default;

    /// Throws CuptiError: 39 where another tool has subscribed. `callback` gets `userData` and passes on to
    /// called().
    void subscribe(CUpti_CallbackFunc callback, void* userData);
    /// One callback of CUPTI's.
    void called(CUpti_CallbackDomain domain, CUpti_CallbackId call, const void* data) noexcept;

 private:
    void hear(CUpti_CallbackDomain domain, CUpti_CallbackId call);
    void hearLaunches();
    void forgetLaunches();
    void driverCall(CUpti_CallbackId call, const CUpti_CallbackData& data);
    void captureCall(CUpti_CallbackId call, const CUpti_CallbackData& data, CUresult result);
    void graphCall(CUpti_CallbackId call, const CUpti_CallbackData& data);

    const Options& m_options;
    const cupti::Api& m_api;
    ProgramState& m_program;
    Recorder& m_recorder;
    CUpti_SubscriberHandle m_subscriber = nullptr;
    std::mutex m_mutex;  ///< CUPTI wants its enabling calls one at a time
    enum class Launches { notYet, heard, over } m_launches = Launches::notYet;
};

}  // namespace ridge::inject
