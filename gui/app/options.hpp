// SPDX-License-Identifier: GPL-3.0-or-later
// What the command line asks ridge-gui for.
#pragma once

#include <QSizeF>
#include <QString>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gui/models/loading.hpp"

namespace ridge::gui {

struct RenderOptions {
    std::filesystem::path file;
    std::string size;  ///< as given: WxH in pixels or a width in mm; empty: the default
    bool dark = false;
};

struct Options {
    LoadRequest request;
    bool table = false;  ///< open on the table, not on the chart
    std::optional<RenderOptions> render;
};

/// The options, or the text that --help or --version prints.
struct Parsed {
    Options options;
    std::optional<std::string> text;
};

/// Needs no QApplication. Throws ridge::Error (usage) for what it does not understand.
[[nodiscard]] Parsed parseOptions(int argc, const char* const* argv);

}  // namespace ridge::gui
