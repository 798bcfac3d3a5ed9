// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "collector/doctor/preflight.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace ridge;
using namespace ridge::doctor;
namespace fs = std::filesystem;

namespace {

/// A /proc in which process 77 is python3; removed with the object.
struct Proc {
    test::TemporaryFolder root;
    Proc() {
        fs::create_directories(root / "proc/77");
        std::ofstream(root / "proc/77/comm") << "python3\n";
    }
};

nvml::DeviceState used() {
    nvml::DeviceState gpu;
    gpu.compute = std::vector<nvml::Process>{{90, std::nullopt}, {::getpid(), 5}, {77, 1000}};
    gpu.graphics = std::vector<nvml::Process>{{77, 1000}};
    return gpu;
}

}  // namespace

TEST_CASE("others on the GPU are named once, by number, and this process is not one") {
    const Proc proc;
    const auto users = usersOf(used(), MachineFacts{}, proc.root.path());
    REQUIRE(users.size() == 2);
    CHECK(users[0].pid == 77);
    CHECK(users[0].name == "python3");
    CHECK(users[0].memoryBytes == 1000);
    CHECK(users[1].pid == 90);
    CHECK(users[1].name.empty());
}

TEST_CASE("in a container the host's numbers are not looked up among the container's processes") {
    const Proc proc;
    MachineFacts machine;
    machine.container = Container::docker;
    const auto users = usersOf(used(), machine, proc.root.path());
    REQUIRE(users.size() == 2);
    CHECK(users[0].name.empty());
}

TEST_CASE("lists that NVML does not tell hold nobody") {
    CHECK(usersOf(nvml::DeviceState{}, MachineFacts{}).empty());
}
