// SPDX-License-Identifier: Apache-2.0
// ridge show: the points of results files as a table.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "collector/cli/ceiling_table.hpp"
#include "collector/cli/command.hpp"
#include "collector/cli/point_table.hpp"
#include "collector/cli/terminal.hpp"
#include "db/results.hpp"

namespace ridge::cli {
namespace {

struct ShowOptions {
    std::vector<std::string> files;
    std::string where, sort, format = "text";
    bool ceilings = false;
};

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
    const char* view = options.ceilings ? "v_ceilings" : "v_points";
    db::Table all;
    for (const std::string& file : options.files) {
        db::Table table = db::Results::open(file).table(view, options.where, options.sort);
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
    if (options.ceilings)
        throw Error(ExitCode::failed, files + " holds no ceilings", "measure some: ridge ceilings -o FILE");
    if (options.where.empty())
        throw Error(ExitCode::failed, files + " holds no points yet",
                    "collect some: ridge collect PLAN -o FILE; its ceilings: ridge show FILE --ceilings");
    throw Error(ExitCode::failed, fmt::format("no point of {} matches --where \"{}\"", files, options.where),
                "see ridge show without --where");
}

TextTable readableRows(const db::Table& table, const ShowOptions& options) {
    return options.ceilings ? readableCeilings(table) : readable(table);
}

int show(const ShowOptions& options) {
    if (options.files.empty())
        throw Error(ExitCode::usage, "show which file?", "for example ridge show ridge.db");
    if (options.ceilings && !options.where.empty())
        throw Error(ExitCode::usage, "--ceilings and --where exclude each other",
                    "--where chooses points; --sort orders both");
    if (!options.where.empty()) db::requireValidExpression(options.where);
    const db::Table table = readTable(options);
    requireRows(table, options);
    std::string text;
    if (options.format == "csv")
        text = csv(table);
    else if (options.format == "json")
        text = json(table);
    else if (options.format == "md")
        text = markdown(readableRows(table, options));
    else
        text = aligned(readableRows(table, options), terminalWidth(STDOUT_FILENO));
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw Error(ExitCode::failed, "cannot write the table: the output is closed or full");
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
    command->add_flag("--ceilings", options->ceilings, "The roofs of the devices instead of the points");
    command->footer("Columns: those of the view v_points, or v_ceilings: the same in any SQLite tool.");
    command->callback([&chosen, options] { chosen = [options] { return show(*options); }; });
}

}  // namespace ridge::cli
