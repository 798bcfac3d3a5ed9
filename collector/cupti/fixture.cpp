// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/fixture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include "db/model/error.hpp"

namespace ridge::cupti {
namespace {

namespace fs = std::filesystem;

constexpr const char* textFile = "fixture.json";
constexpr const char* availabilityFile = "availability.bin";
constexpr const char* configFile = "config.bin";
constexpr const char* counterDataFile = "counter_data.bin";

void writeBytes(const fs::path& file, const char* bytes, std::size_t size) {
    std::ofstream stream(file, std::ios::binary);
    stream.write(bytes, static_cast<std::streamsize>(size));
    stream.close();
    if (!stream) {
        throw Error(ExitCode::failed, fmt::format("{} could not be written", file.string()),
                    "check the folder's permissions and free space");
    }
}

void writeImage(const fs::path& file, const std::vector<std::uint8_t>& image) {
    writeBytes(file, reinterpret_cast<const char*>(image.data()), image.size());
}

std::vector<std::uint8_t> readBytes(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        throw Error(ExitCode::failed, fmt::format("{} is not there", file.string()),
                    "record the fixture anew: ridge-worker --record DIR");
    }
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace

void writeFixture(const Fixture& fixture, const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    nlohmann::json values = nlohmann::json::array();
    for (const double value : fixture.values) values.push_back(value);  // NaN is written as null
    const nlohmann::json text{{"work", fixture.work},
                              {"chip", fixture.chip},
                              {"cupti", fixture.cupti},
                              {"driver", fixture.driver},
                              {"device", fixture.device},
                              {"passes", fixture.passes},
                              {"metric_set", fixture.metricSet},
                              {"expected", fixture.expected},
                              {"metrics", fixture.metrics},
                              {"ranges", fixture.ranges},
                              {"values", std::move(values)}};
    const std::string dump = text.dump(1) + "\n";
    writeImage(folder / availabilityFile, fixture.availability);
    writeImage(folder / configFile, fixture.configImage);
    writeImage(folder / counterDataFile, fixture.counterData);
    writeBytes(folder / textFile, dump.data(), dump.size());  // last: its presence makes the fixture
}

Fixture readFixture(const fs::path& folder) {
    const std::vector<std::uint8_t> bytes = readBytes(folder / textFile);
    Fixture fixture;
    try {
        const nlohmann::json text = nlohmann::json::parse(bytes.begin(), bytes.end());
        text.at("work").get_to(fixture.work);
        text.at("chip").get_to(fixture.chip);
        text.at("cupti").get_to(fixture.cupti);
        text.at("driver").get_to(fixture.driver);
        text.at("device").get_to(fixture.device);
        text.at("passes").get_to(fixture.passes);
        text.at("metric_set").get_to(fixture.metricSet);
        text.at("expected").get_to(fixture.expected);
        text.at("metrics").get_to(fixture.metrics);
        text.at("ranges").get_to(fixture.ranges);
        for (const nlohmann::json& value : text.at("values")) {
            fixture.values.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                                     : value.get<double>());
        }
    } catch (const nlohmann::json::exception& error) {
        throw Error(ExitCode::failed, fmt::format("{}: {}", (folder / textFile).string(), error.what()),
                    "record the fixture anew: ridge-worker --record DIR");
    }
    if (fixture.values.size() != fixture.metrics.size()) {
        throw Error(ExitCode::failed,
                    fmt::format("{}: {} values of {} metrics", (folder / textFile).string(),
                                fixture.values.size(), fixture.metrics.size()),
                    "record the fixture anew: ridge-worker --record DIR");
    }
    fixture.availability = readBytes(folder / availabilityFile);
    fixture.configImage = readBytes(folder / configFile);
    fixture.counterData = readBytes(folder / counterDataFile);
    return fixture;
}

std::vector<fs::path> fixturesIn(const fs::path& root) {
    std::vector<fs::path> folders;
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(root, ignored)) {
        if (entry.path().filename() == textFile) folders.push_back(entry.path().parent_path());
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

}  // namespace ridge::cupti
