// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <string>

#include "db/catalog/figure.hpp"
#include "db/catalog/share.hpp"
#include "tests/db/catalog/scratch.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using catalog::FigureOverlay;
using test::Scratch;
using test::thrown;

namespace {

/// An overlay over columns x and y of a CSV with this text.
FigureOverlay overlayOf(const Scratch& scratch, const std::string& text) {
    FigureOverlay overlay;
    overlay.csv = scratch.write("p.csv", text).string();
    overlay.label = "published";
    overlay.x = "x";
    overlay.y = "y";
    overlay.source = "a paper";
    return overlay;
}

std::string csvError(const std::string& text) {
    const Scratch scratch;
    const FigureOverlay overlay = overlayOf(scratch, text);
    return thrown(scratch, [&] { (void)catalog::referencePoints(overlay); });
}

}  // namespace

TEST_CASE("figure A overlays the two published dots, and says that the red one's x is inferred") {
    const auto overlays = catalog::figure("gpt2-l-rtx4090").overlays;
    REQUIRE(overlays.size() == 2);
    const auto black = catalog::referencePoints(overlays[0]);
    const auto red = catalog::referencePoints(overlays[1]);
    REQUIRE(black.size() == 1);
    REQUIRE(red.size() == 1);
    CHECK(black[0].x == 1);
    CHECK(black[0].y == 2.1e11);
    CHECK(black[0].label == "Baseline GPT2-L Perf");
    CHECK(black[0].note.empty());
    CHECK(red[0].x == 36);
    CHECK(red[0].y == 6.65e11);
    CHECK_THAT(red[0].note, ContainsSubstring("x inferred"));
    CHECK_THAT(red[0].source, ContainsSubstring("arXiv 2308.04623"));
}

TEST_CASE("figure D overlays both published curves in FLOP/s over tokens") {
    const auto overlays = catalog::figure("batch-invariant-h100").overlays;
    REQUIRE(overlays.size() == 2);
    const auto cublas = catalog::referencePoints(overlays[0]);
    const auto triton = catalog::referencePoints(overlays[1]);
    REQUIRE(cublas.size() == 14);
    REQUIRE(triton.size() == 14);
    CHECK(cublas.front().x == 1);
    CHECK_THAT(cublas.front().y, WithinRel(1.54e12, 1e-9));
    CHECK(cublas.back().x == 8192);
    CHECK_THAT(cublas.back().y, WithinRel(537.99e12, 1e-9));
    CHECK_THAT(triton.front().y, WithinRel(0.23e12, 1e-9));
    CHECK_THAT(triton.back().y, WithinRel(172.11e12, 1e-9));
}

TEST_CASE("every file of published numbers names its source in its first lines") {
    const auto folder = catalog::shareDirectory() / "reference";
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        INFO(entry.path().filename().string());
        std::ifstream stream(entry.path());
        std::string head;
        for (std::string line; std::getline(stream, line) && line.starts_with('#');) head += line + '\n';
        CHECK_THAT(head, ContainsSubstring("Source: "));
        ++files;
    }
    CHECK(files == 5);
}

TEST_CASE("comments, empty lines, quotes and carriage returns are read as CSV means them") {
    const Scratch scratch;
    FigureOverlay overlay =
        overlayOf(scratch, "# a comment\r\n\r\nx,note,y\r\n1,\"a, \"\"b\"\"\",2\r\n3,,4\r\n");
    overlay.xUnit = 10;
    overlay.note = "the overlay's";
    const auto points = catalog::referencePoints(overlay);
    REQUIRE(points.size() == 2);
    CHECK(points[0].x == 10);
    CHECK(points[0].y == 2);
    CHECK(points[0].label == "published");
    CHECK(points[0].note == "a, \"b\"");
    CHECK(points[1].note == "the overlay's");
}

TEST_CASE("a row without x or y is left out, and so is one the overlay does not select") {
    const Scratch scratch;
    FigureOverlay overlay = overlayOf(scratch, "x,y,kind\n1,,a\n2,5,a\n3,6,b\n");
    CHECK(catalog::referencePoints(overlay).size() == 2);
    overlay.where = "kind=b";
    const auto points = catalog::referencePoints(overlay);
    REQUIRE(points.size() == 1);
    CHECK(points[0].x == 3);
}

TEST_CASE("a bad cell, an absent column and a broken row are named with file and line") {
    CHECK(csvError("# c\nx,y\n1,2\n1,fast\n") == "1 p.csv:4: 'fast' in column 'y' is no number above 0");
    CHECK(csvError("x,y\n0,2\n") == "1 p.csv:2: '0' in column 'x' is no number above 0");
    CHECK(csvError("x,y\n1,2 \n") == "1 p.csv:2: '2 ' in column 'y' is no number above 0");
    CHECK(csvError("x,z\n1,2\n") == "1 p.csv:2: no column 'y'");
    CHECK(csvError("x,y\n1,2,3\n") == "1 p.csv:2: 3 cells in a row under 2 columns");
    CHECK(csvError("x,y\n1,\"2\n") == "1 p.csv:2: a quote is not closed");
    CHECK(csvError("# only\n") == "1 p.csv:1: no header row");
}

TEST_CASE("an overlay whose file is not there is a failure that names it") {
    const Scratch scratch;
    FigureOverlay overlay;
    overlay.csv = (scratch.path() / "gone.csv").string();
    CHECK(
        thrown(scratch, [&] { (void)catalog::referencePoints(overlay); }) ==
        "1 cannot read 'gone.csv' | a figure's overlay names a file of share/reference or an absolute path");
}
