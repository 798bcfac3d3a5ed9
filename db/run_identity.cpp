// SPDX-License-Identifier: Apache-2.0
#include "db/run_identity.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>

#include "db/model/error.hpp"

namespace ridge::db {

std::string randomUuid() {
    constexpr const char* digits = "0123456789abcdef";
    std::string uuid = "xxxxxxxx-xxxx-4xxx-Nxxx-xxxxxxxxxxxx";
    // Not std::random_device: that of GCC 12 needs glibc 2.36, and a portable build should run on older ones.
    std::array<std::uint8_t, 36> random{};
    if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
        throw Error(ExitCode::failed,
                    std::string("the system gives no random numbers: ") + std::strerror(errno));
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        if (uuid[i] == 'x') uuid[i] = digits[random[i] % 16];
        if (uuid[i] == 'N') uuid[i] = digits[8 + random[i] % 4];  // the variant: binary 10
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
