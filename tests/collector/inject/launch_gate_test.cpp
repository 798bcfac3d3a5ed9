// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/launch_gate.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "collector/inject/thread_slots.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::inject;

namespace {

/// A thread's passage, for a thread of the tests to come once it has ended.
struct Slot {
    Passage passage;
    void handOver() noexcept { LaunchGate::leave(passage); }
};

Passage& mine() {
    return ThreadSlots<Slot>::mine()->passage;
}

}  // namespace

TEST_CASE("whoever closes a gate is alone, with the kernel's fences and without") {
    for (const bool kernelFences : {true, false}) {
        if (kernelFences && !LaunchGate::kernelFences()) continue;
        LaunchGate gate(kernelFences);
        std::array<std::atomic<bool>, 2> inside{};
        std::atomic<bool> over{false};
        std::atomic<int> passed{0};
        std::vector<std::thread> threads;
        threads.reserve(inside.size());
        for (auto& here : inside) {
            threads.emplace_back([&] {
                while (!over) {
                    gate.pass(mine());
                    here.store(true, std::memory_order_relaxed);
                    ++passed;
                    here.store(false, std::memory_order_relaxed);
                    LaunchGate::leave(mine());
                }
            });
        }
        bool alone = true;
        for (int i = 0; i < 50; ++i) {
            for (const int before = passed; passed == before;) std::this_thread::yield();
            gate.close();
            for (int look = 0; look < 20; ++look) {
                for (const auto& there : inside) alone = alone && !there.load(std::memory_order_relaxed);
            }
            gate.open();
        }
        over = true;
        for (std::thread& thread : threads) thread.join();
        CHECK(alone);
    }
}

TEST_CASE("closing waits for a launch under way, and a closed gate for its opening") {
    LaunchGate gate;
    gate.pass(mine());
    std::atomic<int> state{0};
    std::thread closer([&] {
        gate.close();
        state = 1;
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        state = 2;
        gate.open();
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    CHECK(state == 0);
    LaunchGate::leave(mine());
    while (state == 0) std::this_thread::yield();
    gate.pass(mine());
    CHECK(state == 2);
    LaunchGate::leave(mine());
    closer.join();
}

TEST_CASE("gates know nothing of one another") {
    LaunchGate one, other;
    one.pass(mine());
    other.close();  // would wait forever
    other.open();
    LaunchGate::leave(mine());
}
