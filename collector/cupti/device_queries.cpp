// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/device_queries.hpp"

#include <cmath>

#include "collector/cupti/error.hpp"
#include "collector/cupti/gate.hpp"

namespace ridge::cupti {

std::string chipOf(const Api& api, int ordinal) {
    CUpti_Device_GetChipName_Params params{.structSize = CUpti_Device_GetChipName_Params_STRUCT_SIZE,
                                           .pPriv = nullptr,
                                           .deviceIndex = static_cast<std::size_t>(ordinal),
                                           .pChipName = nullptr};
    check(api.deviceGetChipName(&params));
    return params.pChipName;
}

std::string chipAlone(const Api& api, const Driver* driver, int ordinal) {
    if (!passGate(api, driver, ordinal).isOpen()) return {};
    try {
        return chipOf(api, ordinal);
    } catch (const CuptiError&) {
        return {};
    }
}

std::vector<std::uint8_t> availabilityOf(const Api& api, CUcontext context) {
    CUpti_Profiler_GetCounterAvailability_Params params{
        .structSize = CUpti_Profiler_GetCounterAvailability_Params_STRUCT_SIZE,
        .pPriv = nullptr,
        .ctx = context,
        .counterAvailabilityImageSize = 0,
        .pCounterAvailabilityImage = nullptr};
    check(api.getCounterAvailability(&params));
    std::vector<std::uint8_t> image(params.counterAvailabilityImageSize);
    params.pCounterAvailabilityImage = image.data();
    check(api.getCounterAvailability(&params));
    return image;
}

void addValues(CounterReading& reading, const std::vector<std::string>& metrics,
               const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i])) {
            reading.refused.push_back(metrics[i]);
        } else {
            reading.values[metrics[i]] = values[i];
        }
    }
}

}  // namespace ridge::cupti
