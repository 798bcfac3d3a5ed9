// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/permission.hpp"

#include "tests/collector/doctor/situations.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::doctor;

namespace {

MachineFacts machine(std::optional<bool> adminOnly, std::uint64_t capabilities,
                     const char* driver = "580.65.06") {
    MachineFacts facts;
    facts.kernelDriver = driver;
    facts.adminOnly = adminOnly;
    facts.capabilities = capabilities;
    return facts;
}

}  // namespace

TEST_CASE("a denial is foreseen where counters are for administrators and this process is none") {
    const auto denial = foreseenDenial(machine(true, 0));
    REQUIRE(denial);
    CHECK(denial->stops == ExitCode::notPermitted);
    CHECK_THAT(denial->text, ContainsSubstring("RmProfilingAdminOnly: 1") &&
                                 ContainsSubstring("neither CAP_SYS_ADMIN nor CAP_PERFMON"));
    CHECK_THAT(denial->remedy, ContainsSubstring("NVreg_RestrictProfilingToAdminUsers=0") &&
                                   ContainsSubstring("run as root") && !ContainsSubstring("ridge collect"));
}

TEST_CASE("nothing is foreseen where counters are open, where this process may, or where nothing is told") {
    CHECK_FALSE(foreseenDenial(machine(false, 0)));
    CHECK_FALSE(foreseenDenial(machine(std::nullopt, 0)));
    CHECK_FALSE(foreseenDenial(machine(true, test::sysAdmin)));
    CHECK_FALSE(foreseenDenial(machine(true, test::perfmon)));
}

TEST_CASE("CAP_PERFMON opens counters from driver R565 on") {
    CHECK(openingCapability(machine(true, test::perfmon, "565.57.01")) == "CAP_PERFMON");
    CHECK(openingCapability(machine(true, test::perfmon, "560.35.05")).empty());
    CHECK_THAT(foreseenDenial(machine(true, test::perfmon, "560.35.05")).value().text,
               ContainsSubstring("which this driver does not honour"));
}

TEST_CASE("a container is told how it gets the capability") {
    MachineFacts facts = machine(true, 0);
    facts.container = Container::docker;
    CHECK_THAT(foreseenDenial(facts).value().remedy,
               ContainsSubstring("--cap-add=SYS_ADMIN") && ContainsSubstring(", on the host"));
}
