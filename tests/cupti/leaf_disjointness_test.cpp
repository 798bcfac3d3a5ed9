// SPDX-License-Identifier: Apache-2.0
// That no operation is counted by two tensor leaves, from what CUPTI itself knows of them.
#include <dlfcn.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/cupti/chip_plans.hpp"
#include "tests/cupti/raw_counters.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

using Names = std::vector<std::string>;
using Pair = std::set<std::string>;

Names leavesOf(const std::string& chip, const std::string& set) {
    Names names;
    for (const metrics::TensorLeaf& leaf : test::resolutionOf(chip, set).leaves) names.push_back(leaf.metric);
    return names;
}

/// The pairs of `leaves` for which `isOpen` holds.
template <class IsOpen>
std::set<Pair> openPairs(const Names& leaves, IsOpen isOpen) {
    std::set<Pair> open;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (isOpen(leaves[i], leaves[j])) open.insert({leaves[i], leaves[j]});
        }
    }
    return open;
}

bool shareOne(const std::set<std::string>& left, const std::set<std::string>& right) {
    return std::any_of(left.begin(), left.end(), [&](const auto& one) { return right.contains(one); });
}

/// The set's overlaps whose leaves the chip has.
std::set<Pair> overlapsOf(const std::string& set, const Names& leaves) {
    const auto has = [&](const std::string& leaf) {
        return std::find(leaves.begin(), leaves.end(), leaf) != leaves.end();
    };
    std::set<Pair> pairs;
    for (const metrics::OverlapRule& rule : metrics::loadSet(set).overlaps) {
        if (has(rule.one) && has(rule.other)) pairs.insert({rule.one, rule.other});
    }
    return pairs;
}

/// What a counter counts, in CUPTI's words; an empty facet is any. `namesMixed`: "one source ... and other
/// source ...", so that a multiplication of two types is its own.
struct Facets {
    std::string operation, destination, sparsity;
    std::set<std::string> sources;
    bool namesMixed = false;
};

std::string describe(const std::string& chip, const std::string& metric) {
    void* library = dlopen(cupti::library().path.c_str(), RTLD_NOW);
    const auto properties = reinterpret_cast<decltype(&cuptiProfilerHostGetMetricProperties)>(
        dlsym(library, "cuptiProfilerHostGetMetricProperties"));
    CUpti_Profiler_Host_Initialize_Params host{};
    host.structSize = CUpti_Profiler_Host_Initialize_Params_STRUCT_SIZE;
    host.profilerType = CUPTI_PROFILER_TYPE_RANGE_PROFILER;
    host.pChipName = chip.c_str();
    REQUIRE(test::api().hostInitialize(&host) == CUPTI_SUCCESS);
    CUpti_Profiler_Host_GetMetricProperties_Params params{};
    params.structSize = CUpti_Profiler_Host_GetMetricProperties_Params_STRUCT_SIZE;
    params.pHostObject = host.pHostObject;
    params.pMetricName = metric.c_str();
    REQUIRE(properties(&params) == CUPTI_SUCCESS);
    std::string description = params.pDescription;
    CUpti_Profiler_Host_Deinitialize_Params end{};
    end.structSize = CUpti_Profiler_Host_Deinitialize_Params_STRUCT_SIZE;
    end.pHostObject = host.pHostObject;
    REQUIRE(test::api().hostDeinitialize(&end) == CUPTI_SUCCESS);
    dlclose(library);
    return description;
}

/// Any other wording fails: what is not understood proves nothing.
Facets facetsOf(const std::string& description) {
    static const std::regex wording(
        "# of math ops executed in Tensor path( by (op )?([A-Z0-9_]+))? with "
        "(one )?source ([A-Z0-9/]+)( and other source [A-Z0-9/]+)?(( and)? destination ([A-Z0-9]+))?"
        "( with sparsity (on|off))?");
    std::smatch part;
    INFO(description);
    REQUIRE(std::regex_match(description, part, wording));
    Facets facets{part[3], part[9], part[11], {}, part[6].matched};
    const std::string sources = part[5];
    for (std::size_t at = 0; at <= sources.size();) {
        const std::size_t end = std::min(sources.find('/', at), sources.size());
        facets.sources.insert(sources.substr(at, end - at));
        at = end + 1;
    }
    return facets;
}

bool differ(const std::string& left, const std::string& right) {
    return !left.empty() && !right.empty() && left != right;
}

/// Types that one multiplication takes in any mixture (PTX ISA, mma and tcgen05.mma, kind::f8f6f4).
bool mix(const std::set<std::string>& left, const std::set<std::string>& right) {
    static const std::set<std::string> narrow{"FP4", "FP6", "FP8"};
    return shareOne(left, narrow) && shareOne(right, narrow);
}

bool exclude(const Facets& left, const Facets& right) {
    if (differ(left.operation, right.operation) || differ(left.destination, right.destination) ||
        differ(left.sparsity, right.sparsity))
        return true;
    if (shareOne(left.sources, right.sources)) return false;
    return left.namesMixed || right.namesMixed || !mix(left.sources, right.sources);
}

/// Of every counter, by name.
std::map<std::string, Facets> facetsOf(const std::string& chip, const Names& leaves) {
    std::map<std::string, Facets> facets;
    for (const std::string& leaf : leaves) facets[leaf] = facetsOf(describe(chip, leaf));
    return facets;
}

}  // namespace

TEST_CASE("what two counters share is found: a union has the raw counters of its parts") {
    const std::string prefix = "sm__ops_path_tensor_op_hgmma_src_fp16";
    const auto off = test::rawCountersOf("GH100", prefix + "_sparsity_off.sum");
    auto both = test::rawCountersOf("GH100", prefix + "_sparsity_on.sum");
    REQUIRE_FALSE(shareOne(off, both));
    both.insert(off.begin(), off.end());
    REQUIRE(test::rawCountersOf("GH100", prefix + ".sum") == both);
}

TEST_CASE("every two tensor leaves of a chip are computed from different raw counters") {
    for (const std::string& chip : test::usableChips()) {
        if (test::chipsWithoutRawCounters().contains(chip)) continue;
        std::map<std::string, std::set<std::string>> raw;
        const Names leaves = leavesOf(chip, "all");
        for (const std::string& leaf : leaves) {
            raw[leaf] = test::rawCountersOf(chip, leaf);
            INFO(chip << ": " << leaf);
            CHECK_FALSE(raw[leaf].empty());
        }
        INFO(chip);
        CHECK(openPairs(leaves, [&](const auto& a, const auto& b) {
                  return shareOne(raw[a], raw[b]);
              }).empty());
    }
}

// Raw counters are two events that may still see one operation; so CUPTI's words must rule that out as well.
TEST_CASE("every two tensor leaves count different work in CUPTI's words, or the metric set lists them") {
    std::set<std::string> openChips, listed, met;
    for (const std::string& chip : test::usableChips()) {
        auto facets = facetsOf(chip, leavesOf(chip, "all"));
        for (const std::string& set : metrics::setNames()) {
            const Names leaves = leavesOf(chip, set);
            const std::set<Pair> open = openPairs(
                leaves, [&](const auto& a, const auto& b) { return !exclude(facets.at(a), facets.at(b)); });
            INFO(chip << ", set " << set);
            CHECK(open == overlapsOf(set, leaves));
            if (!open.empty()) openChips.insert(chip);
            for (const Pair& pair : open) met.insert(pair.begin(), pair.end());
        }
    }
    for (const metrics::OverlapRule& rule : metrics::loadSet("all").overlaps)
        listed.insert({rule.one, rule.other});
    CHECK(met == listed);  // a name that no chip has would guard nothing
    CHECK(openChips == std::set<std::string>{"GB110", "GB202", "GB203", "GB205", "GB206", "GB207", "GB20B"});
}

TEST_CASE("where CUPTI names the instruction, source FP4 and source FP4/FP6 share none") {
    if (test::chipsWithoutRawCounters().contains("GB110")) return;
    const auto raw = [](const std::string& name) {
        return test::rawCountersOf("GB110", "sm__ops_path_tensor_" + name + ".sum");
    };
    CHECK(raw("src_fp4_dst_fp32") == raw("op_utcomma_src_fp4_dst_fp32"));
    CHECK(raw("src_fp4_fp6_dst_fp32") == raw("op_utcqmma_src_fp4_fp6_dst_fp32"));
    CHECK_FALSE(shareOne(raw("src_fp4_dst_fp32"), raw("src_fp4_fp6_dst_fp32")));
}
