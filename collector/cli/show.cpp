// SPDX-License-Identifier: Apache-2.0
// ridge show: the points of results files, or another view of them, as a table.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>

#include "collector/cli/ceiling_table.hpp"
#include "collector/cli/command.hpp"
#include "collector/cli/output.hpp"
#include "collector/cli/point_table.hpp"
#include "collector/cli/shown_columns.hpp"
#include "collector/cli/terminal.hpp"
#include "db/results.hpp"

namespace ridge::cli {
namespace {

struct ShowOptions {
    std::vector<std::string> files;
    std::string where, sort, format = "text";
    std::string view = "points";  ///< without its v_
};

struct View {
    std::string_view name;
    bool ofPoints;          ///< its rows belong to points, whose columns --where may name
    std::string_view hint;  ///< how to come by rows where a file has none
};
constexpr std::array<View, 6> views{
    {{"points", false, "collect some: ridge collect PLAN -o FILE; its ceilings: ridge show FILE --ceilings"},
     {"metrics", true, "counters come with measured points: ridge collect PLAN --metrics SET -o FILE"},
     {"samples", true, "ridge collect keeps the times of the points that it measures"},
     {"kernels", true, "ridge profile -o FILE -- PROGRAM lists the kernels of a program"},
     {"ceilings", false, "measure some: ridge ceilings -o FILE"},
     {"runs", false, "collect some points: ridge collect PLAN -o FILE"}}};

const View& viewOf(const ShowOptions& options) {
    return *std::find_if(views.begin(), views.end(),
                         [&](const View& view) { return view.name == options.view; });
}

std::string withoutPrefix(const std::string& view) {
    return view.starts_with("v_") ? view.substr(2) : view;
}

/// Empty where there is such a view.
std::string viewError(const std::string& name) {
    std::string all;
    for (const View& view : views) {
        if (view.name == name) return {};
        all.append(all.empty() ? "" : ", ").append(view.name);
    }
    return "'" + name + "' is none of " + all;
}

/// NULL, numbers, texts: the order SQLite sorts in.
bool before(const db::Cell& a, const db::Cell& b) {
    const auto number = [](const db::Cell& cell) {
        const auto* integer = std::get_if<std::int64_t>(&cell);
        return integer != nullptr ? static_cast<double>(*integer) : std::get<double>(cell);
    };
    const auto rank = [](const db::Cell& cell) {
        constexpr std::array<int, 4> ranks{0, 1, 1, 2};
        return ranks.at(cell.index());
    };
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    if (rank(a) == 0) return false;
    return rank(a) == 1 ? number(a) < number(b) : std::get<std::string>(a) < std::get<std::string>(b);
}

void sortRows(db::Table& table, const std::string& sort) {
    if (sort.empty()) return;
    const bool descending = sort.front() == '-';
    const auto found = std::find(table.columns.begin(), table.columns.end(), sort.substr(descending ? 1 : 0));
    const auto column = static_cast<std::size_t>(found - table.columns.begin());
    std::stable_sort(table.rows.begin(), table.rows.end(), [&](const auto& a, const auto& b) {
        return descending ? before(b[column], a[column]) : before(a[column], b[column]);
    });
}

db::Table readTable(const ShowOptions& options) {
    const std::string view = "v_" + options.view;
    db::Table all;
    for (const std::string& file : options.files) {
        const db::Results results = db::Results::open(file);
        db::Table table = viewOf(options).ofPoints ? results.details(view, options.where, options.sort)
                                                   : results.table(view, options.where, options.sort);
        if (options.files.size() == 1) return table;
        table.columns.insert(table.columns.begin(), "file");
        all.columns = std::move(table.columns);
        for (auto& row : table.rows) {
            row.insert(row.begin(), file);
            all.rows.push_back(std::move(row));
        }
    }
    sortRows(all, options.sort);
    return all;
}

void requireRows(const db::Table& table, const ShowOptions& options) {
    if (!table.rows.empty()) return;
    const std::string files = options.files.size() == 1 ? options.files.front() : "the files";
    if (!options.where.empty()) {
        const std::string_view row = viewOf(options).name.substr(0, options.view.size() - 1);
        throw Error(ExitCode::failed,
                    fmt::format("no {} of {} matches --where \"{}\"", row, files, options.where),
                    "see ridge show without --where");
    }
    throw Error(ExitCode::failed,
                fmt::format("{} holds no {}{}", files, options.view, options.view == "points" ? " yet" : ""),
                std::string(viewOf(options).hint));
}

TextTable readableRows(const db::Table& table, const ShowOptions& options) {
    if (options.view == "points") return readable(table);
    return options.view == "ceilings" ? readableCeilings(table) : readableView("v_" + options.view, table);
}

int show(const ShowOptions& options) {
    if (options.files.empty())
        throw Error(ExitCode::usage, "show which file?", "for example ridge show ridge.db");
    if (!options.where.empty() && options.view == "points") db::requireValidExpression(options.where);
    const db::Table table = readTable(options);
    requireRows(table, options);
    if (options.format == "csv")
        print(csv(table));
    else if (options.format == "json")
        print(json(table));
    else if (options.format == "md")
        print(markdown(readableRows(table, options)));
    else
        print(aligned(readableRows(table, options), terminalWidth(STDOUT_FILENO)));
    return status(ExitCode::done);
}

}  // namespace

void addShow(CLI::App& app, Command& chosen) {
    auto* command = app.add_subcommand("show", "Show the points of results files as a table");
    command->allow_extras();
    auto options = std::make_shared<ShowOptions>();
    command->add_option("FILE", options->files, "Results files")->option_text("...");
    command
        ->add_option("--where", options->where,
                     "Only rows where this SQL holds: \"batch=1 AND bound='memory'\"")
        ->option_text("EXPR");
    command->add_option("--sort", options->sort, "By this column; -COLUMN: descending")
        ->option_text("COLUMN");
    command->add_option("--format", options->format, "text, csv, json, md; csv and json hold everything")
        ->option_text("FORMAT")
        ->check([](const std::string& format) {
            const bool known = format == "text" || format == "csv" || format == "json" || format == "md";
            return known ? std::string() : "'" + format + "' is none of text, csv, json, md";
        });
    auto* view = command
                     ->add_option("--view", options->view,
                                  "points, metrics, samples, kernels, ceilings or runs; default points")
                     ->option_text("VIEW")
                     ->transform(withoutPrefix)
                     ->check(viewError);
    command
        ->add_flag_callback(
            "--ceilings", [options] { options->view = "ceilings"; }, "The same as --view ceilings")
        ->option_text(" ")
        ->excludes(view);
    command->footer(
        "Columns: those of the views v_points, v_metrics, ...: the same in any SQLite tool. Metrics,\n"
        "samples and kernels also show which point they are of, and EXPR may name all its columns.\n\n"
        "ridge show results.db --view metrics --where \"operator = 'up' AND unit = 'byte'\"");
    command->callback([&chosen, options] { chosen = [options] { return show(*options); }; });
}

}  // namespace ridge::cli
