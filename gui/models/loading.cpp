// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/loading.hpp"

#include <QCoreApplication>
#include <utility>

#include "gui/models/chart_builder.hpp"
#include "gui/models/figure_choice.hpp"

namespace ridge::gui {

namespace {

template <class Work>
void guarded(std::vector<LoadProblem>& problems, Work work) {
    try {
        work();
    } catch (const Error& error) {
        problems.push_back(
            {error.code(), QString::fromUtf8(error.what()), QString::fromStdString(error.hint())});
    } catch (const std::exception& error) {
        problems.push_back({ExitCode::failed, QString::fromUtf8(error.what()), {}});
    }
}

ResultSetPtr readAll(const std::vector<std::filesystem::path>& files, std::vector<LoadProblem>& problems) {
    auto results = std::make_shared<ResultSet>();
    for (const std::filesystem::path& file : files)
        guarded(problems, [&] { results->files.push_back(readFile(file)); });
    return results;
}

catalog::Figure chooseFigure(const LoadRequest& request, const ResultSet& results) {
    if (request.fromData) return figureFromData(results, request.kind.value_or(naturalKind(results)));
    if (!request.figure.isEmpty()) {
        const catalog::Figure figure = catalog::figure(request.figure.toStdString());
        return withKind(figure, request.kind.value_or(figure.kind));
    }
    if (const std::optional<catalog::Figure> figure = figureOfPlan(results))
        return withKind(*figure, request.kind.value_or(figure->kind));
    return figureFromData(results, request.kind.value_or(naturalKind(results)));
}

}  // namespace

LoadOutcome load(const LoadRequest& request, ResultSetPtr cached) {
    LoadOutcome outcome;
    outcome.request = request;
    outcome.results = cached ? std::move(cached) : readAll(request.files, outcome.problems);
    const bool nothingToShow =
        outcome.results->files.empty() && (request.figure.isEmpty() || !request.files.empty());
    if (nothingToShow) return outcome;
    guarded(outcome.problems, [&] {
        if (!request.where.isEmpty()) db::requireValidExpression(request.where.toStdString());
        outcome.chart = buildChart(chooseFigure(request, *outcome.results), *outcome.results, request.where);
    });
    return outcome;
}

}  // namespace ridge::gui
