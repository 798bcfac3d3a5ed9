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
            alone = gate.close() && alone;
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
        state = gate.close() ? 1 : -1;
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
    CHECK(other.close());
    other.open();
    LaunchGate::leave(mine());
}

TEST_CASE("a launch that does not return is given up on, soon at the next time, and the gate is left open") {
    using Clock = std::chrono::steady_clock;
    using std::chrono::milliseconds;
    for (const bool kernelFences : {true, false}) {
        if (kernelFences && !LaunchGate::kernelFences()) continue;
        LaunchGate gate(kernelFences, milliseconds(400));
        std::atomic<int> state{0};
        std::thread stuck([&] {
            gate.pass(mine());
            state = 1;
            state.notify_one();
            state.wait(1);
            LaunchGate::leave(mine());
            state = 3;
        });
        state.wait(0);
        const auto start = Clock::now();
        CHECK_FALSE(gate.close());
        CHECK(Clock::now() - start >= milliseconds(400));
        gate.pass(mine());  // would wait
        LaunchGate::leave(mine());
        const auto again = Clock::now();
        CHECK_FALSE(gate.close());
        CHECK(Clock::now() - again < milliseconds(400));
        state = 2;
        state.notify_one();
        stuck.join();
        CHECK(gate.close());
        gate.open();
        gate.pass(mine());
        std::thread late([&] {
            const auto patient = Clock::now();
            CHECK_FALSE(gate.close());
            CHECK(Clock::now() - patient >= milliseconds(400));
        });
        late.join();
        LaunchGate::leave(mine());
    }
}

TEST_CASE("who waited at a gate whose closing was given up passes") {
    LaunchGate gate(LaunchGate::kernelFences(), std::chrono::milliseconds(200));
    gate.pass(mine());
    std::atomic<bool> closing{false};
    std::thread closer([&] {
        closing = true;
        CHECK_FALSE(gate.close());
    });
    while (!closing) std::this_thread::yield();
    std::thread waiting([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        gate.pass(mine());
        LaunchGate::leave(mine());
    });
    closer.join();
    waiting.join();
    LaunchGate::leave(mine());
}
