// SPDX-License-Identifier: Apache-2.0
// What the tests of the results file share: a device, a point, the error of a call.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "db/model/error.hpp"
#include "db/store.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ridge::db::testing {

using test::TemporaryFolder;

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
