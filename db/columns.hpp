// SPDX-License-Identifier: Apache-2.0
// The one list of SQL column names and the members they hold: SQL, JSON and the reader all walk it.
#pragma once

#include "db/model/device.hpp"
#include "db/model/point.hpp"

namespace ridge::db {

/// What an empty text means in a column: NULL, or the text itself (the column is NOT NULL).
enum class EmptyText { isNull, isKept };

/// Calls visit(column, member) for every stored column of `point`; (column, member, EmptyText::isKept) where
/// an empty text is stored as such. `PointType` is Point or const Point.
template <class PointType, class Visitor>
void visitPointColumns(PointType& point, Visitor&& visit) {
    visit("point_id", point.id);
    visit("parent_id", point.parentId);
    visit("measured_as", point.measuredAs);
    visit("provenance", point.provenance);
    visit("status", point.status);
    visit("status_reason", point.statusReason);
    visit("plan", point.plan);
    visit("workload", point.workload);
    visit("series", point.series);
    visit("operator", point.op);
    visit("phase", point.phase);
    visit("implementation", point.implementation);
    visit("model", point.model);
    visit("dtype", point.dtype);
    visit("layout", point.layout);
    visit("batch", point.batch);
    visit("seq", point.seq);
    visit("spec", point.spec);
    visit("tokens", point.tokens);
    visit("context", point.context);
    visit("kv_heads", point.kvHeads);
    visit("m", point.m);
    visit("n", point.n);
    visit("k", point.k);
    visit("params", point.params, EmptyText::isKept);
    visit("kernels", point.kernels);
    visit("launches_per_range", point.launchesPerRange);
    visit("time_ns", point.timeNs);
    visit("time_low_ns", point.timeLowNs);
    visit("time_high_ns", point.timeHighNs);
    visit("samples", point.samples);
    visit("time_method", point.timeMethod);
    visit("flops_executed", point.flopsExecuted);
    visit("flops_useful", point.flopsUseful);
    visit("flops_algorithmic", point.flopsAlgorithmic);
    visit("emitted_tokens", point.emittedTokens);
    visit("dram_bytes", point.dramBytes);
    visit("dram_read_bytes", point.dramReadBytes);
    visit("dram_write_bytes", point.dramWriteBytes);
    visit("compulsory_bytes", point.compulsoryBytes);
    visit("l2_bytes", point.l2Bytes);
    visit("l1_bytes", point.l1Bytes);
    visit("compute_path", point.computePath);
    visit("energy_j", point.energyJ);
    visit("invariant", point.invariant);
    visit("deterministic", point.deterministic);
    visit("passes", point.passes);
    visit("metric_set", point.metricSet);
    visit("cache", point.cache);
    visit("sm_clock_hz", point.smClockHz);
    visit("tags", point.tags, EmptyText::isKept);
    visit("flags", point.flags, EmptyText::isKept);
}

template <class SampleType, class Visitor>
void visitSampleColumns(SampleType& sample, Visitor&& visit) {
    visit("time_ns", sample.timeNs);
    visit("sm_clock_hz", sample.smClockHz);
    visit("memory_clock_hz", sample.memoryClockHz);
    visit("temperature_c", sample.temperatureC);
    visit("power_w", sample.powerW);
    visit("throttle", sample.throttle);
}

template <class KernelType, class Visitor>
void visitKernelColumns(KernelType& kernel, Visitor&& visit) {
    visit("ordinal", kernel.ordinal);
    visit("name", kernel.name);
    visit("short_name", kernel.shortName);
    visit("grid", kernel.grid);
    visit("block", kernel.block);
    visit("launches", kernel.launches);
    visit("time_ns", kernel.timeNs);
    visit("flops_executed", kernel.flopsExecuted);
    visit("dram_bytes", kernel.dramBytes);
}

template <class ValueType, class Visitor>
void visitComputedColumns(ValueType& computed, Visitor&& visit) {
    visit("kind", computed.kind);
    visit("name", computed.name);
    visit("value", computed.value);
    visit("unit", computed.unit);
    visit("upper_bound", computed.upperBound);
}

template <class DeviceType, class Visitor>
void visitDeviceColumns(DeviceType& device, Visitor&& visit) {
    visit("name", device.name);
    visit("uuid", device.uuid);
    visit("chip", device.chip);
    visit("host", device.host);
    visit("compute_capability", device.computeCapability);
    visit("sm_count", device.smCount);
    visit("memory_bytes", device.memoryBytes);
    visit("l2_bytes", device.l2Bytes);
    visit("boost_clock_hz", device.boostClockHz);
    visit("ecc", device.ecc);
}

template <class CeilingType, class Visitor>
void visitCeilingColumns(CeilingType& ceiling, Visitor&& visit) {
    visit("kind", ceiling.kind);
    visit("name", ceiling.name);
    visit("value", ceiling.value);
    visit("unit", ceiling.unit);
    visit("origin", ceiling.origin);
    visit("method", ceiling.method);
    visit("spread", ceiling.spread);
    visit("clock_hz", ceiling.clockHz);
    visit("source", ceiling.source);
    visit("measured_at", ceiling.measuredAt);
    visit("kernel", ceiling.kernel);
    visit("counted", ceiling.counted);
    visit("expected", ceiling.expected);
}

}  // namespace ridge::db
