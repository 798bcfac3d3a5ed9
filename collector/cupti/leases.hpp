// SPDX-License-Identifier: Apache-2.0
// Scopes of what a counting process holds: the device's primary context, the current context.
#pragma once

#include "collector/cupti/driver.hpp"

namespace ridge::cupti {

/// The primary context of a device, the one the CUDA runtime uses too.
class PrimaryContext {
 public:
    /// Throws ridge::Error (failed) when the driver does not give it.
    PrimaryContext(const Driver& driver, CUdevice device);
    PrimaryContext(const PrimaryContext&) = delete;
    PrimaryContext& operator=(const PrimaryContext&) = delete;
    ~PrimaryContext();

    [[nodiscard]] CUcontext get() const noexcept { return m_context; }

 private:
    const Driver& m_driver;
    CUdevice m_device;
    CUcontext m_context = nullptr;
};

/// Makes a context current on this thread, and the one before it again when the scope ends.
class CurrentContext {
 public:
    /// Throws ridge::Error (failed).
    CurrentContext(const Driver& driver, CUcontext context);
    CurrentContext(const CurrentContext&) = delete;
    CurrentContext& operator=(const CurrentContext&) = delete;
    ~CurrentContext();

 private:
    const Driver& m_driver;
    CUcontext m_before = nullptr;
    bool m_changed = false;
};

}  // namespace ridge::cupti
