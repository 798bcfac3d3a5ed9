// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/charts/figure_data.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace ridge::gui::test {
namespace {

using db::Provenance;

/// A GEMM of t rows against a k x n weight, 16 bit: FLOPs over bytes with each operand once.
double linearIntensity(double t, double n, double k) {
    return 2 * t * n * k / (2 * (t * k + n * k + t * n));
}

/// A share of the roof that varies a little from point to point, the same way every time.
double achieved(const ChartRoof& roof, double intensity, int seed) {
    const double share = 0.72 + 0.16 * std::sin(1.7 * seed + 0.9 * std::log2(intensity + 1));
    return share * std::min(roof.flopsPerS, roof.bytesPerS * intensity);
}

ChartSeries series(const char* label, const char* color, Marker marker,
                   Provenance provenance = Provenance::measured) {
    ChartSeries made;
    made.label = QString::fromUtf8(label);
    made.color = QColor(color);
    made.marker = marker;
    made.provenance = provenance;
    return made;
}

ChartRoof roof(const char* device, double bytesPerS, double flopsPerS) {
    ChartRoof made;
    made.device = QString::fromUtf8(device);
    made.origin = QStringLiteral("datasheet");
    made.bytesPerS = bytesPerS;
    made.flopsPerS = flopsPerS;
    made.memoryColor = QColor("#1f77b4");
    made.computeColor = QColor("#d62728");
    made.ridgeColor = QColor("#2ca02c");
    return made;
}

ChartData rooflineFigure(const char* name, const char* xTitle, double xLow, double xHigh, const char* yTitle,
                         double yLow, double yHigh, const char* suffixes) {
    ChartData data;
    data.figure.name = name;
    data.figure.x = {xTitle, "intensity", xLow, xHigh, 10, 1, suffixes};
    data.figure.y = {yTitle, "flops_per_s", yLow, yHigh, 10, 1, suffixes};
    return data;
}

constexpr std::array<int, 7> batches{1, 2, 4, 8, 16, 32, 64};

}  // namespace

ChartData gpt2Figure() {
    ChartData data = rooflineFigure("gpt2-l-rtx4090", "Arithmetic Intensity (FLOP/Byte)", 0.1, 1e3,
                                    "Performance (FLOPS)", 1e11, 3e14, "power");
    data.figure.legend = "top left";
    data.roofs = {roof("NVIDIA GeForce RTX 4090", 1008e9, 165.2e12)};
    data.roofs[0].roofLabel = QStringLiteral("4090 Roofline");
    data.roofs[0].memoryColor = data.roofs[0].computeColor = QColor("#0000ff");
    data.roofs[0].dashed = data.roofs[0].ridgeLine = false;
    auto baseline = series("Baseline GPT2-L Perf", "#000000", Marker::circle);
    baseline.points = {{1.0, 2.32e11, 2.28e11, 2.36e11, 1, 0, "step · batch 1", {"232 GFLOP/s useful"}}};
    auto staged = series("Staged speculative GPT2-L Perf", "#ff0000", Marker::circle);
    staged.points = {{33.9, 7.1e11, 4.6e11, 9.9e11, 2, 0, "step · 36 candidates", {"710 GFLOP/s useful"}}};
    auto baselineRead = series("Baseline GPT2-L Perf", "#000000", Marker::circle, Provenance::reference);
    baselineRead.points = {{1.0, 2.1e11}};
    auto stagedRead =
        series("Staged speculative GPT2-L Perf", "#ff0000", Marker::circle, Provenance::reference);
    stagedRead.points = {{36, 6.65e11}};
    data.series = {baseline, staged, baselineRead, stagedRead};
    data.notes = {
        QStringLiteral("Published points: Spector & Ré 2023, arXiv 2308.04623. The x of the staged point is "
                       "inferred: 36 candidate tokens a step.")};
    return data;
}

ChartData llama13bFigure() {
    ChartData data = rooflineFigure("llama-13b-a40", "Operational Intensity (FLOP/Byte)", 0.7, 1e4,
                                    "Performance (FLOP/s)", 1e10, 3e14, "si");
    data.title = QStringLiteral("Roofline Model (Llama 13B, A40)");
    data.roofs = {roof("NVIDIA A40", 696e9, 149.7e12)};
    data.roofs[0].memoryLabel = QStringLiteral("696GB/s");
    data.roofs[0].computeLabel = QStringLiteral("149.7 TFLOP/s");
    data.series = {series("qkv mlp init", "#1f77b4", Marker::cross),
                   series("qkv mlp ar", "#ff7f0e", Marker::cross),
                   series("up/gate/down init", "#2ca02c", Marker::cross),
                   series("up/gate/down ar", "#d62728", Marker::cross),
                   series("qk/pv init", "#9467bd", Marker::cross),
                   series("qk/pv ar", "#8c564b", Marker::cross)};
    int seed = 0;
    for (const int batch : batches) {
        for (int seq = 128; seq <= 8192; seq *= 2) {
            const std::array<double, 6> intensities{linearIntensity(batch * seq, 5120, 5120),
                                                    linearIntensity(batch, 5120, 5120),
                                                    linearIntensity(batch * seq, 13824, 5120),
                                                    linearIntensity(batch, 13824, 5120),
                                                    linearIntensity(seq, seq, 128),
                                                    linearIntensity(1, seq, 128)};
            for (std::size_t i = 0; i < intensities.size(); ++i) {
                data.series[i].points.push_back(
                    {intensities.at(i), achieved(data.roofs[0], intensities.at(i), ++seed)});
            }
        }
    }
    return data;
}

ChartData llama33bFigure() {
    ChartData data = rooflineFigure("llama-33b-a100pcie", "Operational Intensity (FLOP/Byte)", 0.7, 1e4,
                                    "Performance (FLOP/s)", 1e10, 1e15, "si");
    data.title = QStringLiteral("Llama 33B, A100 80GB PCIe");
    data.subtitle = QStringLiteral("modelled from shapes and datasheet roofs");
    data.figure.fineGrid = true;
    data.roofs = {roof("NVIDIA A100 80GB PCIe", 1935e9, 312e12)};
    data.roofs[0].memoryLabel = QStringLiteral("1,935GB/s");
    data.roofs[0].computeLabel = QStringLiteral("312 TFLOP/s");
    static constexpr std::array<const char*, 8> colors{"#7f7f7f", "#fca50a", "#f37819", "#dd513a",
                                                       "#bc3754", "#932667", "#6a176e", "#420a68"};
    for (int width = 0; width <= 112; width += 16) {
        const auto label =
            width == 0 ? std::string("up/gate/down ar") : "up/gate/down spec: " + std::to_string(width);
        auto made = series(label.c_str(), colors.at(static_cast<std::size_t>(width / 16)), Marker::circle,
                           Provenance::modeled);
        for (const int batch : batches) {
            const double intensity = linearIntensity(batch * std::max(1, width), 17920, 6656);
            made.points.push_back({intensity, std::min(312e12, 1935e9 * intensity)});
        }
        data.series.push_back(made);
    }
    data.notes = {
        QStringLiteral("8 series modelled: the shortest time the datasheet's roofs allow, nothing was run.")};
    return data;
}

ChartData batchInvariantFigure() {
    // LLM-42, arXiv 2601.17768: mlp_down of Llama-3-8B, bf16, H100 PCIe; tokens 1, 2, 4 ... 8192.
    static constexpr std::array<double, 14> cublas{1.54,   3.04,   6.45,   12.73,  25.53,  50.02,  96.28,
                                                   176.73, 385.70, 481.77, 533.98, 522.48, 515.42, 537.99};
    static constexpr std::array<double, 14> triton{0.23,  0.47,  1.17,  2.36,   5.36,   10.94,  23.84,
                                                   48.67, 94.81, 97.70, 134.79, 152.75, 163.32, 172.11};
    ChartData data;
    data.figure.name = "batch-invariant-h100";
    data.figure.kind = catalog::ChartKind::sweep;
    data.figure.x = {"# Tokens", "tokens", 0.7, 11600, 2, 1, "plain"};
    data.figure.y = {"TFLOPS", "algorithmic_flops_per_s", 1e11, 1e15, 10, 1e12, "power"};
    auto library = series("Non-batch-invariant (cuBLAS)", "#1f77b4", Marker::circle);
    auto invariant = series("Batch-invariant (Triton)", "#d62728", Marker::square, Provenance::reference);
    auto ours = series("Batch-invariant (fixed tile)", "#2ca02c", Marker::triangle);
    auto published = series("Non-batch-invariant (cuBLAS)", "#1f77b4", Marker::circle, Provenance::reference);
    library.line = ours.line = true;
    for (std::size_t i = 0; i < cublas.size(); ++i) {
        const double tokens = std::exp2(static_cast<double>(i));
        library.points.push_back({tokens, 0.93e12 * cublas.at(i)});
        ours.points.push_back({tokens, 1.55e12 * triton.at(i)});
        invariant.points.push_back({tokens, 1e12 * triton.at(i)});
        published.points.push_back({tokens, 1e12 * cublas.at(i)});
    }
    data.series = {library, ours, published, invariant};
    return data;
}

}  // namespace ridge::gui::test
