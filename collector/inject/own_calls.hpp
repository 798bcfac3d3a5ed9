// SPDX-License-Identifier: Apache-2.0
// Tells the driver calls of the measurement from those of the program, where a callback makes some that are
// heard themselves.
#pragma once

namespace ridge::inject {

/// While one lives, the driver calls of its thread are ours: nothing is made of them, whether CUPTI announces
/// calls from within a callback or not.
class OwnCalls {
 public:
    OwnCalls() noexcept { ++depth(); }
    OwnCalls(const OwnCalls&) = delete;
    OwnCalls& operator=(const OwnCalls&) = delete;
    ~OwnCalls() { --depth(); }

    [[nodiscard]] static bool here() noexcept { return depth() > 0; }

 private:
    [[nodiscard]] static int& depth() noexcept {
        [[gnu::tls_model("initial-exec")]] static thread_local constinit int calls =
            0;  // asked at every call
        return calls;
    }
};

}  // namespace ridge::inject
