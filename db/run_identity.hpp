// SPDX-License-Identifier: Apache-2.0
// What names a run in any file: a random UUID and the time in UTC.
#pragma once

#include <string>

namespace ridge::db {

/// RFC 9562 version 4, lower case.
[[nodiscard]] std::string randomUuid();
/// The present, "2025-01-31T23:59:59Z".
[[nodiscard]] std::string utcNow();

}  // namespace ridge::db
