// SPDX-License-Identifier: Apache-2.0
// What the tests of the results file share: a folder that goes away, a device, a point, the error of a call.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "db/model/error.hpp"
#include "db/store.hpp"

namespace ridge::db::testing {

class TemporaryFolder {
 public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] std::filesystem::path operator/(const char* name) const { return m_path / name; }
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    /// Names of what lies in it.
    [[nodiscard]] std::set<std::string> names() const;

 private:
    std::filesystem::path m_path;
};

[[nodiscard]] std::string contentOf(const std::filesystem::path& file);
void write(const std::filesystem::path& file, const std::string& content);

/// Name "NVIDIA A40", 149.7 TFLOP/s as tensor_bf16 at 1.74 GHz, 696 GB/s as dram.
[[nodiscard]] Device a40(const std::string& uuid = {});
[[nodiscard]] std::vector<Ceiling> a40Sheet();
[[nodiscard]] Ceiling ceiling(const std::string& name, double value, const std::string& origin,
                              std::optional<double> clockHz = std::nullopt);

/// A measured point: 2e9 FLOPs executed, 1.6e9 algorithmic, 1e9 DRAM bytes, 8e8 compulsory, 2 ms.
[[nodiscard]] Record measuredRecord();

/// The ridge::Error that `call` throws; fails the test when it throws none.
[[nodiscard]] Error errorOf(const std::function<void()>& call);

}  // namespace ridge::db::testing
