// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/leases.hpp"

#include <fmt/format.h>

#include "db/model/error.hpp"

namespace ridge::cupti {
namespace {

void checkDriver(CUresult status, const char* call) {
    if (status == CUDA_SUCCESS) return;
    throw Error(ExitCode::failed,
                fmt::format("{} gives CUDA driver error {}", call, static_cast<int>(status)),
                "the GPU may be full, lost or in exclusive use: end what runs on it, or look for Xid lines "
                "in 'dmesg'");
}

}  // namespace

PrimaryContext::PrimaryContext(const Driver& driver, CUdevice device) : m_driver(driver), m_device(device) {
    checkDriver(m_driver.primaryCtxRetain(&m_context, m_device), "cuDevicePrimaryCtxRetain");
}

PrimaryContext::~PrimaryContext() {
    static_cast<void>(m_driver.primaryCtxRelease(m_device));
}

CurrentContext::CurrentContext(const Driver& driver, CUcontext context) : m_driver(driver) {
    checkDriver(m_driver.ctxGetCurrent(&m_before), "cuCtxGetCurrent");
    if (m_before == context) return;
    checkDriver(m_driver.ctxSetCurrent(context), "cuCtxSetCurrent");
    m_changed = true;
}

CurrentContext::~CurrentContext() {
    if (m_changed) static_cast<void>(m_driver.ctxSetCurrent(m_before));
}

}  // namespace ridge::cupti
