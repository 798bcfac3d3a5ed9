// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/roof_choice.hpp"

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "db/catalog/devices.hpp"
#include "gui/models/number_text.hpp"

namespace ridge::gui {

namespace {

struct RoofChoice {
    Q_DECLARE_TR_FUNCTIONS(RoofChoice)
};

/// Roof lines of the second, third, ... device, which no figure gives colours for.
constexpr std::array<const char*, 4> furtherColors{"#8c6d31", "#7b6888", "#5f8f8f", "#a05d56"};

QString text(const std::string& value) {
    return QString::fromStdString(value);
}

QString shortName(const std::string& device) {
    QString name = text(device);
    for (const char* vendor : {"NVIDIA ", "GeForce "})
        if (name.startsWith(QLatin1String(vendor), Qt::CaseInsensitive))
            name.remove(0, QLatin1String(vendor).size());
    return name;
}

/// The compute ceiling of a row: what it is held against, else the one of its dtype with fp32 accumulate.
std::string computePath(const db::Point& point) {
    if (!point.computePath.empty()) return point.computePath;
    if (point.dtype.empty() || point.dtype == "fp32" || point.dtype == "fp64") return point.dtype;
    return "tensor_" + point.dtype;
}

/// The figure's compute ceiling; where it names none, the one most of the device's rows have.
std::string computePath(const catalog::FigureRoofs& roofs, const std::string& device,
                        const std::vector<DrawnRow>& rows) {
    if (!roofs.compute.empty()) return roofs.compute;
    std::map<std::string, std::size_t> count;
    for (const DrawnRow& drawn : rows)
        if (const std::string path = computePath(drawn.row->point);
            !path.empty() && sameDevice(drawn.row->device, device))
            ++count[path];
    const auto most = std::ranges::max_element(count, {}, [](const auto& entry) { return entry.second; });
    return most == count.end() ? "compute" : most->first;
}

/// A memory ceiling counts when it is the named one, or (measured, named dram) any of DRAM: the largest wins.
bool isMemoryRoof(const db::Ceiling& ceiling, const std::string& name, const std::string& origin) {
    if (ceiling.kind != "memory" || ceiling.origin != origin) return false;
    return ceiling.name == name ||
           (origin == "measured" && name == "dram" && ceiling.name.starts_with("dram_"));
}

/// The kernel and its work, as far as they are known.
QStringList detailsOf(const db::Ceiling& ceiling) {
    const QString unit = ceiling.unit == "byte/s" ? "B" : ceiling.unit == "op/s" ? "OP" : "FLOP";
    const auto work = [&unit](double value) { return siText(value, unit, 6); };
    QStringList lines;
    if (!ceiling.kernel.empty()) lines << RoofChoice::tr("Measured by %1").arg(text(ceiling.kernel));
    if (ceiling.counted) lines << RoofChoice::tr("A launch: %1 counted").arg(work(*ceiling.counted));
    if (ceiling.expected) lines << RoofChoice::tr("A launch: %1 expected").arg(work(*ceiling.expected));
    return lines;
}

struct Pair {
    std::optional<double> bytesPerS, flopsPerS;
    QStringList memoryDetails, computeDetails;

    void take(const db::Ceiling& ceiling, const std::string& memory, const std::string& compute,
              const std::string& origin) {
        if (isMemoryRoof(ceiling, memory, origin))
            raise(bytesPerS, memoryDetails, ceiling);
        else if (ceiling.kind == "compute" && ceiling.origin == origin && ceiling.name == compute)
            raise(flopsPerS, computeDetails, ceiling);
    }
    static void raise(std::optional<double>& value, QStringList& details, const db::Ceiling& ceiling) {
        if (value.value_or(0) >= ceiling.value) return;
        value = ceiling.value;
        details = detailsOf(ceiling);
    }
    [[nodiscard]] bool complete() const { return bytesPerS && flopsPerS; }
};

Pair fromFiles(const std::vector<DrawnRow>& rows, const std::string& device, const std::string& memory,
               const std::string& compute, const std::string& origin) {
    Pair pair;
    std::vector<const ResultFile*> seen;
    for (const DrawnRow& drawn : rows) {
        if (std::ranges::find(seen, drawn.file) != seen.end()) continue;
        seen.push_back(drawn.file);
        for (const db::CeilingRow& row : drawn.file->ceilings)
            if (sameDevice(row.device, device)) pair.take(row.ceiling, memory, compute, origin);
    }
    return pair;
}

Pair fromSheet(const db::DeviceSheet& sheet, const std::string& memory, const std::string& compute) {
    Pair pair;
    for (const db::Ceiling& ceiling : sheet.ceilings) pair.take(ceiling, memory, compute, "datasheet");
    return pair;
}

ChartRoof styled(const catalog::FigureRoofs& roofs, const std::string& device, const QString& origin,
                 const Pair& pair) {
    ChartRoof roof;
    roof.device = text(device);
    roof.origin = origin;
    roof.bytesPerS = *pair.bytesPerS;
    roof.flopsPerS = *pair.flopsPerS;
    roof.memoryColor = QColor(text(roofs.memoryColor));
    roof.computeColor = QColor(text(roofs.computeColor));
    roof.ridgeColor = QColor(text(roofs.ridgeColor));
    roof.memoryDetails = pair.memoryDetails;
    roof.computeDetails = pair.computeDetails;
    roof.dashed = roofs.dashed;
    roof.ridgeLine = roofs.ridgeLine;
    return roof;
}

ChartRoof publishedRoof(const catalog::FigureRoofs& roofs) {
    const db::DeviceSheet sheet = catalog::device(roofs.device);
    const Pair pair = fromSheet(sheet, roofs.memory, roofs.compute);
    if (!pair.complete())
        throw Error(ExitCode::usage,
                    "the device file of " + roofs.device + " has no '" + roofs.memory + "' or no '" +
                        roofs.compute + "' ceiling, which the figure draws",
                    "name ceilings the device file has");
    ChartRoof roof = styled(roofs, sheet.device.name, "datasheet", pair);
    roof.memoryLabel = text(roofs.memoryLabel);
    roof.computeLabel = text(roofs.computeLabel);
    roof.roofLabel = text(roofs.roofLabel);
    return roof;
}

/// Labels of a roof no figure was published with; `named`: several devices share the chart.
void label(ChartRoof& roof, const catalog::FigureRoofs& roofs, bool named) {
    const QString measured = roof.origin == "measured" ? RoofChoice::tr("measured ") : QString();
    const QString device = shortName(roof.device.toStdString());
    const QString prefix = (named ? device + ' ' : QString()) + measured;
    roof.memoryLabel = prefix + siText(roof.bytesPerS, "B/s", 4);
    roof.computeLabel = prefix + siText(roof.flopsPerS, "FLOP/s", 4);
    if (!roofs.roofLabel.empty()) roof.roofLabel = device + ' ' + measured + RoofChoice::tr("Roofline");
}

void recolor(ChartRoof& roof, std::size_t deviceIndex) {
    if (deviceIndex == 0) return;
    const QColor color(QLatin1String(furtherColors.at((deviceIndex - 1) % furtherColors.size())));
    roof.memoryColor = roof.computeColor = roof.ridgeColor = color;
}

std::vector<ChartRoof> roofsOfDevice(const catalog::FigureRoofs& wanted, const std::string& device,
                                     const std::string& compute, const std::vector<DrawnRow>& rows,
                                     bool named) {
    std::vector<ChartRoof> roofs;
    if (sameDevice(device, wanted.device)) {
        roofs.push_back(publishedRoof(wanted));
    } else {
        Pair sheet = fromFiles(rows, device, wanted.memory, compute, "datasheet");
        const std::optional<db::DeviceSheet> shared = catalog::deviceByDriverName(device);
        if (!sheet.complete() && shared) sheet = fromSheet(*shared, wanted.memory, compute);
        if (sheet.complete()) {
            roofs.push_back(styled(wanted, device, "datasheet", sheet));
            label(roofs.back(), wanted, named);
        }
    }
    const Pair measured = fromFiles(rows, device, wanted.memory, compute, "measured");
    if (measured.complete()) {
        roofs.push_back(styled(wanted, device, "measured", measured));
        roofs.back().dashed = !wanted.dashed;
        roofs.back().ridgeLine = false;
        label(roofs.back(), wanted, named);
    }
    return roofs;
}

}  // namespace

bool sameDevice(const std::string& left, const std::string& right) {
    return text(left).compare(text(right), Qt::CaseInsensitive) == 0;
}

std::vector<std::string> devicesOf(const std::vector<DrawnRow>& rows) {
    std::vector<std::string> devices;
    for (const DrawnRow& drawn : rows) {
        const std::string& device = drawn.row->device;
        const auto same = [&](const std::string& other) { return sameDevice(other, device); };
        if (!device.empty() && std::ranges::none_of(devices, same)) devices.push_back(device);
    }
    return devices;
}

std::vector<ChartRoof> chooseRoofs(const catalog::Figure& figure, const std::vector<DrawnRow>& rows,
                                   QStringList& notes) {
    if (!figure.roofs) return {};
    const catalog::FigureRoofs& wanted = *figure.roofs;
    const std::vector<std::string> devices = devicesOf(rows);
    if (devices.empty() && !wanted.device.empty()) return {publishedRoof(wanted)};
    std::vector<ChartRoof> roofs;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const std::string compute = computePath(wanted, devices[i], rows);
        const std::vector<ChartRoof> found =
            roofsOfDevice(wanted, devices[i], compute, rows, devices.size() > 1);
        for (ChartRoof roof : found) {
            recolor(roof, i);
            roofs.push_back(std::move(roof));
        }
        if (found.empty())
            notes << RoofChoice::tr(
                         "No roof is drawn for %1: neither a device file nor the results name its "
                         "%2 and %3 ceilings")
                         .arg(text(devices[i]), text(wanted.memory), text(compute));
    }
    return roofs;
}

}  // namespace ridge::gui
