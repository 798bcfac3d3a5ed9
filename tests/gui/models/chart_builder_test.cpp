// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "gui/models/chart_builder.hpp"
#include "tests/gui/models/results_file.hpp"
#include "tests/gui/qt_catch.hpp"

using namespace ridge;
using namespace ridge::gui;
using db::Provenance;
using test::point;

namespace {

constexpr const char* qkvAr = "qkv mlp ar";
constexpr const char* upAr = "up/gate/down ar";

ResultSet opened(const std::vector<std::filesystem::path>& files) {
    ResultSet results;
    for (const std::filesystem::path& file : files) results.files.push_back(readFile(file));
    return results;
}

/// Figure B, whose y is algorithmic FLOP/s over algorithmic intensity.
ChartDataPtr chartOf(const std::filesystem::path& file, const QString& where = {}) {
    return buildChart(catalog::figure("llama-13b-a40"), opened({file}), where);
}

}  // namespace

TEST_CASE("a point's coordinates are those of the figure's columns, its interval that of the time") {
    const test::Folder folder;
    test::writeResults(folder.file("a.db"), "NVIDIA A40", {point(upAr, Provenance::measured)});
    const ChartDataPtr chart = chartOf(folder.file("a.db"));
    REQUIRE(chart->series.size() == 1);
    CHECK(chart->series[0].label == "up/gate/down ar");
    CHECK(chart->series[0].provenance == Provenance::measured);
    CHECK(chart->series[0].marker == Marker::cross);
    CHECK(chart->series[0].color == QColor("#d62728"));
    REQUIRE(chart->series[0].points.size() == 1);
    const ChartPoint& drawn = chart->series[0].points[0];
    CHECK_THAT(drawn.x, WithinRel(100.0, 1e-12));
    CHECK_THAT(drawn.y, WithinRel(1e14, 1e-12));
    CHECK_THAT(drawn.yLow, WithinRel(0.8e14, 1e-12));
    CHECK_THAT(drawn.yHigh, WithinRel(1.25e14, 1e-12));
    CHECK(drawn.title == "up · ar · cublas · batch 8 · seq 1024");
}

TEST_CASE("an axis of two columns takes the first that is not NULL") {
    const test::Folder folder;
    test::writeResults(folder.file("a.db"), "NVIDIA A40",
                       {point("a", Provenance::measured), point("b", Provenance::modeled)});
    catalog::Figure figure;
    figure.x.column = "intensity|intensity_algorithmic";
    figure.y.column = "flops_per_s|algorithmic_flops_per_s";
    figure.series = {{"all", "", "#000000", "circle", false, ""}};
    const ChartDataPtr chart = buildChart(figure, opened({folder.file("a.db")}));
    REQUIRE(chart->series.size() == 2);
    CHECK_THAT(chart->series[0].points.at(0).x, WithinRel(50.0, 1e-12));
    CHECK_THAT(chart->series[0].points.at(0).y, WithinRel(2e14, 1e-12));
    CHECK_THAT(chart->series[1].points.at(0).x, WithinRel(100.0, 1e-12));
    CHECK_THAT(chart->series[1].points.at(0).y, WithinRel(1e14, 1e-12));
}

TEST_CASE("one label with two provenances is two series, and a modelled point has no interval") {
    const test::Folder folder;
    test::writeResults(folder.file("a.db"), "NVIDIA A40",
                       {point(upAr, Provenance::measured), point(upAr, Provenance::modeled),
                        point(upAr, Provenance::imported)});
    const ChartDataPtr chart = chartOf(folder.file("a.db"));
    REQUIRE(chart->series.size() == 3);
    for (const ChartSeries& series : chart->series) CHECK(series.points.size() == 1);
    CHECK(chart->series[0].provenance == Provenance::measured);
    CHECK(chart->series[1].provenance == Provenance::modeled);
    CHECK(std::isnan(chart->series[1].points.at(0).yLow));
    CHECK(chart->series[2].provenance == Provenance::imported);
}

TEST_CASE("rows without a value are counted and said, never drawn as zero") {
    const test::Folder folder;
    db::Point skipped = point(upAr, Provenance::modeled);
    skipped.status = db::Status::skipped;
    skipped.statusReason = "needs 90 GB, the device has 48 GB";
    skipped.timeNs.reset();
    db::Point zero = point(upAr, Provenance::modeled);
    zero.flopsAlgorithmic = 0;
    test::writeResults(folder.file("a.db"), "NVIDIA A40", {point(upAr, Provenance::modeled), skipped, zero});
    const ChartDataPtr chart = chartOf(folder.file("a.db"));
    REQUIRE(chart->series.size() == 1);
    CHECK(chart->series[0].points.size() == 1);
    CHECK(chart->series[0].dropped == 2);
    CHECK(chart->notes.join('\n') ==
          "Not drawn of up/gate/down ar (modelled): 1 point skipped (needs 90 GB, the device "
          "has 48 GB); 1 point without a value for an axis");
}

TEST_CASE("the filter narrows every series, and a bad one is a usage error") {
    const test::Folder folder;
    db::Point large = point(upAr, Provenance::modeled);
    large.batch = 64;
    test::writeResults(folder.file("a.db"), "NVIDIA A40",
                       {point(upAr, Provenance::modeled), large, point(qkvAr, Provenance::modeled)});
    const ChartDataPtr chart = chartOf(folder.file("a.db"), "batch > 8 OR batch IS NULL");
    REQUIRE(chart->series.size() == 1);
    CHECK(chart->series[0].points.size() == 1);
    try {
        static_cast<void>(chartOf(folder.file("a.db"), "bach > 8"));
        FAIL("accepted a column that does not exist");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::usage);
    }
}

TEST_CASE("points of two files are drawn together and name their file") {
    const test::Folder folder;
    test::writeResults(folder.file("a.db"), "NVIDIA A40", {point(upAr, Provenance::measured)});
    test::writeResults(folder.file("b.db"), "NVIDIA A40", {point(upAr, Provenance::measured)});
    const ChartDataPtr chart =
        buildChart(catalog::figure("llama-13b-a40"), opened({folder.file("a.db"), folder.file("b.db")}));
    REQUIRE(chart->series.size() == 1);
    REQUIRE(chart->series[0].points.size() == 2);
    CHECK(chart->series[0].points[1].file == 1);
    CHECK(chart->series[0].points[1].details.contains("File b.db"));
}

TEST_CASE("the call-out says what was executed, what the shape asks for, and where it comes from") {
    const test::Folder folder;
    db::Point measured = point(upAr, Provenance::measured);
    measured.flags = "under_20us,assumed_acceptance";
    test::writeResults(folder.file("a.db"), "NVIDIA A40", {measured});
    CHECK(chartOf(folder.file("a.db"))
              ->notes.contains("1 point with an assumed acceptance, not a reproduction"));
    const QString details = chartOf(folder.file("a.db"))->series.at(0).points.at(0).details.join('\n');
    for (const char* line :
         {"Measured on NVIDIA A40 with hardware counters", "200 TFLOP/s executed · 100 TFLOP/s algorithmic",
          "50 FLOP/B measured · 100 FLOP/B algorithmic",
          "Time 10 ms (95 % interval 8 to 12.5 ms, 20 samples)", "M×N×K 8×13824×5120 · bf16",
          "40 GB DRAM · 10 GB compulsory", "shorter than 20 µs; acceptance is assumed, not measured"}) {
        INFO(details.toStdString());
        CHECK(details.contains(QString::fromUtf8(line)));
    }
}

TEST_CASE("without a file a figure shows what was published, and says so") {
    const ChartDataPtr chart = buildChart(catalog::figure("gpt2-l-rtx4090"), {});
    CHECK(chart->subtitle == "Published numbers only: no results file is open");
    REQUIRE(chart->series.size() == 2);
    CHECK(chart->series[0].provenance == Provenance::reference);
    CHECK_THAT(chart->series[0].points.at(0).x, WithinRel(1.0, 1e-12));
    CHECK_THAT(chart->series[0].points.at(0).y, WithinRel(2.1e11, 1e-12));
    CHECK_THAT(chart->series[1].points.at(0).x, WithinRel(36.0, 1e-12));
    CHECK_THAT(chart->series[1].points.at(0).y, WithinRel(6.65e11, 1e-12));
    CHECK(chart->notes.join('\n').contains("x inferred"));
    CHECK(chart->series[1].points.at(0).details.contains("Published, not measured here"));
    CHECK(buildChart(catalog::figure("llama-13b-a40"), {})->subtitle ==
          "Datasheet ceilings only: no results file is open, and no point was published");
}

TEST_CASE("the subtitle says where the numbers come from and for which device the figure was published") {
    const test::Folder folder;
    test::writeResults(folder.file("modelled.db"), "NVIDIA A40", {point(upAr, Provenance::modeled)});
    CHECK(chartOf(folder.file("modelled.db"))->subtitle ==
          "Modelled from datasheet ceilings: nothing here was measured · NVIDIA A40");
    test::writeResults(folder.file("h200.db"), "NVIDIA H200", {point(upAr, Provenance::measured)});
    CHECK(chartOf(folder.file("h200.db"))->subtitle == "Measured on NVIDIA H200; published for NVIDIA A40");
    test::writeResults(folder.file("h200.db"), "NVIDIA A40", {point(upAr, Provenance::modeled)});
    CHECK(chartOf(folder.file("h200.db"))->subtitle ==
          "Measured on NVIDIA H200; modelled (outlines) for NVIDIA A40");
    CHECK(chartOf(folder.file("h200.db"), "batch = 77")->subtitle ==
          "No point of the open file fits this figure");
}

TEST_CASE("axes grow to hold points outside the published ranges") {
    const test::Folder folder;
    db::Point tiny = point(upAr, Provenance::modeled);
    tiny.timeNs = 1e12;  // 1e9 FLOP/s, below the published 1e10
    test::writeResults(folder.file("a.db"), "NVIDIA A40", {tiny});
    const ChartDataPtr chart = chartOf(folder.file("a.db"));
    CHECK_THAT(chart->figure.y.minimum, WithinRel(1e9, 1e-9));
    CHECK(chart->figure.y.maximum == catalog::figure("llama-13b-a40").y.maximum);
    CHECK(chart->figure.x.minimum == catalog::figure("llama-13b-a40").x.minimum);
}

TEST_CASE("a line is not drawn through several values at one x") {
    const test::Folder folder;
    catalog::Figure figure;
    figure.kind = catalog::ChartKind::sweep;
    figure.x.column = "tokens";
    figure.y.column = "algorithmic_flops_per_s";
    figure.series = {{"all", "", "#000000", "circle", true, ""}};
    db::Point first = point("a", Provenance::modeled);
    db::Point second = first;
    second.tokens = 4;
    test::writeResults(folder.file("a.db"), "NVIDIA A40", {first, second});
    const ChartDataPtr joined = buildChart(figure, opened({folder.file("a.db")}));
    CHECK(joined->series.at(0).line);
    CHECK(joined->series.at(0).points.front().x == 4);
    second.tokens = 8;
    second.timeNs = 2e7;
    test::writeResults(folder.file("a.db"), "NVIDIA A40", {second});
    CHECK_FALSE(buildChart(figure, opened({folder.file("a.db")}))->series.at(0).line);
}
