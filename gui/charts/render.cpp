// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/render.hpp"

#include <QBuffer>
#include <QFileInfo>
#include <QGraphicsScene>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>
#include <algorithm>
#include <functional>

#include "db/model/error.hpp"
#include "gui/charts/marker_painter.hpp"
#include "gui/charts/plot.hpp"

namespace ridge::gui {
namespace {

constexpr double dotsPerInch = 96, mmPerInch = 25.4;
// Text is sized for a picture of this size; the smallest scale keeps it legible in a paper's column (84 mm).
constexpr double layoutWidth = 800, layoutHeight = 500, smallestScale = 0.75;

constexpr int largestSide = 10000;  // 400 MB as an image

class Picture {
 public:
    Picture(const ChartData& data, QSize size, bool dark) : m_data(data), m_size(size) {
        m_scale = std::max(smallestScale, std::min(size.width() / layoutWidth, size.height() / layoutHeight));
        m_plot = new Plot;
        m_scene.addItem(m_plot);
        m_plot->setColors(chartPalette(dark));
        m_plot->resize(QSizeF(size) / m_scale);
        // Aliasing: the caller's data outlives the picture.
        m_plot->setData(ChartDataPtr(ChartDataPtr(), &data));
    }

    [[nodiscard]] QByteArray png() {
        QImage image(m_size, QImage::Format_RGB32);
        image.fill(m_plot->state().style.background);
        QPainter painter(&image);
        paint(painter, m_scale);
        painter.end();
        image.setText(QStringLiteral("Title"), pictureTitle(m_data));
        image.setText(QStringLiteral("Software"), software());
        return written([&](QIODevice& device) { image.save(&device, "PNG"); });
    }

    [[nodiscard]] QByteArray svg() {
        return written([&](QIODevice& device) {
            QSvgGenerator generator;
            generator.setOutputDevice(&device);
            generator.setResolution(static_cast<int>(dotsPerInch));
            generator.setSize(m_size);
            generator.setViewBox(QRect(QPoint(), m_size));
            generator.setTitle(pictureTitle(m_data));
            generator.setDescription(software());
            QPainter painter(&generator);
            paint(painter, m_scale);
        });
    }

    [[nodiscard]] QByteArray pdf() {
        return written([&](QIODevice& device) {
            QPdfWriter writer(&device);
            writer.setPageSize(QPageSize(QSizeF(m_size) * mmPerInch / dotsPerInch, QPageSize::Millimeter,
                                         QString(), QPageSize::ExactMatch));
            writer.setPageMargins(QMarginsF());
            writer.setTitle(pictureTitle(m_data));
            writer.setCreator(software());
            QPainter painter(&writer);
            paint(painter, m_scale * writer.resolution() / dotsPerInch);
        });
    }

 private:
    static QString software() { return QStringLiteral("Ridgepoint " RIDGE_VERSION); }

    static QByteArray written(const std::function<void(QIODevice&)>& write) {
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        write(buffer);
        return buffer.data();
    }

    void paint(QPainter& painter, double scale) {
        painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
        painter.scale(scale, scale);
        const QRectF area(QPointF(), m_plot->size());
        m_scene.render(&painter, area, area);
    }

    const ChartData& m_data;
    QSize m_size;
    double m_scale;
    QGraphicsScene m_scene;
    Plot* m_plot;  ///< owned by the scene
};

void save(const QByteArray& bytes, const QString& path) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        throw Error(ExitCode::failed,
                    "cannot write '" + path.toStdString() + "': " + file.errorString().toStdString(),
                    "choose a folder that exists and that you may write to");
    }
}

}  // namespace

QString pictureTitle(const ChartData& data) {
    QStringList words;
    for (const auto& series : data.series) {
        QString word = provenanceWord(series.provenance);
        if (word.isEmpty()) {
            word = QStringLiteral("measured");
        }
        if (!series.points.empty() && !words.contains(word)) {
            words << word;
        }
    }
    const QString name = QString::fromStdString(data.figure.name);
    return words.isEmpty() ? name : name + QStringLiteral(" · ") + words.join(QStringLiteral(", "));
}

void renderToFile(const ChartData& data, const QString& path, QSize size, bool dark) {
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix != QLatin1String("png") && suffix != QLatin1String("svg") && suffix != QLatin1String("pdf")) {
        throw Error(ExitCode::usage, "cannot tell the picture's format from '" + path.toStdString() + "'",
                    "end the name in .png, .svg or .pdf");
    }
    if (size.isEmpty() || size.width() > largestSide || size.height() > largestSide) {
        throw Error(ExitCode::usage,
                    "a picture of " + std::to_string(size.width()) + "x" + std::to_string(size.height()) +
                        " pixels cannot be drawn",
                    "give a size between 1x1 and 10000x10000, for example 1600x1000");
    }
    Picture picture(data, size, dark);
    save(suffix == QLatin1String("png")   ? picture.png()
         : suffix == QLatin1String("svg") ? picture.svg()
                                          : picture.pdf(),
         path);
}

}  // namespace ridge::gui
