// SPDX-License-Identifier: Apache-2.0
#define NVTX_NO_IMPL
#include "collector/inject/nvtx_hooks.hpp"

#include <nvtx3/nvToolsExt.h>

#include <atomic>
#include <cwchar>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>

#include "collector/inject/thread_slots.hpp"

namespace ridge::inject {
namespace {

/// Nothing here is ever freed: a program may call NVTX until its very end, and keeps the handles.
struct Registry {
    StartedRanges started;
    std::mutex mutex;
    std::map<std::string, std::unique_ptr<std::string>> domains;
    std::vector<std::unique_ptr<std::string>> strings;
};

std::atomic<Registry*> current{nullptr};
std::atomic<RangeListener*> listener{nullptr};
std::atomic<std::uint64_t> lastKey{0};  ///< of a start/end range
std::atomic<std::uint64_t> threads{0};  ///< that pushed a range
std::atomic<std::uint64_t> startedVersion{0};
std::atomic<int> openStarted{0};

/// Push/pop ranges of a thread, numbered without asking the others: keys begin with a number of its own.
struct Own {
    const std::uint64_t first = ++threads << 32;
    std::atomic<std::uint64_t> key{first};  ///< the latest; its thread alone writes
    ThreadRanges ranges;

    [[nodiscard]] std::uint64_t nextKey() noexcept {
        const std::uint64_t next = key.load(std::memory_order_relaxed) + 1;
        key.store(next, std::memory_order_relaxed);
        return next;
    }
    void handOver() noexcept { ranges.clear(); }
};

Registry& registry() {
    Registry* found = current.load();
    if (found != nullptr) return *found;
    auto fresh = std::make_unique<Registry>();
    return current.compare_exchange_strong(found, fresh.get()) ? *fresh.release() : *found;
}

/// NVTX's wide characters are UTF-32 on Linux.
std::string utf8(const wchar_t* text) {
    std::string result;
    for (; text != nullptr && *text != 0; ++text) {
        const auto code = static_cast<char32_t>(*text);
        const auto append = [&result](std::uint32_t byte) { result += static_cast<char>(byte); };
        if (code < 0x80) {
            append(code);
        } else if (code < 0x800) {
            append(0xC0 | code >> 6);
            append(0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
            append(0xE0 | code >> 12);
            append(0x80 | (code >> 6 & 0x3F));
            append(0x80 | (code & 0x3F));
        } else {
            append(0xF0 | (code >> 18 & 0x07));
            append(0x80 | (code >> 12 & 0x3F));
            append(0x80 | (code >> 6 & 0x3F));
            append(0x80 | (code & 0x3F));
        }
    }
    return result;
}

std::string_view textOf(const char* text) {
    return text == nullptr ? std::string_view() : text;
}

// Handles given to the program are addresses of strings in the registry.
std::string_view domainName(nvtxDomainHandle_t domain) {
    return domain == nullptr ? std::string_view() : *reinterpret_cast<const std::string*>(domain);
}

/// `wide` keeps what had to be converted.
std::string_view textOf(const nvtxEventAttributes_t* event, std::string& wide) {
    if (event == nullptr) return {};
    switch (event->messageType) {
        case NVTX_MESSAGE_TYPE_ASCII:
            return textOf(event->message.ascii);
        case NVTX_MESSAGE_TYPE_UNICODE:
            return wide = utf8(event->message.unicode);
        case NVTX_MESSAGE_TYPE_REGISTERED:
            return event->message.registered == nullptr
                       ? std::string_view()
                       : *reinterpret_cast<const std::string*>(event->message.registered);
        default:
            return {};
    }
}

int push(std::string_view domain, std::string_view name) noexcept {
    try {
        Own* mine = ThreadSlots<Own>::mine();
        if (mine == nullptr) return NVTX_NO_PUSH_POP_TRACKING;
        const int level = mine->ranges.push(domain, name, mine->nextKey());
        if (RangeListener* told = listener.load()) told->pushed(mine->ranges.stack());
        return level;
    } catch (...) {  // out of memory: the program goes on, unheard
        return NVTX_NO_PUSH_POP_TRACKING;
    }
}

int pop(std::string_view domain) noexcept {
    try {
        Own* mine = ThreadSlots<Own>::mine();
        const NvtxRange* closing = mine == nullptr ? nullptr : mine->ranges.latest(domain);
        if (closing == nullptr) return NVTX_NO_PUSH_POP_TRACKING;
        if (RangeListener* told = listener.load()) told->closing(*closing);
        return mine->ranges.close(*closing);
    } catch (...) {
        return NVTX_NO_PUSH_POP_TRACKING;
    }
}

nvtxRangeId_t start(std::string_view domain, std::string_view name) noexcept {
    try {
        const NvtxRange range{std::string(domain), std::string(name), ++lastKey};
        registry().started.start(range.key, range);
        ++openStarted;
        ++startedVersion;  // after the change: who read it before reads the ranges again
        if (RangeListener* told = listener.load()) told->started(range, startedRanges());
        return range.key;
    } catch (...) {
        return 0;
    }
}

void end(nvtxRangeId_t id) noexcept {
    try {
        if (RangeListener* told = listener.load()) {
            for (const NvtxRange& range : startedRanges()) {
                if (range.key == id) told->closing(range);
            }
        }
        if (registry().started.end(id)) --openStarted;
        ++startedVersion;
    } catch (...) {  // a range that stays open is all that is lost
        return;
    }
}

nvtxDomainHandle_t createDomain(std::string name) noexcept {
    try {
        Registry& all = registry();
        const std::lock_guard lock(all.mutex);
        auto& known = all.domains[name];
        if (!known) known = std::make_unique<std::string>(std::move(name));
        return reinterpret_cast<nvtxDomainHandle_t>(known.get());
    } catch (...) {
        return nullptr;
    }
}

nvtxStringHandle_t registerString(std::string text) noexcept {
    try {
        Registry& all = registry();
        const std::lock_guard lock(all.mutex);
        all.strings.push_back(std::make_unique<std::string>(std::move(text)));
        return reinterpret_cast<nvtxStringHandle_t>(all.strings.back().get());
    } catch (...) {
        return nullptr;
    }
}

/// The function pointers of one NVTX module; a slot that this NVTX does not have is left out.
class Module {
 public:
    Module(const NvtxExportTableCallbacks& callbacks, NvtxCallbackModule module) {
        m_there = callbacks.GetModuleFunctionTable(module, &m_table, &m_size) != 0 && m_table != nullptr;
    }
    [[nodiscard]] bool isThere() const { return m_there; }

    template <class Function>
    void set(unsigned slot, Function* function) const {
        if (slot < m_size && m_table[slot] != nullptr)
            *m_table[slot] = reinterpret_cast<NvtxFunctionPointer>(function);
    }

 private:
    NvtxFunctionTable m_table = nullptr;
    unsigned m_size = 0;
    bool m_there = false;
};

// Each typed as NVTX declares it, so that a wrong signature does not compile.
void hookCore(const Module& core) {
    const nvtxRangePushEx_impl_fntype pushEx = [](const nvtxEventAttributes_t* event) {
        std::string wide;
        return push({}, textOf(event, wide));
    };
    const nvtxRangePushA_impl_fntype pushA = [](const char* text) { return push({}, textOf(text)); };
    const nvtxRangePushW_impl_fntype pushW = [](const wchar_t* text) { return push({}, utf8(text)); };
    const nvtxRangePop_impl_fntype popTop = [] { return pop({}); };
    const nvtxRangeStartEx_impl_fntype startEx = [](const nvtxEventAttributes_t* event) {
        std::string wide;
        return start({}, textOf(event, wide));
    };
    const nvtxRangeStartA_impl_fntype startA = [](const char* text) { return start({}, textOf(text)); };
    const nvtxRangeStartW_impl_fntype startW = [](const wchar_t* text) { return start({}, utf8(text)); };
    const nvtxRangeEnd_impl_fntype endOf = [](nvtxRangeId_t id) { end(id); };
    core.set(NVTX_CBID_CORE_RangePushEx, pushEx);
    core.set(NVTX_CBID_CORE_RangePushA, pushA);
    core.set(NVTX_CBID_CORE_RangePushW, pushW);
    core.set(NVTX_CBID_CORE_RangePop, popTop);
    core.set(NVTX_CBID_CORE_RangeStartEx, startEx);
    core.set(NVTX_CBID_CORE_RangeStartA, startA);
    core.set(NVTX_CBID_CORE_RangeStartW, startW);
    core.set(NVTX_CBID_CORE_RangeEnd, endOf);
}

void hookDomains(const Module& core2) {
    const nvtxDomainRangePushEx_impl_fntype pushEx = [](nvtxDomainHandle_t domain,
                                                        const nvtxEventAttributes_t* event) {
        std::string wide;
        return push(domainName(domain), textOf(event, wide));
    };
    const nvtxDomainRangePop_impl_fntype popTop = [](nvtxDomainHandle_t domain) {
        return pop(domainName(domain));
    };
    const nvtxDomainRangeStartEx_impl_fntype startEx = [](nvtxDomainHandle_t domain,
                                                          const nvtxEventAttributes_t* event) {
        std::string wide;
        return start(domainName(domain), textOf(event, wide));
    };
    const nvtxDomainRangeEnd_impl_fntype endOf = [](nvtxDomainHandle_t, nvtxRangeId_t id) { end(id); };
    const nvtxDomainCreateA_impl_fntype createA = [](const char* name) {
        return createDomain(std::string(textOf(name)));
    };
    const nvtxDomainCreateW_impl_fntype createW = [](const wchar_t* name) {
        return createDomain(utf8(name));
    };
    const nvtxDomainRegisterStringA_impl_fntype stringA = [](nvtxDomainHandle_t, const char* text) {
        return registerString(std::string(textOf(text)));
    };
    const nvtxDomainRegisterStringW_impl_fntype stringW = [](nvtxDomainHandle_t, const wchar_t* text) {
        return registerString(utf8(text));
    };
    core2.set(NVTX_CBID_CORE2_DomainRangePushEx, pushEx);
    core2.set(NVTX_CBID_CORE2_DomainRangePop, popTop);
    core2.set(NVTX_CBID_CORE2_DomainRangeStartEx, startEx);
    core2.set(NVTX_CBID_CORE2_DomainRangeEnd, endOf);
    core2.set(NVTX_CBID_CORE2_DomainCreateA, createA);
    core2.set(NVTX_CBID_CORE2_DomainCreateW, createW);
    core2.set(NVTX_CBID_CORE2_DomainRegisterStringA, stringA);
    core2.set(NVTX_CBID_CORE2_DomainRegisterStringW, stringW);
}

}  // namespace

std::span<const NvtxRange> threadRanges() noexcept {
    const Own* mine = ThreadSlots<Own>::mine();
    return mine == nullptr ? std::span<const NvtxRange>() : mine->ranges.stack();
}

std::uint64_t threadRangesVersion() noexcept {
    const Own* mine = ThreadSlots<Own>::mine();
    return mine == nullptr ? 0 : mine->ranges.version();
}

std::uint64_t startedRangesVersion() noexcept {
    return startedVersion.load();
}

std::vector<NvtxRange> startedRanges() {
    if (openStarted.load() == 0) return {};
    return registry().started.open();
}

std::int64_t openedRanges() noexcept {
    std::uint64_t opened = lastKey.load();
    ThreadSlots<Own>::visitAll([&opened](const Own& each) { opened += each.key.load() - each.first; });
    return static_cast<std::int64_t>(opened);
}

void listenToRanges(RangeListener* told) noexcept {
    listener.store(told);
}

void forgetOtherThreadsRanges() {
    listener.store(nullptr);
    openStarted.store(0);
    // The parent's registry stays as it is: the program keeps handles into it.
    current.store(std::make_unique<Registry>().release());
}

bool hookNvtx(const void* (*exportTable)(unsigned int)) noexcept {
    if (exportTable == nullptr) return false;
    const auto* callbacks = static_cast<const NvtxExportTableCallbacks*>(exportTable(NVTX_ETID_CALLBACKS));
    if (callbacks == nullptr || callbacks->struct_size < sizeof(NvtxExportTableCallbacks) ||
        callbacks->GetModuleFunctionTable == nullptr) {
        return false;
    }
    const Module core(*callbacks, NVTX_CB_MODULE_CORE);
    const Module core2(*callbacks, NVTX_CB_MODULE_CORE2);
    if (!core.isThere() || !core2.isThere()) return false;
    hookCore(core);
    hookDomains(core2);
    return true;
}

}  // namespace ridge::inject
