// SPDX-License-Identifier: Apache-2.0
// That no operation is counted by two tensor leaves, from what CUPTI itself knows of them.
#include <dlfcn.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/cupti/chip_plans.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

using Names = std::vector<std::string>;

Names leavesOf(const std::string& chip) {
    Names names;
    for (const metrics::TensorLeaf& leaf : test::resolutionOf(chip, "all").leaves)
        names.push_back(leaf.metric);
    return names;
}

/// Bytes of the config image: it grows with every raw counter, and a metric whose raw counters are already
/// collected adds nothing.
std::size_t configBytes(const std::string& chip, const Names& metrics) {
    return cupti::planCollection(test::api(), chip, metrics).configImage.size();
}

Names without(Names names, const std::string& one) {
    names.erase(std::remove(names.begin(), names.end(), one), names.end());
    return names;
}

/// What a counter counts, in CUPTI's words; an empty facet is any.
struct Facets {
    std::string operation, destination, sparsity;
    std::set<std::string> sources;
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
    Facets facets{part[3], part[9], part[11], {}};
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

bool exclude(const Facets& left, const Facets& right) {
    const bool shareASource = std::any_of(left.sources.begin(), left.sources.end(),
                                          [&](const std::string& s) { return right.sources.contains(s); });
    return !shareASource || differ(left.operation, right.operation) ||
           differ(left.destination, right.destination) || differ(left.sparsity, right.sparsity);
}

}  // namespace

TEST_CASE("a union adds no raw counter to its parts, so that the next test can find one") {
    const std::string prefix = "sm__ops_path_tensor_op_hgmma_src_fp16";
    const Names parts{prefix + "_sparsity_off.sum", prefix + "_sparsity_on.sum"};
    const std::size_t bytes = configBytes("GH100", parts);
    REQUIRE(configBytes("GH100", {parts[0], parts[1], prefix + ".sum"}) == bytes);
    REQUIRE(configBytes("GH100", {parts[0]}) < bytes);
}

TEST_CASE("every tensor leaf has raw counters that all other leaves together lack") {
    for (const std::string& chip : test::usableChips()) {
        const Names leaves = leavesOf(chip);
        const std::size_t all = configBytes(chip, leaves);
        for (const std::string& leaf : leaves) {
            INFO(chip << ": " << leaf);
            CHECK(configBytes(chip, without(leaves, leaf)) < all);
        }
    }
}

// On GB20x the words leave open whether fp4 work with block scales (source FP4) is counted again as FP4/FP6.
// Their raw counters differ, by the test above.
TEST_CASE("CUPTI describes every two tensor leaves as counting different work, but for fp4 on GB20x") {
    std::set<std::string> openPairs, openChips;
    for (const std::string& chip : test::usableChips()) {
        const Names leaves = leavesOf(chip);
        std::vector<Facets> facets;
        for (const std::string& leaf : leaves) facets.push_back(facetsOf(describe(chip, leaf)));
        for (std::size_t i = 0; i < leaves.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (exclude(facets[i], facets[j])) continue;
                openPairs.insert(leaves[i] + " " + leaves[j]);
                openChips.insert(chip);
            }
        }
    }
    const auto open = [](const std::string& sparsity) {
        const std::string prefix = "sm__ops_path_tensor_src_";
        return prefix + "fp4_fp6_dst_fp32_sparsity_" + sparsity + ".sum " + prefix +
               "fp4_dst_fp32_sparsity_" + sparsity + ".sum";
    };
    CHECK(openPairs == std::set<std::string>{open("off"), open("on")});
    CHECK(openChips == std::set<std::string>{"GB202", "GB203", "GB205", "GB206", "GB207", "GB20B"});
}
