// SPDX-License-Identifier: GPL-3.0-or-later
// What a call-out says about a point, and the words for provenance.
#pragma once

#include <QString>
#include <QStringList>

#include "db/catalog/figure.hpp"
#include "db/results.hpp"

namespace ridge::gui {

/// "measured", "modelled", "published", "imported": the words of legends, tables and call-outs.
[[nodiscard]] QString provenanceName(db::Provenance provenance);
/// "Measured on", "Modelled from datasheet ceilings for", ...: the device's name
/// follows.
[[nodiscard]] QString provenanceSentence(db::Provenance provenance);

/// "up · ar · batch 8 · spec 64"; the series or the point's number where the row names none of these.
[[nodiscard]] QString pointTitle(const db::PointRow& row);
/// The lines below the title: numbers with units, where they come from, and what to be careful about.
[[nodiscard]] QStringList pointDetails(const db::PointRow& row, const QString& seriesNote);

[[nodiscard]] QString referenceTitle(const catalog::FigureOverlay& overlay,
                                     const catalog::ReferencePoint& point);
[[nodiscard]] QStringList referenceDetails(const catalog::FigureOverlay& overlay,
                                           const catalog::ReferencePoint& point,
                                           const catalog::Figure& figure);

}  // namespace ridge::gui
