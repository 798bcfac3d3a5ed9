// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/options.hpp"

#include <CLI/CLI.hpp>
#include <utility>

namespace ridge::gui {

namespace {

constexpr const char* footer =
    "Figures and their plans: ridge list figures.\n"
    "EXPR is a SQL condition over the columns of v_points, for instance \"phase = 'ar' AND batch >= 8\".\n"
    "Without --figure, the figure of the file's plan is shown, or one made from the data.\n"
    "--render needs no display.";

Options optionsFrom(std::vector<std::string> files, const std::string& figure, const std::string& chart,
                    const std::string& where, const RenderOptions& render) {
    Options options;
    for (std::string& file : files) options.request.files.emplace_back(std::move(file));
    options.request.figure = QString::fromStdString(figure);
    options.request.where = QString::fromStdString(where);
    options.table = chart == "table";
    if (chart == "roofline") options.request.kind = catalog::ChartKind::roofline;
    if (chart == "sweep") options.request.kind = catalog::ChartKind::sweep;
    if (!render.file.empty()) options.render = render;
    return options;
}

void requireSense(const Options& options, const RenderOptions& render) {
    if (!options.render && (!render.size.empty() || render.dark))
        throw Error(ExitCode::usage, "--size and --dark need --render OUT",
                    "a window has its own size and theme");
    if (options.render && options.table)
        throw Error(ExitCode::usage, "a table cannot be rendered as a picture",
                    "ridge show FILE prints it; --format csv writes it");
    if (options.render && options.request.files.empty() && options.request.figure.isEmpty())
        throw Error(ExitCode::usage, "--render has nothing to draw", "give a results file, or --figure NAME");
}

}  // namespace

Parsed parseOptions(int argc, const char* const* argv) {
    CLI::App app(
        "Rooflines of measured, modelled and published LLM kernels, on the desktop or rendered to a file.",
        "ridge-gui");
    app.set_version_flag("--version", std::string("ridge-gui ") + RIDGE_VERSION);
    app.footer(footer);
    std::vector<std::string> files;
    std::string figure, chart, where;
    RenderOptions render;
    app.add_option("FILE", files, "results files")->type_name("");
    app.add_option("--figure", figure, "a figure of share/figures, or a path to one")->type_name("NAME|PATH");
    app.add_option("--chart", chart, "roofline, sweep or table")
        ->type_name("KIND")
        ->check(CLI::IsMember({"roofline", "sweep", "table"}));
    app.add_option("--where", where, "show only the points for which this holds")->type_name("EXPR");
    app.add_option("--render", render.file, "write a picture (.png, .svg, .pdf) and exit")->type_name("OUT");
    app.add_option("--size", render.size, "of the picture: WxH pixels, or a width such as 84mm")
        ->type_name("WxH|MMmm");
    app.add_flag("--dark", render.dark, "light on dark");
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return {{}, app.help()};
    } catch (const CLI::CallForVersion& version) {
        return {{}, std::string(version.what()) + '\n'};
    } catch (const CLI::ParseError& error) {
        throw Error(ExitCode::usage, error.what(), "ridge-gui --help lists the options");
    }
    Options options = optionsFrom(std::move(files), figure, chart, where, render);
    requireSense(options, render);
    return {std::move(options), std::nullopt};
}

}  // namespace ridge::gui
