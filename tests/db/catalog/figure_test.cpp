// SPDX-License-Identifier: Apache-2.0
#include "db/catalog/figure.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "db/catalog/devices.hpp"
#include "db/catalog/share.hpp"
#include "tests/db/catalog/scratch.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using catalog::Figure;
using test::Scratch;
using test::thrown;

namespace {

using Texts = std::vector<std::string>;

Texts labels(const Figure& figure) {
    Texts result;
    for (const auto& series : figure.series) result.push_back(series.label);
    return result;
}

Texts colors(const Figure& figure) {
    Texts result;
    for (const auto& series : figure.series) result.push_back(series.color);
    return result;
}

bool allMarkers(const Figure& figure, const std::string& marker) {
    return std::all_of(figure.series.begin(), figure.series.end(),
                       [&](const auto& series) { return series.marker == marker; });
}

const std::string kAxes =
    "[x]\ncolumn = \"tokens\"\nminimum = 1\nmaximum = 100\n"
    "[y]\ncolumn = \"flops_per_s\"\nminimum = 1e9\nmaximum = 1e12\n";
const std::string kSeries = "[[series]]\nlabel = \"mine\"\nwhere = \"batch = 1\"\n";

std::string figureError(const std::string& text) {
    const Scratch scratch;
    const auto file = scratch.write("f.toml", text);
    return thrown(scratch, [&] { (void)catalog::figure(file.string()); });
}

}  // namespace

TEST_CASE("share has the four published figures") {
    CHECK(catalog::names("figures") ==
          Texts{"batch-invariant-h100", "gpt2-l-rtx4090", "llama-13b-a40", "llama-33b-a100pcie"});
}

TEST_CASE("figure A is the roofline of GPT2-L on an RTX 4090") {
    const Figure figure = catalog::figure("gpt2-l-rtx4090");
    CHECK(figure.name == "gpt2-l-rtx4090");
    CHECK(figure.title.empty());
    CHECK(figure.plan == "gpt2-l");
    CHECK(figure.legend == "top left");
    CHECK(labels(figure) == Texts{"Baseline GPT2-L Perf", "Staged speculative GPT2-L Perf"});
    CHECK(colors(figure) == Texts{"#000000", "#d62728"});
    CHECK(allMarkers(figure, "circle"));
    CHECK(figure.series[0].where ==
          "plan = 'gpt2-l' AND operator = 'step' AND series = 'Baseline GPT2-L Perf'");
    CHECK(figure.x.title == "Arithmetic Intensity (FLOP/Byte)");
    CHECK(figure.x.column == "intensity|intensity_algorithmic");
    CHECK(figure.x.minimum == 0.1);
    CHECK(figure.x.maximum == 1e3);
    CHECK(figure.y.title == "Performance (FLOPS)");
    CHECK(figure.y.column == "useful_flops_per_s");
    CHECK(figure.y.minimum == 1e11);
    CHECK(figure.y.maximum > 165.2e12);
    CHECK(figure.y.suffixes == "power");
    REQUIRE(figure.roofs);
    CHECK(figure.roofs->roofLabel == "4090 Roofline");
    CHECK(!figure.roofs->dashed);
    CHECK(!figure.roofs->ridgeLine);
}

TEST_CASE("figure B is the roofline of Llama 13B on an A40") {
    const Figure figure = catalog::figure("llama-13b-a40");
    CHECK(figure.title == "Roofline Model (Llama 13B, A40)");
    CHECK(figure.legend == "bottom right");
    CHECK(labels(figure) == Texts{"qkv mlp init", "qkv mlp ar", "up/gate/down init", "up/gate/down ar",
                                  "qk/pv init", "qk/pv ar"});
    CHECK(colors(figure) == Texts{"#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b"});
    CHECK(allMarkers(figure, "cross"));
    CHECK(figure.series[0].where == "plan = 'llama-13b' AND series = 'qkv mlp init'");
    CHECK(figure.x.title == "Operational Intensity (FLOP/Byte)");
    CHECK(figure.x.column == "intensity_algorithmic");
    CHECK(figure.x.minimum < 0.98);
    CHECK(figure.x.maximum == 1e4);
    CHECK(figure.y.title == "Performance (FLOP/s)");
    CHECK(figure.y.column == "algorithmic_flops_per_s");
    CHECK(figure.y.minimum == 1e10);
    CHECK(figure.y.maximum > 149.7e12);
    CHECK(figure.y.suffixes == "si");
    REQUIRE(figure.roofs);
    CHECK(figure.roofs->memoryLabel == "696GB/s");
    CHECK(figure.roofs->computeLabel == "149.7 TFLOP/s");
    CHECK(figure.roofs->memoryColor == "#1f77b4");
    CHECK(figure.roofs->computeColor == "#d62728");
    CHECK(figure.roofs->ridgeColor == "#2ca02c");
    CHECK(figure.roofs->dashed);
    CHECK(figure.roofs->ridgeLine);
    CHECK(figure.overlays.empty());
}

TEST_CASE("figure C is the roofline of speculation widths of Llama 33B on an A100") {
    const Figure figure = catalog::figure("llama-33b-a100pcie");
    CHECK(figure.title == "Llama 33B, A100 80GB PCIe");
    CHECK(figure.fineGrid);
    CHECK(labels(figure) == Texts{"up/gate/down ar", "up/gate/down spec: 16", "up/gate/down spec: 32",
                                  "up/gate/down spec: 48", "up/gate/down spec: 64", "up/gate/down spec: 80",
                                  "up/gate/down spec: 96", "up/gate/down spec: 112"});
    CHECK(figure.series[0].color == "#7f7f7f");
    CHECK(allMarkers(figure, "circle"));
    CHECK(figure.y.minimum == 1e10);
    CHECK(figure.y.maximum == 1e15);
    REQUIRE(figure.roofs);
    CHECK(figure.roofs->memoryLabel == "1,935GB/s");
    CHECK(figure.roofs->computeLabel == "312 TFLOP/s");
    CHECK(figure.overlays.empty());
}

TEST_CASE("figure D is the sweep of batch-invariant GEMM over tokens") {
    const Figure figure = catalog::figure("batch-invariant-h100");
    CHECK(figure.kind == catalog::ChartKind::sweep);
    CHECK(figure.title.empty());
    CHECK(!figure.roofs);
    CHECK(labels(figure) == Texts{"Non-batch-invariant (cuBLAS)", "Batch-invariant (Triton)",
                                  "Batch-invariant (fixed tile)", "Attainable (modelled)"});
    CHECK(figure.series[0].color == "#1f77b4");
    CHECK(figure.series[0].marker == "circle");
    CHECK(figure.series[1].color == "#d62728");
    CHECK(figure.series[1].marker == "square");
    CHECK(std::all_of(figure.series.begin(), figure.series.end(), [](const auto& s) { return s.line; }));
    CHECK(figure.x.title == "# Tokens");
    CHECK(figure.x.base == 2);
    CHECK(figure.x.minimum <= 1);
    CHECK(figure.x.maximum >= 8192);
    CHECK(figure.x.suffixes == "plain");
    CHECK(figure.y.title == "TFLOPS");
    CHECK(figure.y.unit == 1e12);
    CHECK(figure.y.base == 10);
}

TEST_CASE("the roofs of every figure are ceilings of a device of share") {
    for (const std::string& name : catalog::names("figures")) {
        const auto roofs = catalog::figure(name).roofs;
        if (!roofs) continue;
        INFO(name);
        const auto sheet = catalog::deviceByDriverName(roofs->device);
        REQUIRE(sheet);
        const auto has = [&](const std::string& ceiling) {
            return std::any_of(sheet->ceilings.begin(), sheet->ceilings.end(),
                               [&](const db::Ceiling& c) { return c.name == ceiling; });
        };
        CHECK(has(roofs->memory));
        CHECK(has(roofs->compute));
    }
}

TEST_CASE("a user's figure needs two axes and one series only") {
    const Scratch scratch;
    const Figure figure = catalog::figure(scratch.write("mine.toml", kAxes + kSeries).string());
    CHECK(figure.name == "mine");
    CHECK(figure.kind == catalog::ChartKind::roofline);
    CHECK(figure.x.title == "tokens");
    CHECK(figure.x.base == 10);
    CHECK(figure.series[0].color == "#1f77b4");
    CHECK(figure.series[0].marker == "circle");
    CHECK(!figure.roofs);
}

TEST_CASE("an unknown figure is a usage error with the nearest name") {
    const Scratch scratch;
    CHECK(thrown(scratch, [] { (void)catalog::figure("llama-13b-a100"); }) ==
          "2 no figure 'llama-13b-a100' | did you mean 'llama-33b-a100pcie' or 'llama-13b-a40'? `ridge list "
          "figures` lists all");
}

TEST_CASE("what does not fit a figure is refused at its line and column") {
    CHECK(figureError("titel = \"x\"\n" + kAxes + kSeries) ==
          "2 f.toml:1:1: unknown key 'titel' | did you mean 'title'?");
    CHECK(figureError(kAxes) == "2 f.toml:1:1: no [[series]]: a figure shows at least one");
    CHECK(figureError(kSeries) == "2 f.toml:1:1: [x] is missing");
    CHECK(figureError("x = 3\n" + kSeries) == "2 f.toml:1:5: 'x' must be a table: [x]");
    CHECK(figureError("kind = \"pie\"\n" + kAxes + kSeries) ==
          "2 f.toml:1:8: 'kind' must be one of roofline, sweep, not 'pie'");
    CHECK(figureError(kAxes + kSeries + "color = \"blue\"\n") ==
          "2 f.toml:12:9: 'color' must be a colour like #1f77b4, not 'blue'");
    CHECK(
        figureError(kAxes + kSeries + "marker = \"star\"\n") ==
        "2 f.toml:12:10: 'marker' must be one of circle, square, triangle, diamond, plus, cross, not 'star'");
    CHECK(figureError(kAxes + kSeries + "line = \"yes\"\n") == "2 f.toml:12:8: 'line' must be true or false");
    CHECK(figureError(kAxes + "base = 3\n" + kSeries) == "2 f.toml:9:8: 'base' must be 10 or 2, not 3");
    CHECK(figureError("[x]\ncolumn = \"a b\"\n" + kSeries) ==
          "2 f.toml:2:10: 'column' must be a column of v_points or two joined by '|', not 'a b'");
    CHECK(figureError("[x]\ncolumn = \"m\"\nminimum = 0\nmaximum = 1\n" + kSeries) ==
          "2 f.toml:3:11: 'minimum' must be above 0, not 0");
    CHECK(figureError("[x]\ncolumn = \"m\"\nminimum = 5\nmaximum = 5\n" + kSeries) ==
          "2 f.toml:4:11: 'maximum' must be above 'minimum' (5 is not above 5)");
    CHECK(figureError(kAxes + "[roofs]\nmemory = \"dram\"\n" + kSeries) ==
          "2 f.toml:9:1: 'device' is missing");
    CHECK(
        figureError(kAxes + kSeries +
                    "[[overlay]]\ncsv = \"a.csv\"\nx = \"x\"\ny = \"y\"\nsource = \"s\"\nwhere = \"x\"\n") ==
        "2 f.toml:17:9: 'where' of an overlay must be \"column=value\"");
}
