// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QTemporaryDir>

#include "gui/charts/render.hpp"
#include "tests/gui/application.hpp"
#include "tests/gui/charts/figure_data.hpp"
#include "tests/gui/charts/picture_compare.hpp"
#include "tests/support/catch.hpp"

namespace ridge::gui {
namespace {

QImage drawn(const ChartData& data, bool dark) {
    test::ensureApplication();
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("figure.png"));
    renderToFile(data, path, {800, 500}, dark);
    return QImage(path);
}

}  // namespace

TEST_CASE("GPT2-L on the RTX 4090 looks as approved") {
    test::checkPicture("gpt2-l-rtx4090", drawn(test::gpt2Figure(), false));
}

TEST_CASE("Llama-13B on the A40 looks as approved") {
    test::checkPicture("llama-13b-a40", drawn(test::llama13bFigure(), false));
}

TEST_CASE("Llama-33B on the A100 looks as approved, in the dark") {
    test::checkPicture("llama-33b-a100pcie", drawn(test::llama33bFigure(), true));
}

TEST_CASE("batch-invariant GEMM looks as approved") {
    test::checkPicture("batch-invariant-h100", drawn(test::batchInvariantFigure(), false));
}

TEST_CASE("the comparison of pictures sees missing points and forgives a shift of one pixel") {
    const QImage whole = drawn(test::gpt2Figure(), false);
    auto less = test::llama13bFigure();
    const QImage full = drawn(less, false);
    less.series[2].points.clear();
    CHECK(test::badPixels(full, drawn(less, false)) > 0.0005);
    CHECK(test::badPixels(whole, whole.copy(1, 0, whole.width(), whole.height())) <= 0.01);
    CHECK(test::badPixels(whole, whole.scaled(400, 250)) == 1);
}

}  // namespace ridge::gui
