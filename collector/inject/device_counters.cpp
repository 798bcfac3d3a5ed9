// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/device_counters.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "collector/cupti/device_queries.hpp"
#include "collector/cupti/gate.hpp"
#include "collector/cupti/succession.hpp"
#include "collector/metrics/silent_zero.hpp"
#include "db/model/device_uuid.hpp"

namespace ridge::inject {
namespace {

/// Of kernels and shapes that are remembered, about a kilobyte each; beyond it all is learned anew.
constexpr std::size_t mostHistories = 20000;
/// Of first rows that are kept, about ten kilobytes each; beyond it those kept stay as they are in the file.
constexpr std::size_t mostKeptRows = 2000;

const cupti::Api& behindGate(const cupti::Api& api, const cupti::Driver& driver, int ordinal) {
    cupti::requireOpen(cupti::passGate(api, &driver, ordinal));
    return api;
}

std::string told(std::string chip, const DeviceCounters::OnChip& onChip) {
    onChip(chip);
    return chip;
}

std::optional<std::int64_t> attribute(const cupti::Driver& driver, CUdevice_attribute which, int ordinal) {
    int value = 0;
    if (driver.deviceGetAttribute(&value, which, ordinal) != CUDA_SUCCESS) return std::nullopt;
    return value;
}

std::string uuidOf(const cupti::Driver& driver, int ordinal, const std::string& name) {
    CUuuid uuid{};
    if (driver.deviceGetUuid(&uuid, ordinal) != CUDA_SUCCESS) return {};
    std::array<unsigned char, sizeof uuid.bytes> bytes{};
    std::memcpy(bytes.data(), uuid.bytes, bytes.size());
    return db::uuidText(bytes, name);
}

}  // namespace

DeviceCounters::DeviceCounters(const cupti::Api& api, const cupti::Driver& driver, CUcontext context,
                               int ordinal, const metrics::MetricSet& set, const OnChip& onChip)
    : m_api(behindGate(api, driver, ordinal)),
      m_set(set),
      m_chip(told(cupti::chipOf(m_api, ordinal), onChip)),
      m_availability(cupti::availabilityOf(m_api, context)),
      m_host(m_api, m_chip, m_availability),
      m_resolution(metrics::resolve(set, m_host.counters())) {}

Error DeviceCounters::noMetric() const {
    return {ExitCode::failed, fmt::format("{} takes no metric of the set '{}'", m_chip, m_set.name),
            "choose another: ridge list metrics --chip " + m_chip};
}

KernelHistory& DeviceCounters::history(const LaunchIdentity& identity) {
    if (m_histories.size() >= mostHistories) m_histories.clear();
    return m_histories[identity];
}

void DeviceCounters::keep(KernelHistory& history, MeasuredRecord first) {
    if (m_keptRows++ >= mostKeptRows) {
        for (auto& [identity, other] : m_histories) other.first = {};
        m_keptRows = 1;
    }
    history.first.keep(std::move(first));
}

metrics::ReplayPlan DeviceCounters::plan(const metrics::RepeatedWork& work) {
    return work.plan(m_resolution,
                     [this](const metrics::Names& metrics) { return collection(metrics).passes; });
}

const cupti::CollectionPlan& DeviceCounters::collection(const metrics::Names& metrics) {
    auto known = m_collections.find(metrics);
    if (known == m_collections.end()) {
        cupti::CollectionPlan plan = cupti::planCollection(m_api, m_chip, metrics, m_availability);
        if (plan.metrics.empty()) throw noMetric();
        known = m_collections.emplace(metrics, std::move(plan)).first;
    }
    return known->second;
}

const cupti::PassGroups& DeviceCounters::groups() {
    if (m_groups) return *m_groups;
    static_cast<void>(pipe());  // what fails is to fail before anything is measured
    m_groups = cupti::passGroups(m_api, m_chip, m_resolution.metrics, m_availability);
    if (m_groups->groups.empty()) throw noMetric();
    metrics::Names more = m_resolution.metrics;
    for (const std::string& metric : metrics::tensorPipeOf(m_resolution)) {
        if (std::find(more.begin(), more.end(), metric) == more.end()) more.push_back(metric);
    }
    cupti::PassGroups withPipe = cupti::passGroups(m_api, m_chip, more, m_availability);
    if (withPipe.groups.size() == m_groups->groups.size()) m_groups = std::move(withPipe);
    return *m_groups;
}

const cupti::CollectionPlan* DeviceCounters::pipe() {
    const metrics::Names counters = metrics::tensorPipeOf(m_resolution);
    if (counters.empty()) return nullptr;
    const cupti::CollectionPlan& plan = collection(counters);
    return plan.passes == 1 && plan.refused.empty() ? &plan : nullptr;
}

cupti::CounterReading DeviceCounters::read(std::span<const std::uint8_t> image,
                                           const std::vector<std::string>& metrics,
                                           std::size_t ranges) const {
    std::vector<std::vector<double>> values;
    values.reserve(ranges);
    for (std::size_t range = 0; range < ranges; ++range)
        values.push_back(m_host.evaluate(image, range, metrics));
    cupti::CounterReading reading;
    cupti::addValues(reading, metrics, cupti::inSuccession(metrics, values));
    return reading;
}

metrics::Evaluation DeviceCounters::evaluate(const std::map<std::string, double>& values) const {
    return metrics::evaluate(m_set, m_resolution, values);
}

metrics::Judgement DeviceCounters::judge(metrics::RepeatedWork& work, const metrics::ReplayPlan& plan,
                                         const std::map<std::string, double>& values) const {
    return work.judge(m_set, m_resolution, plan, values);
}

db::Device describeDevice(const cupti::Driver& driver, int ordinal, const std::string& chip) {
    db::Device device;
    device.chip = chip;
    std::array<char, 256> text{};
    if (driver.deviceGetName(text.data(), static_cast<int>(text.size()), ordinal) == CUDA_SUCCESS)
        device.name = text.data();
    device.uuid = uuidOf(driver, ordinal, device.name);
    if (gethostname(text.data(), text.size() - 1) == 0) device.host = text.data();
    const auto major = attribute(driver, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, ordinal);
    const auto minor = attribute(driver, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, ordinal);
    if (major && minor) device.computeCapability = fmt::format("{}.{}", *major, *minor);
    device.smCount = attribute(driver, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, ordinal);
    device.l2Bytes = attribute(driver, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, ordinal);
    std::size_t memory = 0;
    if (driver.deviceTotalMem(&memory, ordinal) == CUDA_SUCCESS)
        device.memoryBytes = static_cast<std::int64_t>(memory);
    if (const auto clockKHz = attribute(driver, CU_DEVICE_ATTRIBUTE_CLOCK_RATE, ordinal);
        clockKHz.value_or(0) > 0) {
        device.boostClockHz = 1e3 * static_cast<double>(*clockKHz);
    }
    if (const auto ecc = attribute(driver, CU_DEVICE_ATTRIBUTE_ECC_ENABLED, ordinal)) device.ecc = *ecc != 0;
    return device;
}

SeenDevice seenDevice(const cupti::Driver& driver, int ordinal, const std::string& chip) {
    SeenDevice seen{ordinal, describeDevice(driver, ordinal, chip), {}};
    const auto domain = attribute(driver, CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID, ordinal);
    const auto bus = attribute(driver, CU_DEVICE_ATTRIBUTE_PCI_BUS_ID, ordinal);
    const auto device = attribute(driver, CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID, ordinal);
    if (domain && bus && device)
        seen.pciBusId = fmt::format("{:04x}:{:02x}:{:02x}.0", *domain, *bus, *device);
    return seen;
}

}  // namespace ridge::inject
