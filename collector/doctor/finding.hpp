// SPDX-License-Identifier: Apache-2.0
// One line of `ridge doctor`: ok, or what is wrong and what to do.
#pragma once

#include <string>

namespace ridge::doctor {

struct Finding {
    std::string name;  ///< driver, device, cupti, permission, holders
    bool ok = false;
    std::string text, remedy;
};

}  // namespace ridge::doctor
