// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/nvtx_hooks.hpp"

#define NVTX_NO_IMPL
#include <nvtx3/nvToolsExt.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "collector/inject/nvtx_expression.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::inject;

namespace {

/// The function table that NVTX keeps in each library of a program.
struct FakeNvtx {
    std::array<NvtxFunctionPointer, NVTX_CBID_CORE_SIZE> core{};
    std::array<NvtxFunctionPointer, NVTX_CBID_CORE2_SIZE> core2{};
    std::array<NvtxFunctionPointer*, NVTX_CBID_CORE_SIZE> coreSlots{};
    std::array<NvtxFunctionPointer*, NVTX_CBID_CORE2_SIZE> core2Slots{};

    FakeNvtx() {
        for (std::size_t i = 1; i < core.size(); ++i) coreSlots[i] = &core[i];
        for (std::size_t i = 1; i < core2.size(); ++i) core2Slots[i] = &core2[i];
    }
};
FakeNvtx nvtx;

int tableOf(NvtxCallbackModule module, NvtxFunctionTable* table, unsigned* size) {
    if (module != NVTX_CB_MODULE_CORE && module != NVTX_CB_MODULE_CORE2) return 0;
    const bool first = module == NVTX_CB_MODULE_CORE;
    *table = first ? nvtx.coreSlots.data() : nvtx.core2Slots.data();
    *size = static_cast<unsigned>(first ? nvtx.coreSlots.size() : nvtx.core2Slots.size());
    return 1;
}

NvtxExportTableCallbacks callbacks{sizeof(NvtxExportTableCallbacks), &tableOf};

const void* exportTable(unsigned id) {
    return id == NVTX_ETID_CALLBACKS ? &callbacks : nullptr;
}

template <class Function>
Function coreCall(NvtxCallbackIdCore id) {
    REQUIRE(nvtx.core[id] != nullptr);
    return reinterpret_cast<Function>(nvtx.core[id]);
}
template <class Function>
Function core2Call(NvtxCallbackIdCore2 id) {
    REQUIRE(nvtx.core2[id] != nullptr);
    return reinterpret_cast<Function>(nvtx.core2[id]);
}

nvtxEventAttributes_t named(nvtxMessageType_t type) {
    nvtxEventAttributes_t event{};
    event.version = NVTX_VERSION;
    event.size = NVTX_EVENT_ATTRIB_STRUCT_SIZE;
    event.messageType = type;
    return event;
}

std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const NvtxRange& range : threadRanges())
        found.push_back(range.domain.empty() ? range.name : range.domain + "@" + range.name);
    return found;
}
using Names = std::vector<std::string>;

struct Recording : RangeListener {
    Names told;
    void pushed(std::span<const NvtxRange> stack) override { told.push_back("+" + stack.back().name); }
    void started(const NvtxRange& range, std::span<const NvtxRange> open) override {
        told.push_back("<" + range.name + " of " + std::to_string(open.size()));
    }
    void closing(const NvtxRange& range) override { told.push_back("-" + range.name); }
};

}  // namespace

TEST_CASE("NVTX's table is taken whole, and a table that is none is refused") {
    CHECK(hookNvtx(&exportTable));
    for (const int id : {NVTX_CBID_CORE_RangeStartEx, NVTX_CBID_CORE_RangeStartA, NVTX_CBID_CORE_RangeStartW,
                         NVTX_CBID_CORE_RangeEnd, NVTX_CBID_CORE_RangePushEx, NVTX_CBID_CORE_RangePushA,
                         NVTX_CBID_CORE_RangePushW, NVTX_CBID_CORE_RangePop}) {
        CHECK(nvtx.core[static_cast<std::size_t>(id)] != nullptr);
    }
    CHECK(nvtx.core[NVTX_CBID_CORE_MarkA] == nullptr);
    CHECK_FALSE(hookNvtx(nullptr));
    CHECK_FALSE(hookNvtx([](unsigned) -> const void* { return nullptr; }));
}

TEST_CASE("push and pop nest, by thread and by domain, and answer with NVTX's levels") {
    REQUIRE(hookNvtx(&exportTable));
    const auto push = coreCall<nvtxRangePushA_impl_fntype>(NVTX_CBID_CORE_RangePushA);
    const auto pushWide = coreCall<nvtxRangePushW_impl_fntype>(NVTX_CBID_CORE_RangePushW);
    const auto pop = coreCall<nvtxRangePop_impl_fntype>(NVTX_CBID_CORE_RangePop);
    const auto create = core2Call<nvtxDomainCreateA_impl_fntype>(NVTX_CBID_CORE2_DomainCreateA);
    const auto domainPush = core2Call<nvtxDomainRangePushEx_impl_fntype>(NVTX_CBID_CORE2_DomainRangePushEx);
    const auto domainPop = core2Call<nvtxDomainRangePop_impl_fntype>(NVTX_CBID_CORE2_DomainRangePop);
    const auto domain = create("lib");
    CHECK(create("lib") == domain);

    CHECK(push("outer") == 0);
    nvtxEventAttributes_t event = named(NVTX_MESSAGE_TYPE_ASCII);
    event.message.ascii = "inside";
    CHECK(domainPush(domain, &event) == 0);
    CHECK(pushWide(L"\x00fc\x20ac\U0001F600") == 1);
    CHECK(names() == Names{"outer", "lib@inside", "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80"});
    std::thread([] { CHECK(threadRanges().empty()); }).join();
    CHECK(NvtxExpression::parse("outer/").matches(threadRanges(), {}));
    CHECK(NvtxExpression::parse("lib@inside/").matches(threadRanges(), {}));

    CHECK(pop() == 1);
    CHECK(pop() == 0);
    CHECK(names() == Names{"lib@inside"});
    CHECK(pop() == NVTX_NO_PUSH_POP_TRACKING);
    CHECK(domainPop(domain) == 0);
    CHECK(threadRanges().empty());
}

TEST_CASE("registered strings and events without a message are names too") {
    REQUIRE(hookNvtx(&exportTable));
    const auto reg = core2Call<nvtxDomainRegisterStringA_impl_fntype>(NVTX_CBID_CORE2_DomainRegisterStringA);
    const auto push = coreCall<nvtxRangePushEx_impl_fntype>(NVTX_CBID_CORE_RangePushEx);
    const auto pop = coreCall<nvtxRangePop_impl_fntype>(NVTX_CBID_CORE_RangePop);
    nvtxEventAttributes_t event = named(NVTX_MESSAGE_TYPE_REGISTERED);
    event.message.registered = reg(nullptr, "layer 7");
    push(&event);
    const nvtxEventAttributes_t silent = named(NVTX_MESSAGE_UNKNOWN);
    push(&silent);
    CHECK(names() == Names{"layer 7", ""});
    pop();
    pop();
}

TEST_CASE("start/end ranges belong to the process and end on any thread") {
    REQUIRE(hookNvtx(&exportTable));
    const auto start = coreCall<nvtxRangeStartA_impl_fntype>(NVTX_CBID_CORE_RangeStartA);
    const auto end = coreCall<nvtxRangeEnd_impl_fntype>(NVTX_CBID_CORE_RangeEnd);
    CHECK(startedRanges().empty());
    const auto first = start("epoch");
    const auto second = start("epoch");
    CHECK(first != second);
    std::thread([&] { end(first); }).join();
    REQUIRE(startedRanges().size() == 1);
    CHECK(startedRanges()[0].key == second);
    end(first);
    end(second);
    CHECK(startedRanges().empty());
}

TEST_CASE("a thread begins without the ranges that another left open, and all that were opened are counted") {
    REQUIRE(hookNvtx(&exportTable));
    const auto push = coreCall<nvtxRangePushA_impl_fntype>(NVTX_CBID_CORE_RangePushA);
    const auto start = coreCall<nvtxRangeStartA_impl_fntype>(NVTX_CBID_CORE_RangeStartA);
    const auto end = coreCall<nvtxRangeEnd_impl_fntype>(NVTX_CBID_CORE_RangeEnd);
    const std::int64_t before = openedRanges();
    std::vector<std::uint64_t> keys;
    for (int i = 0; i < 3; ++i) {
        std::thread([&] {
            CHECK(threadRanges().empty());
            CHECK(push("left open") == 0);
            keys.push_back(threadRanges()[0].key);
        }).join();
    }
    end(start("epoch"));
    CHECK(openedRanges() == before + 4);
    CHECK(keys[0] != keys[1]);
    CHECK(keys[1] != keys[2]);
}

TEST_CASE("a listener hears of a range while it is open") {
    REQUIRE(hookNvtx(&exportTable));
    const auto push = coreCall<nvtxRangePushA_impl_fntype>(NVTX_CBID_CORE_RangePushA);
    const auto pop = coreCall<nvtxRangePop_impl_fntype>(NVTX_CBID_CORE_RangePop);
    const auto start = coreCall<nvtxRangeStartA_impl_fntype>(NVTX_CBID_CORE_RangeStartA);
    const auto end = coreCall<nvtxRangeEnd_impl_fntype>(NVTX_CBID_CORE_RangeEnd);
    Recording recording;
    listenToRanges(&recording);
    push("a");
    const auto id = start("s");
    pop();
    end(id);
    listenToRanges(nullptr);
    push("unheard");
    pop();
    CHECK(recording.told == Names{"+a", "<s of 1", "-a", "-s"});
}
