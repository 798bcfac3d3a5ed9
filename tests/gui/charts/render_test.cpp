// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/render.hpp"

#include <QFile>
#include <QImage>
#include <QTemporaryDir>
#include <QXmlStreamReader>

#include "db/model/error.hpp"
#include "tests/gui/application.hpp"
#include "tests/gui/charts/figure_data.hpp"
#include "tests/gui/qt_catch.hpp"

namespace ridge::gui {
namespace {

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    REQUIRE(file.open(QIODevice::ReadOnly));
    return file.readAll();
}

/// Renders into a folder of its own and reads back.
class Rendered {
 public:
    explicit Rendered(const char* name, QSize size = {800, 500}, bool dark = false,
                      const ChartData& data = test::llama33bFigure()) {
        test::ensureApplication();
        renderToFile(data, path(name), size, dark);
    }
    [[nodiscard]] QString path(const char* name) const { return m_folder.filePath(QString::fromUtf8(name)); }
    [[nodiscard]] QStringList files() const { return QDir(m_folder.path()).entryList(QDir::Files); }

 private:
    QTemporaryDir m_folder;
};

}  // namespace

TEST_CASE("a PNG has the size asked for and says what it shows") {
    const Rendered rendered("chart.png", {1200, 700});
    const QImage image(rendered.path("chart.png"));
    CHECK(image.size() == QSize(1200, 700));
    CHECK(image.text("Title") == "llama-33b-a100pcie · modelled");
    CHECK(image.text("Software") == "Ridgepoint " RIDGE_VERSION);
    CHECK(image.pixelColor(2, 2) == QColor(Qt::white));
    CHECK(rendered.files() == QStringList{"chart.png"});
}

TEST_CASE("a dark picture is dark") {
    const Rendered rendered("chart.png", {800, 500}, true);
    CHECK(QImage(rendered.path("chart.png")).pixelColor(2, 2).lightness() < 60);
}

TEST_CASE("an SVG parses, holds the texts and draws nothing outside the picture") {
    const Rendered rendered("chart.svg");
    QXmlStreamReader xml(bytesOf(rendered.path("chart.svg")));
    QStringList texts;
    while (!xml.atEnd()) {
        xml.readNext();
        if (xml.isStartElement() && (xml.name() == u"text" || xml.name() == u"title")) {
            texts << xml.readElementText().trimmed();
        }
        if (xml.isStartElement() && xml.name() == u"polyline") {
            const auto points =
                xml.attributes().value(QStringLiteral("points")).toString().split(' ', Qt::SkipEmptyParts);
            for (const auto& point : points) {
                const double x = point.section(',', 0, 0).toDouble(), y = point.section(',', 1, 1).toDouble();
                CHECK((x >= -500 && x <= 800 && y >= -500 && y <= 500));
            }
        }
    }
    CHECK_FALSE(xml.hasError());
    CHECK(texts.first() == "llama-33b-a100pcie · modelled");
    CHECK(texts.contains("1,935GB/s"));
    CHECK(texts.contains("312 TFLOP/s"));
    CHECK(texts.contains("up/gate/down spec: 64 (modelled)"));
    CHECK(texts.contains("1000T"));
}

TEST_CASE("a PDF is one page as wide as asked for, with its title") {
    const Rendered rendered("chart.pdf", {317, 240});
    const QByteArray bytes = bytesOf(rendered.path("chart.pdf"));
    CHECK(bytes.startsWith("%PDF-1."));
    CHECK(bytes.contains("%%EOF"));
    CHECK(bytes.contains("/MediaBox [0 0 238.0"));
    CHECK(bytes.contains("/Creator"));
}

TEST_CASE("a larger picture is the same picture with more pixels") {
    const Rendered one("one.png", {800, 500}), two("two.png", {1600, 1000});
    const auto coarse = [](const QString& path) {
        return QImage(path).scaled(80, 50, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    };
    const QImage small = coarse(one.path("one.png")), large = coarse(two.path("two.png"));
    int worst = 0;
    for (int y = 0; y < small.height(); ++y) {
        for (int x = 0; x < small.width(); ++x) {
            worst = std::max(worst, std::abs(qGray(small.pixel(x, y)) - qGray(large.pixel(x, y))));
        }
    }
    CHECK(worst < 24);
}

TEST_CASE("another suffix is refused before anything is written") {
    test::ensureApplication();
    const QTemporaryDir folder;
    try {
        renderToFile(test::gpt2Figure(), folder.filePath("chart.gif"), {800, 500}, false);
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::usage);
        CHECK_THAT(error.what(), ContainsSubstring("chart.gif"));
        CHECK_THAT(error.hint(), ContainsSubstring(".svg"));
    }
    CHECK(QDir(folder.path()).isEmpty());
}

TEST_CASE("a folder that is not there and an impossible size are errors with the next step") {
    test::ensureApplication();
    const QTemporaryDir folder;
    try {
        renderToFile(test::gpt2Figure(), folder.filePath("none/chart.png"), {800, 500}, false);
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::failed);
        CHECK_THAT(error.what(), ContainsSubstring("none/chart.png"));
        CHECK_FALSE(error.hint().empty());
    }
    CHECK_THROWS_AS(renderToFile(test::gpt2Figure(), folder.filePath("chart.png"), {0, 500}, false), Error);
    CHECK_THROWS_AS(renderToFile(test::gpt2Figure(), folder.filePath("chart.png"), {20000, 500}, false),
                    Error);
    CHECK(QDir(folder.path()).isEmpty());
}

}  // namespace ridge::gui
