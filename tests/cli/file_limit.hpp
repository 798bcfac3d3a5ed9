// SPDX-License-Identifier: Apache-2.0
// A full disk, for programs started while it lives: no file may grow beyond it.
#pragma once

#include <sys/resource.h>

namespace ridge::test {

class FileLimit {
 public:
    explicit FileLimit(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit{bytes, m_before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    FileLimit(const FileLimit&) = delete;
    FileLimit& operator=(const FileLimit&) = delete;
    ~FileLimit() { ::setrlimit(RLIMIT_FSIZE, &m_before); }

 private:
    rlimit m_before{};
};

}  // namespace ridge::test
