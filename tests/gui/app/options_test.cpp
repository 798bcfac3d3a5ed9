// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/options.hpp"

#include "gui/app/picture_size.hpp"
#include "gui/app/settings.hpp"
#include "tests/gui/models/results_file.hpp"
#include "tests/gui/qt_catch.hpp"

using namespace ridge;
using namespace ridge::gui;

namespace {

Parsed parsed(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "ridge-gui");
    return parseOptions(static_cast<int>(arguments.size()), arguments.data());
}

std::string usageError(const std::vector<const char*>& arguments) {
    try {
        static_cast<void>(parsed(arguments));
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::usage);
        CHECK_FALSE(error.hint().empty());
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("options say what to open and what to draw") {
    const Options options = parsed({"a.db", "b.db", "--figure", "llama-13b-a40", "--where", "batch > 8",
                                    "--chart", "sweep", "--render", "out.svg", "--size", "84mm", "--dark"})
                                .options;
    CHECK(options.request.files == std::vector<std::filesystem::path>{"a.db", "b.db"});
    CHECK(options.request.figure == "llama-13b-a40");
    CHECK(options.request.where == "batch > 8");
    CHECK(options.request.kind == catalog::ChartKind::sweep);
    REQUIRE(options.render);
    CHECK(options.render->file == "out.svg");
    CHECK(options.render->size == "84mm");
    CHECK(options.render->dark);
    CHECK(parsed({"--chart", "table"}).options.table);
    CHECK(parsed({"--version"}).text == std::string("ridge-gui ") + RIDGE_VERSION + "\n");
    CHECK_THAT(parsed({"--help"}).text.value(), ContainsSubstring("--render OUT"));
}

TEST_CASE("options that make no sense are usage errors") {
    CHECK_THAT(usageError({"--frobnicate"}), ContainsSubstring("--frobnicate"));
    CHECK_THAT(usageError({"--chart", "pie"}), ContainsSubstring("pie"));
    CHECK_THAT(usageError({"--size", "1x1"}), ContainsSubstring("--render"));
    CHECK_THAT(usageError({"--dark"}), ContainsSubstring("--render"));
    CHECK_THAT(usageError({"--render", "a.png"}), ContainsSubstring("nothing to draw"));
    CHECK_THAT(usageError({"a.db", "--chart", "table", "--render", "a.png"}), ContainsSubstring("table"));
}

TEST_CASE("a picture's size is pixels, or millimetres at the format's resolution") {
    CHECK(pictureSize("1600x1000", true) == QSize(1600, 1000));
    CHECK(pictureSize("84mm", false) == QSize(317, 198));
    CHECK(pictureSize("84mm", true) == QSize(992, 620));
    CHECK(pictureSize("", true) == QSize(1600, 1000));
    for (const char* bad : {"84", "84cm", "1600x", "x", "-1x5", "1600 x 1000"})
        CHECK_THROWS_AS(static_cast<void>(pictureSize(bad, true)), Error);
}

TEST_CASE("settings keep the newest files, each once, and forget those that are gone") {
    const test::Folder folder;
    QSettings store(QString::fromStdString(folder.file("settings.ini").string()), QSettings::IniFormat);
    Settings settings(store);
    CHECK(settings.theme() == Theme::system);
    settings.setTheme(Theme::dark);
    CHECK(Settings(store).theme() == Theme::dark);
    QStringList files;
    for (int i = 0; i < Settings::maximumRecentFiles + 2; ++i) {
        const std::filesystem::path file = folder.file(std::to_string(i) + ".db");
        test::writeResults(file, "NVIDIA A40", {});
        files.prepend(QString::fromStdString(file.string()));
        settings.addRecentFile(files.front());
    }
    settings.addRecentFile(files.front());
    CHECK(settings.recentFiles() == files.mid(0, Settings::maximumRecentFiles));
    std::filesystem::remove(files.front().toStdString());
    CHECK(settings.recentFiles().size() == Settings::maximumRecentFiles - 1);
}
