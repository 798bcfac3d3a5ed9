// SPDX-License-Identifier: Apache-2.0
#include "db/model/device_uuid.hpp"

#include <array>

#include "tests/support/catch.hpp"

TEST_CASE("a UUID is written as nvidia-smi writes it, an instance's with its own prefix") {
    const std::array<unsigned char, 16> bytes{0x8f, 0x1e, 0,    1,    2,    3,    0xab, 0xcd,
                                              4,    5,    0xff, 0x10, 0x20, 0x30, 0x40, 0x50};
    CHECK(ridge::db::uuidText(bytes, "NVIDIA H100 PCIe") == "GPU-8f1e0001-0203-abcd-0405-ff1020304050");
    CHECK(ridge::db::uuidText(bytes, "NVIDIA A100-SXM4-40GB MIG 1g.5gb") ==
          "MIG-8f1e0001-0203-abcd-0405-ff1020304050");
}

TEST_CASE("an instance is told by its UUID, and its GPU's name by its own") {
    CHECK(ridge::db::isInstance("MIG-8f1e0001-0203-abcd-0405-ff1020304050"));
    CHECK_FALSE(ridge::db::isInstance("GPU-8f1e0001-0203-abcd-0405-ff1020304050"));
    CHECK_FALSE(ridge::db::isInstance(""));
    CHECK(ridge::db::wholeGpuName("NVIDIA A100-SXM4-40GB MIG 1g.5gb") == "NVIDIA A100-SXM4-40GB");
    CHECK(ridge::db::wholeGpuName("NVIDIA H100 PCIe") == "NVIDIA H100 PCIe");
}
