// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/thread_slots.hpp"

#include <set>
#include <thread>

#include "tests/support/catch.hpp"

using ridge::inject::ThreadSlots;

namespace {

struct Slot {
    int owners = 0;
    void handOver() noexcept { ++owners; }
};
using Slots = ThreadSlots<Slot>;

}  // namespace

TEST_CASE("a thread finds its own slot again, and a thread that ended leaves its slot to the next one") {
    Slot* mine = Slots::mine();
    REQUIRE(mine != nullptr);
    CHECK(Slots::mine() == mine);
    CHECK(mine->owners == 1);
    std::set<Slot*> others;
    for (int i = 0; i < 3; ++i) std::thread([&] { others.insert(Slots::mine()); }).join();
    REQUIRE(others.size() == 1);
    CHECK(*others.begin() != mine);
    CHECK((*others.begin())->owners == 3);
    std::set<const Slot*> all;
    Slots::visitAll([&](const Slot& slot) { all.insert(&slot); });
    CHECK(all == std::set<const Slot*>{mine, *others.begin()});
}

TEST_CASE("threads that run at once have slots of their own") {
    Slot *first = nullptr, *second = nullptr;
    std::thread([&] {
        first = Slots::mine();
        std::thread([&] { second = Slots::mine(); }).join();
    }).join();
    REQUIRE(first != nullptr);
    CHECK(first != second);
}
