// SPDX-License-Identifier: Apache-2.0
#include "db/model/device_uuid.hpp"

namespace ridge::db {
namespace {

constexpr std::string_view instanceMark = " MIG ";

}  // namespace

std::string uuidText(std::span<const unsigned char, 16> bytes, std::string_view deviceName) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = deviceName.find(instanceMark) != std::string_view::npos ? "MIG-" : "GPU-";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += digits[bytes[i] >> 4U];
        text += digits[bytes[i] & 15U];
    }
    return text;
}

bool isInstance(std::string_view uuid) {
    return uuid.starts_with("MIG-");
}

std::string_view wholeGpuName(std::string_view deviceName) {
    return deviceName.substr(0, deviceName.find(instanceMark));
}

}  // namespace ridge::db
