// SPDX-License-Identifier: Apache-2.0
#include "db/run_identity.hpp"

#include <array>
#include <ctime>
#include <random>

namespace ridge::db {

std::string randomUuid() {
    constexpr const char* digits = "0123456789abcdef";
    std::random_device device;
    std::string uuid = "xxxxxxxx-xxxx-4xxx-Nxxx-xxxxxxxxxxxx";
    for (char& c : uuid) {
        if (c == 'x') c = digits[device() % 16];
        if (c == 'N') c = digits[8 + device() % 4];  // the variant: binary 10
    }
    return uuid;
}

std::string utcNow() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text.data();
}

}  // namespace ridge::db
