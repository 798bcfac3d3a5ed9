// SPDX-License-Identifier: Apache-2.0
#include "db/model/point.hpp"

#include "db/model/error.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::db;

TEST_CASE("provenance and status have the texts of the results file, both ways") {
    CHECK(toText(Provenance::measured) == "measured");
    CHECK(toText(Provenance::modeled) == "modeled");
    CHECK(toText(Provenance::reference) == "reference");
    CHECK(toText(Provenance::imported) == "imported");
    CHECK(toText(Status::ok) == "ok");
    CHECK(toText(Status::skipped) == "skipped");
    CHECK(toText(Status::failed) == "failed");
    for (const auto provenance :
         {Provenance::measured, Provenance::modeled, Provenance::reference, Provenance::imported}) {
        CHECK(provenanceFromText(toText(provenance)) == provenance);
    }
    for (const auto status : {Status::ok, Status::skipped, Status::failed}) {
        CHECK(statusFromText(toText(status)) == status);
    }
}

TEST_CASE("a text that is none of them is an error that names it, never a guess") {
    CHECK_THROWS_WITH(provenanceFromText("Measured"), "'Measured' is no provenance");
    CHECK_THROWS_WITH(statusFromText(""), "'' is no status");
    CHECK_THROWS_AS(statusFromText("done"), Error);
}
