// SPDX-License-Identifier: Apache-2.0
// CUPTI's activity records in memory: those that a test puts into buffers arrive when they are flushed.
#pragma once

#include <cstring>
#include <set>
#include <vector>

#include "collector/inject/activity_log.hpp"
#include "tests/collector/cupti/fake_cupti.hpp"

namespace ridge::test {

inline CUpti_Activity& asActivity(auto& record) {
    return reinterpret_cast<CUpti_Activity&>(record);
}

inline inject::ActivityKernel kernelRecord(std::uint32_t device, std::uint64_t start, std::uint64_t end,
                                           const char* name = "gemm", std::uint32_t correlation = 1) {
    inject::ActivityKernel record{};
    record.kind = CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL;
    record.deviceId = device;
    record.start = start;
    record.end = end;
    record.name = name;
    record.correlationId = correlation;
    record.gridX = record.gridY = record.gridZ = 1;
    record.blockX = 32;
    record.blockY = record.blockZ = 1;
    return record;
}

/// A copy's or a set's.
template <class Record>
Record workRecord(CUpti_ActivityKind kind, std::uint32_t device, std::uint64_t start, std::uint64_t end) {
    Record record{};
    record.kind = kind;
    record.deviceId = device;
    record.start = start;
    record.end = end;
    return record;
}

inline inject::ActivityCopy copyRecord(std::uint32_t device, std::uint64_t start, std::uint64_t end) {
    return workRecord<inject::ActivityCopy>(CUPTI_ACTIVITY_KIND_MEMCPY, device, start, end);
}

inline inject::ActivityPeerCopy peerCopyRecord(std::uint32_t from, std::uint32_t to, std::uint64_t start,
                                               std::uint64_t end) {
    auto record = workRecord<inject::ActivityPeerCopy>(CUPTI_ACTIVITY_KIND_MEMCPY2, from, start, end);
    record.srcDeviceId = from;
    record.dstDeviceId = to;
    return record;
}

inline inject::ActivitySet setRecord(std::uint32_t device, std::uint64_t start, std::uint64_t end) {
    return workRecord<inject::ActivitySet>(CUPTI_ACTIVITY_KIND_MEMSET, device, start, end);
}

/// One at a time, as the API has no argument for it.
class FakeActivity {
 public:
    FakeActivity() { current() = this; }
    FakeActivity(const FakeActivity&) = delete;
    FakeActivity& operator=(const FakeActivity&) = delete;
    ~FakeActivity() { current() = nullptr; }

    /// FakeCupti's with activity records.
    [[nodiscard]] static cupti::Api api() {
        cupti::Api api = FakeCupti::api();
        api.activityRegisterCallbacks = [](CUpti_BuffersCallbackRequestFunc request,
                                           CUpti_BuffersCallbackCompleteFunc complete) {
            current()->m_request = request;
            current()->m_complete = complete;
            return CUPTI_SUCCESS;
        };
        api.activityEnable = [](CUpti_ActivityKind kind) {
            current()->enabled.insert(kind);
            return CUPTI_SUCCESS;
        };
        api.activityDisable = [](CUpti_ActivityKind kind) {
            current()->enabled.erase(kind);
            return CUPTI_SUCCESS;
        };
        api.activityFlushAll = [](std::uint32_t flag) {
            current()->flush(flag == CUPTI_ACTIVITY_FLAG_FLUSH_FORCED);
            return CUPTI_SUCCESS;
        };
        api.activityGetNextRecord = nextRecord;
        return api;
    }

    /// A record of a kind that is not enabled is lost.
    template <class Record>
    void put(const Record& record) {
        if (enabled.count(record.kind) == 0) return;
        if (m_buffers.empty()) fillAnother();
        Buffer& buffer = m_buffers.back();
        const std::size_t at = buffer.bytes.size();
        buffer.bytes.resize(at + sizeof record);
        std::memcpy(buffer.bytes.data() + at, &record, sizeof record);
        if (record.end == 0) buffer.isComplete = false;
    }
    /// The records from here on go into another buffer.
    void fillAnother() { m_buffers.emplace_back(); }

    std::set<CUpti_ActivityKind> enabled;

 private:
    struct Buffer {
        std::vector<std::uint8_t> bytes;
        bool isComplete = true;
    };

    static FakeActivity*& current() {
        static FakeActivity* fake = nullptr;
        return fake;
    }

    static std::size_t sizeOf(const CUpti_Activity& record) {
        switch (record.kind) {
            case CUPTI_ACTIVITY_KIND_MEMCPY:
                return sizeof(inject::ActivityCopy);
            case CUPTI_ACTIVITY_KIND_MEMCPY2:
                return sizeof(inject::ActivityPeerCopy);
            case CUPTI_ACTIVITY_KIND_MEMSET:
                return sizeof(inject::ActivitySet);
            default:
                return sizeof(inject::ActivityKernel);
        }
    }

    static CUptiResult nextRecord(std::uint8_t* buffer, std::size_t valid, CUpti_Activity** record) {
        std::uint8_t* next = buffer;
        if (*record != nullptr) next = reinterpret_cast<std::uint8_t*>(*record) + sizeOf(**record);
        if (next == buffer + valid) return CUPTI_ERROR_MAX_LIMIT_REACHED;
        *record = reinterpret_cast<CUpti_Activity*>(next);
        return CUPTI_SUCCESS;
    }

    /// As cuptiActivityFlushAll() says: without force, a buffer with a record that is not complete stays.
    void flush(bool forced) {
        std::vector<Buffer> held;
        for (const Buffer& buffer : m_buffers) {
            if (!forced && !buffer.isComplete) {
                held.push_back(buffer);
                continue;
            }
            std::uint8_t* lent = nullptr;
            std::size_t size = 0, most = 0;
            m_request(&lent, &size, &most);
            std::memcpy(lent, buffer.bytes.data(), buffer.bytes.size());
            m_complete(nullptr, 0, lent, size, buffer.bytes.size());
        }
        m_buffers = held;
    }

    CUpti_BuffersCallbackRequestFunc m_request = nullptr;
    CUpti_BuffersCallbackCompleteFunc m_complete = nullptr;
    std::vector<Buffer> m_buffers;
};

}  // namespace ridge::test
