// SPDX-License-Identifier: GPL-3.0-or-later
// The built program, started as a user would, without a display.
#include <QFile>
#include <QImage>
#include <QProcess>

#include "tests/gui/models/results_file.hpp"
#include "tests/gui/qt_catch.hpp"

using namespace ridge;
using db::Provenance;
using gui::test::point;

namespace {

struct Ended {
    int code = -1;
    QString out, error;
};

Ended run(const QStringList& arguments) {
    QProcess program;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* variable : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        environment.remove(variable);
    program.setProcessEnvironment(environment);
    program.start(QStringLiteral(RIDGE_BIN_DIR "/ridge-gui"), arguments);
    REQUIRE(program.waitForFinished());
    REQUIRE(program.exitStatus() == QProcess::NormalExit);
    return {program.exitCode(), program.readAllStandardOutput(), program.readAllStandardError()};
}

struct Files {
    gui::test::Folder folder;
    [[nodiscard]] QString operator()(const char* name) const {
        return QString::fromStdString(folder.file(name).string());
    }
};

/// Exit code, and both the reason and what to do next on stderr; nothing on stdout, no stray picture.
void requireError(const Ended& ended, int code, const char* reason, const char* next) {
    CHECK(ended.code == code);
    CHECK(ended.out.isEmpty());
    CHECK_THAT(ended.error.toStdString(), Catch::Matchers::StartsWith("ridge-gui: ") &&
                                              ContainsSubstring(reason) && ContainsSubstring(next));
    CHECK(ended.error.count('\n') <= 3);
}

}  // namespace

TEST_CASE("help and version need no display") {
    const Ended version = run({"--version"});
    CHECK(version.code == 0);
    CHECK(version.out == "ridge-gui " RIDGE_VERSION "\n");
    const Ended help = run({"--help"});
    CHECK(help.code == 0);
    CHECK(help.out.contains("--figure NAME|PATH"));
}

TEST_CASE("a window without a display is a sentence that names --render") {
    requireError(run({}), 1, "no display", "--render OUT.png");
}

TEST_CASE("every figure is rendered without a file and with a modelled one, in every format") {
    const Files files;
    const char* const plans[][2] = {{"gpt2-l-rtx4090", "gpt2-l"},
                                    {"llama-13b-a40", "llama-13b"},
                                    {"llama-33b-a100pcie", "llama-33b-speculation"},
                                    {"batch-invariant-h100", "batch-invariant"}};
    for (const auto& [figure, plan] : plans) {
        INFO(figure);
        const Ended published = run({"--figure", figure, "--render", files("a.png"), "--size", "640x400"});
        CHECK(published.code == 0);
        CHECK(published.error.contains("no results file is open"));
        CHECK(QImage(files("a.png")).size() == QSize(640, 400));

        db::Point modelled = point("up/gate/down ar", Provenance::modeled);
        modelled.plan = plan;
        const std::string results = std::string(plan) + ".db";
        gui::test::writeResults(files.folder.file(results), "NVIDIA A40", {modelled});
        CHECK(run({files(results.c_str()), "--render", files("a.svg"), "--dark"}).code == 0);
        QFile svg(files("a.svg"));
        REQUIRE(svg.open(QIODevice::ReadOnly));
        CHECK(svg.readAll().contains(figure));
        CHECK(run({files(results.c_str()), "--figure", figure, "--render", files("a.pdf"), "--size", "84mm"})
                  .code == 0);
        QFile pdf(files("a.pdf"));
        REQUIRE(pdf.open(QIODevice::ReadOnly));
        CHECK(pdf.read(5) == "%PDF-");
    }
}

TEST_CASE("a modelled file is rendered as modelled") {
    const Files files;
    gui::test::writeResults(files.folder.file("a.db"), "NVIDIA A40",
                            {point("up/gate/down ar", Provenance::modeled)});
    const Ended ended = run({files("a.db"), "--render", files("a.png")});
    CHECK(ended.code == 0);
    CHECK(ended.error.contains("Modelled from datasheet ceilings: nothing here was measured"));
    CHECK(QImage(files("a.png")).text("Title") == "llama-13b-a40 · modelled");
}

TEST_CASE("rendering errors name the thing, the reason and the next step, and leave no picture") {
    const Files files;
    gui::test::writeResults(files.folder.file("a.db"), "NVIDIA A40",
                            {point("up/gate/down ar", Provenance::modeled)});
    QFile text(files("text.db"));
    REQUIRE(text.open(QIODevice::WriteOnly));
    text.write("not a database, although its name says so");
    text.close();
    const QString out = files("out.png");
    requireError(run({files("missing.db"), "--render", out}), 1, "missing.db", "collect");
    requireError(run({files("text.db"), "--render", out}), 1, "not a ridge results file", "results file");
    requireError(run({"--figure", "llama-13b-a4", "--render", out}), 2, "no figure 'llama-13b-a4'",
                 "'llama-13b-a40'");
    requireError(run({files("a.db"), "--where", "bach > 8", "--render", out}), 2, "bach", "batch");
    requireError(run({files("a.db"), "--where", "(", "--render", out}), 2, "bad EXPR", "EXPR is");
    requireError(run({files("a.db"), "--render", files("out.gif")}), 2, "out.gif", ".png, .svg or .pdf");
    requireError(run({files("a.db"), "--render", out, "--size", "big"}), 2, "big", "1600x1000");
    requireError(run({files("a.db"), "--render", files("no/such/folder/out.png")}), 1, "cannot write",
                 "folder");
    requireError(run({"--render", out}), 2, "nothing to draw", "--figure");
    CHECK_FALSE(QFile::exists(out));
    CHECK_FALSE(QFile::exists(files("out.gif")));
}
