// SPDX-License-Identifier: Apache-2.0
// A named NVTX range of domain `ridge`, so that Nsight tools find a point by its name; costs nothing
// unattached.
#pragma once

#include <nvtx3/nvToolsExt.h>

#include <string>

namespace ridge::worker {

class NvtxRange {
 public:
    explicit NvtxRange(const std::string& name) {
        nvtxEventAttributes_t attributes{};
        attributes.version = NVTX_VERSION;
        attributes.size = NVTX_EVENT_ATTRIB_STRUCT_SIZE;
        attributes.messageType = NVTX_MESSAGE_TYPE_ASCII;
        attributes.message.ascii = name.c_str();
        nvtxDomainRangePushEx(domain(), &attributes);
    }
    ~NvtxRange() { nvtxDomainRangePop(domain()); }
    NvtxRange(const NvtxRange&) = delete;
    NvtxRange& operator=(const NvtxRange&) = delete;

 private:
    static nvtxDomainHandle_t domain() {
        static const nvtxDomainHandle_t handle = nvtxDomainCreateA("ridge");
        return handle;
    }
};

}  // namespace ridge::worker
