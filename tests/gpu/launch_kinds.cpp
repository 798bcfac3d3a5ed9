// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/launch_kinds.hpp"

#include <cudaTypedefs.h>
#include <nvtx3/nvToolsExt.h>

#include <cstddef>
#include <string>
#include <vector>

#include "collector/cuda/error.hpp"
#include "collector/cuda/handles.hpp"
#include "db/model/error.hpp"
#include "tests/gpu/grid_kernel.hpp"
#include "workloads/ceilings/load_kernels.hpp"

namespace ridge::test {
namespace {

// So much that what an L2 keeps of it does not count: 50 MB are 1.2 % of a copy's traffic.
constexpr std::size_t arrayBytes = std::size_t{1} << 31;
constexpr std::size_t arrayWords = arrayBytes / sizeof(std::uint32_t);
constexpr std::size_t sliceWords = std::size_t{1} << 22;  ///< what is looked at of an array

std::uint32_t* words(const cuda::DeviceBuffer& array) {
    return static_cast<std::uint32_t*>(array.data());
}

void fill(const cuda::DeviceBuffer& array, std::uint64_t seed) {
    cuda::check(workloads::fillRandom(array.data(), arrayBytes, ~std::uint32_t{0}, 0, seed, nullptr));
}

std::vector<std::uint32_t> slice(const cuda::DeviceBuffer& array, std::size_t from) {
    std::vector<std::uint32_t> values(sliceWords);
    cuda::check(cudaMemcpy(values.data(), words(array) + from, sliceWords * sizeof(std::uint32_t),
                           cudaMemcpyDeviceToHost));
    return values;
}

/// A function of the driver, which is not linked: programs that are must not start without one.
template <class Function>
Function driverFunction(const char* name, unsigned version) {
    void* function = nullptr;
    cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
    cuda::check(cudaGetDriverEntryPointByVersion(name, &function, version, cudaEnableDefault, &found));
    if (found != cudaDriverEntryPointSuccess)
        throw Error(ExitCode::failed, std::string("the driver has no ") + name, "");
    return reinterpret_cast<Function>(function);
}

void checkDriver(CUresult status, const char* call) {
    if (status != CUDA_SUCCESS)
        throw Error(ExitCode::failed, std::string(call) + ": driver status " + std::to_string(status), "");
}

void makeCurrent(CUcontext context) {
    static const auto setCurrent = driverFunction<PFN_cuCtxSetCurrent_v4000>("cuCtxSetCurrent", 4000);
    checkDriver(setCurrent(context), "cuCtxSetCurrent");
}

CUcontext currentContext() {
    CUcontext context = nullptr;
    checkDriver(driverFunction<PFN_cuCtxGetCurrent_v4000>("cuCtxGetCurrent", 4000)(&context),
                "cuCtxGetCurrent");
    return context;
}

/// A context beside the primary one, on device 0; current until another is made so.
class SecondContext {
 public:
    SecondContext() {
        checkDriver(driverFunction<PFN_cuCtxCreate_v3020>("cuCtxCreate", 3020)(&m_context, 0, 0),
                    "cuCtxCreate");
    }
    SecondContext(const SecondContext&) = delete;
    SecondContext& operator=(const SecondContext&) = delete;
    ~SecondContext() { static_cast<void>(m_destroy(m_context)); }

    [[nodiscard]] CUcontext get() const noexcept { return m_context; }

 private:
    PFN_cuCtxDestroy_v4000 m_destroy = driverFunction<PFN_cuCtxDestroy_v4000>("cuCtxDestroy", 4000);
    CUcontext m_context = nullptr;
};

/// Lives, copies and ends while its context is current.
class Copier {
 public:
    explicit Copier(std::uint64_t seed) {
        fill(m_original, seed);
        cuda::check(workloads::residentBlocks(workloads::StreamKind::copy, &m_blocks));
    }

    void copy(const char* range) const {
        cuda::check(cudaMemset(m_copy.data(), 0, arrayBytes));
        nvtxRangePushA(range);
        cuda::check(workloads::launchStream(workloads::StreamKind::copy,
                                            {m_original.data(), m_copy.data(), nullptr, arrayBytes}, m_blocks,
                                            nullptr, nullptr));
        cuda::check(cudaDeviceSynchronize());
        nvtxRangePop();
        for (const std::size_t from : {std::size_t{0}, arrayWords - sliceWords}) {
            if (slice(m_original, from) != slice(m_copy, from))
                throw Error(ExitCode::failed, std::string("a copy of the context '") + range + "' is wrong",
                            "");
        }
    }

 private:
    cuda::DeviceBuffer m_original{arrayBytes}, m_copy{arrayBytes};
    unsigned m_blocks = 0;
};

}  // namespace

void launchCooperatively(std::int64_t launches) {
    const cuda::DeviceBuffer a(arrayBytes), b(arrayBytes), c(arrayBytes);
    fill(a, 1);
    cuda::check(cudaMemset(c.data(), 0, arrayBytes));
    for (std::int64_t i = 0; i < launches; ++i)
        cuda::check(launchTurnedSum(words(a), words(b), words(c), arrayWords, nullptr));
    cuda::check(cudaDeviceSynchronize());
    for (const std::size_t from : {std::size_t{0}, arrayWords - sliceWords}) {
        std::vector<std::uint32_t> expected = slice(a, (from + arrayWords / 2) % arrayWords);
        for (std::uint32_t& word : expected) word *= static_cast<std::uint32_t>(launches);
        if (slice(c, from) != expected)
            throw Error(ExitCode::failed, "a cooperative launch ran twice or not at all", "");
    }
}

void takeTurns(std::int64_t turns) {
    const CUcontext primary = currentContext();
    const Copier first(1);
    const SecondContext context;
    const Copier second(2);
    for (std::int64_t i = 0; i < turns; ++i) {
        makeCurrent(primary);
        first.copy("first");
        makeCurrent(context.get());
        second.copy("second");
    }
}

}  // namespace ridge::test
