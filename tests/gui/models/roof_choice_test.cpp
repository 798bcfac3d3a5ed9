// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/chart_builder.hpp"
#include "tests/gui/models/results_file.hpp"
#include "tests/gui/qt_catch.hpp"

using namespace ridge;
using namespace ridge::gui;
using db::Provenance;
using test::ceiling;
using test::point;

namespace {

ChartDataPtr chartOf(const std::filesystem::path& file) {
    ResultSet results;
    results.files.push_back(readFile(file));
    return buildChart(catalog::figure("llama-13b-a40"), results);
}

const db::Point modelled = point("up/gate/down ar", Provenance::modeled);
const db::Point measured = point("up/gate/down ar", Provenance::measured);

}  // namespace

TEST_CASE("without data and for the published device the published roof stands, with its own labels") {
    const test::Folder folder;
    test::writeResults(folder.file("a.db"), "nvidia a40", {modelled});
    for (const ChartDataPtr& chart :
         {buildChart(catalog::figure("llama-13b-a40"), {}), chartOf(folder.file("a.db"))}) {
        REQUIRE(chart->roofs.size() == 1);
        CHECK(chart->roofs[0].bytesPerS == 696e9);
        CHECK(chart->roofs[0].flopsPerS == 149.7e12);
        CHECK(chart->roofs[0].memoryLabel == "696GB/s");
        CHECK(chart->roofs[0].computeLabel == "149.7 TFLOP/s");
        CHECK(chart->roofs[0].origin == "datasheet");
    }
}

TEST_CASE("another device's roof comes from the file, else from its device file") {
    const test::Folder folder;
    test::writeResults(folder.file("sheet.db"), "NVIDIA H200", {modelled});
    const ChartDataPtr sheet = chartOf(folder.file("sheet.db"));
    REQUIRE(sheet->roofs.size() == 1);
    CHECK(sheet->roofs[0].bytesPerS == 4.8e12);
    CHECK(sheet->roofs[0].memoryLabel == "4.8 TB/s");
    CHECK(sheet->figure.y.maximum > sheet->roofs[0].flopsPerS);

    test::writeResults(
        folder.file("own.db"), "Some Other GPU", {modelled},
        {ceiling("memory", "dram", 5e11, "datasheet"), ceiling("compute", "tensor_bf16", 1e14, "datasheet"),
         ceiling("compute", "tensor_fp16", 2e14, "datasheet")});
    const ChartDataPtr own = chartOf(folder.file("own.db"));
    REQUIRE(own->roofs.size() == 1);
    CHECK(own->roofs[0].bytesPerS == 5e11);
    CHECK(own->roofs[0].flopsPerS == 1e14);
}

TEST_CASE("measured ceilings stand beside the datasheet's, the largest DRAM one for the slope") {
    const test::Folder folder;
    test::writeResults(
        folder.file("a.db"), "NVIDIA A40", {measured},
        {ceiling("memory", "dram_copy", 6.0e11, "measured"),
         ceiling("memory", "dram_read", 6.4e11, "measured"), ceiling("memory", "l2_read", 3e12, "measured"),
         ceiling("compute", "tensor_bf16", 1.2e14, "measured")});
    const ChartDataPtr chart = chartOf(folder.file("a.db"));
    REQUIRE(chart->roofs.size() == 2);
    CHECK(chart->roofs[0].origin == "datasheet");
    CHECK(chart->roofs[1].origin == "measured");
    CHECK(chart->roofs[1].bytesPerS == 6.4e11);
    CHECK(chart->roofs[1].flopsPerS == 1.2e14);
    CHECK(chart->roofs[1].memoryLabel == "measured 640 GB/s");
    CHECK(chart->roofs[0].dashed != chart->roofs[1].dashed);
}

TEST_CASE("a measured roof names the kernel and the work it is made of, as far as they are known") {
    const test::Folder folder;
    db::Ceiling copy = ceiling("memory", "dram_copy", 6.0e11, "measured");
    copy.kernel = "another";
    db::Ceiling read = ceiling("memory", "dram_read", 6.4e11, "measured");
    read.kernel = "dram_read<double2>";
    read.counted = 1.0e9;
    read.expected = 1.01e9;
    test::writeResults(folder.file("a.db"), "NVIDIA A40", {measured},
                       {read, copy, ceiling("compute", "tensor_bf16", 1.2e14, "measured")});
    const ChartDataPtr chart = chartOf(folder.file("a.db"));
    REQUIRE(chart->roofs.size() == 2);
    CHECK(chart->roofs[0].memoryDetails.isEmpty());
    CHECK(chart->roofs[1].memoryDetails == QStringList{"Measured by dram_read<double2>",
                                                       "A launch: 1 GB counted",
                                                       "A launch: 1.01 GB expected"});
    CHECK(chart->roofs[1].computeDetails.isEmpty());
}

TEST_CASE("a device that nobody knows has no roof, and the chart says so") {
    const test::Folder folder;
    test::writeResults(folder.file("a.db"), "Some Other GPU", {modelled});
    const ChartDataPtr chart = chartOf(folder.file("a.db"));
    CHECK(chart->roofs.empty());
    CHECK(chart->notes.join('\n').contains("No roof is drawn for Some Other GPU"));
}

TEST_CASE("two devices have a roof each, and the labels name them") {
    const test::Folder folder;
    test::writeResults(folder.file("a.db"), "NVIDIA H200", {modelled});
    test::writeResults(folder.file("a.db"), "NVIDIA L4", {modelled});
    const ChartDataPtr chart = chartOf(folder.file("a.db"));
    REQUIRE(chart->roofs.size() == 2);
    CHECK(chart->roofs[0].memoryLabel == "H200 4.8 TB/s");
    CHECK(chart->roofs[1].memoryLabel == "L4 300 GB/s");
    CHECK(chart->roofs[0].memoryColor != chart->roofs[1].memoryColor);
}
