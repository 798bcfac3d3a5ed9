// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/subtitle.hpp"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

namespace ridge::gui {

namespace {

struct Subtitle {
    Q_DECLARE_TR_FUNCTIONS(Subtitle)
};

QString devicesOfProvenance(const std::vector<DrawnRow>& rows, db::Provenance provenance) {
    std::vector<DrawnRow> chosen;
    std::ranges::copy_if(rows, std::back_inserter(chosen),
                         [&](const DrawnRow& drawn) { return drawn.row->point.provenance == provenance; });
    if (chosen.empty()) return {};
    QStringList names;
    for (const std::string& name : devicesOf(chosen)) names << QString::fromStdString(name);
    return names.isEmpty() ? Subtitle::tr("an unnamed device") : names.join(", ");
}

QString withoutRows(const SubtitleFacts& facts) {
    if (facts.filesOpen) {
        return facts.publishedPoints ? Subtitle::tr("Published numbers only: no point of the open file fits")
                                     : Subtitle::tr("No point of the open file fits this figure");
    }
    return facts.publishedPoints
               ? Subtitle::tr("Published numbers only: no results file is open")
               : Subtitle::tr("Datasheet ceilings only: no results file is open, and no point was published");
}

/// The published device, where the data comes from others only.
QString publishedElsewhere(const SubtitleFacts& facts) {
    if (!facts.figure.roofs || facts.figure.roofs->device.empty()) return {};
    const std::string& published = facts.figure.roofs->device;
    const std::vector<std::string> devices = devicesOf(facts.rows);
    if (std::ranges::any_of(devices, [&](const std::string& name) { return sameDevice(name, published); }))
        return {};
    return Subtitle::tr("published for %1").arg(QString::fromStdString(published));
}

}  // namespace

QString provenanceSubtitle(const SubtitleFacts& facts) {
    if (facts.rows.empty()) return withoutRows(facts);
    const QString measured = devicesOfProvenance(facts.rows, db::Provenance::measured);
    const QString imported = devicesOfProvenance(facts.rows, db::Provenance::imported);
    const QString modeled = devicesOfProvenance(facts.rows, db::Provenance::modeled);
    QStringList parts;
    if (!measured.isEmpty()) parts << Subtitle::tr("Measured on %1").arg(measured);
    if (!imported.isEmpty()) parts << Subtitle::tr("imported from another tool's run on %1").arg(imported);
    if (!modeled.isEmpty() && parts.isEmpty())
        parts
            << Subtitle::tr("Modelled from datasheet ceilings: nothing here was measured · %1").arg(modeled);
    else if (!modeled.isEmpty())
        parts << Subtitle::tr("modelled (outlines) for %1").arg(modeled);
    if (const QString elsewhere = publishedElsewhere(facts); !elsewhere.isEmpty()) parts << elsewhere;
    QString subtitle = parts.join("; ");
    subtitle[0] = subtitle[0].toUpper();
    return subtitle;
}

}  // namespace ridge::gui
