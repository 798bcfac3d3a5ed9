// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/point_table.hpp"
#include "collector/cli/shell_text.hpp"
#include "collector/cli/terminal.hpp"
#include "collector/cli/text_table.hpp"
#include "collector/cli/units.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::cli;
using Align = TextColumn::Align;

TEST_CASE("numbers are written with the digits and the prefix people expect") {
    CHECK(withPrefix(149.7e12, "FLOP/s", 4) == "149.7 TFLOP/s");
    CHECK(withPrefix(696e9, "B/s", 4) == "696.0 GB/s");
    CHECK(withPrefix(999.96e9, "B/s", 4) == "1.000 TB/s");
    CHECK(withPrefix(999.4e9, "B/s", 3) == "999 GB/s");
    CHECK(withPrefix(0, "B") == "0 B");
    CHECK(withPrefix(1e19, "FLOP", 3) == "10000 PFLOP");
    CHECK(duration(999.6) == "1.00 µs");
    CHECK(duration(34120) == "34.1 µs");
    CHECK(duration(999.6e3) == "1.00 ms");
    CHECK(duration(2.5e9) == "2.50 s");
    CHECK(duration(0.25) == "0.250 ns");
    CHECK(plain(0.9917) == "0.992");
    CHECK(plain(0.99951) == "1.00");
    CHECK(plain(2893.6) == "2894");
    CHECK(plain(99.96) == "100");
    CHECK(plain(1000) == "1000");
    CHECK(plain(0.001) == "0.00100");
    CHECK(plain(-62.44) == "-62.4");
}

TEST_CASE("waiting is told in units a person waits in") {
    CHECK(waiting(0.0042) == "4 ms");
    CHECK(waiting(0.1) == "0.10 s");
    CHECK(waiting(9.94) == "9.9 s");
    CHECK(waiting(59.6) == "1 min 0 s");
    CHECK(waiting(200) == "3 min 20 s");
    CHECK(waiting(7500) == "2 h 5 min");
    CHECK(counted(1, "point") == "1 point");
    CHECK(counted(0, "point") == "0 points");
}

TEST_CASE("a table drops its least important columns until it fits, and cuts what still does not") {
    const TextTable table{
        {{"operator", Align::left, 0}, {"time", Align::right, 1}, {"device", Align::left, 2}},
        {{"qk", "34.1 µs", "NVIDIA A40"}, {"up", "", "NVIDIA A40"}}};
    CHECK(aligned(table, {}) ==
          "operator     time  device\nqk        34.1 µs  NVIDIA A40\nup              -  NVIDIA A40\n");
    CHECK(aligned(table, 29) ==
          "operator     time  device\nqk        34.1 µs  NVIDIA A40\nup              -  NVIDIA A40\n");
    CHECK(aligned(table, 28) == "operator     time\nqk        34.1 µs\nup              -\n");
    CHECK(aligned(table, 4) == "oper\nqk\nup\n");
}

TEST_CASE("columns without a value are left out unless they must stay") {
    TextTable table{{{"a", Align::left, 0}, {"b", Align::left, 1}, {"c", Align::left, 1}},
                    {{"", "", "x"}, {"", "", ""}}};
    dropEmptyColumns(table);
    REQUIRE(table.columns.size() == 2);
    CHECK(table.columns[1].title == "c");
    CHECK(markdown(table) == "| a | c |\n| --- | --- |\n| - | x |\n| - | - |\n");
}

TEST_CASE("control characters in names are written out: no line is broken and no terminal obeys them") {
    CHECK(visible("a\nb\tc\rd") == "a\\nb\\tc\\rd");
    CHECK(visible("\x1b[31mred\x7f") == "\\x1b[31mred\\x7f");
    CHECK(visible("\u009b31m \u00b5s \u2026") == "\\x9b31m \u00b5s \u2026");
    CHECK(visible(std::string("a\0b\xc2", 4)) == "a\\x00b\xc2");
    CHECK(visible("one\ntwo\x1b", "\n") == "one\ntwo\\x1b");
    const TextTable table{{{"series"}, {"time", Align::right}}, {{"step\n\x1b[2J", "1 s"}, {"a|b", ""}}};
    CHECK(aligned(table, {}) == "series         time\nstep\\n\\x1b[2J   1 s\na|b               -\n");
    CHECK(markdown(table) == "| series | time |\n| --- | ---: |\n| step\\n\\x1b[2J | 1 s |\n| a\\|b | - |\n");
    const db::Table exact{{"series"}, {{std::string("step\n\x1b[2J")}}};
    CHECK(csv(exact) == "series\n\"step\n\x1b[2J\"\n");
    CHECK_THAT(json(exact), ContainsSubstring(R"("step\n\u001b[2J")"));
}

TEST_CASE("CSV tells NULL from an empty text and reads back to the same number") {
    const db::Table table{{"time_ns", "series", "batch"},
                          {{0.1 + 0.2, std::string("a \"b\", c"), std::int64_t{4}},
                           {std::monostate{}, std::string(), std::monostate{}},
                           {1e300, std::string("# x\ny"), std::int64_t{-1}}}};
    CHECK(csv(table) ==
          "# time_ns: ns\ntime_ns,series,batch\n0.30000000000000004,\"a \"\"b\"\", c\",4\n,\"\",\n1e+300,\"# "
          "x\ny\",-1\n");
    CHECK(json(table).find("null") != std::string::npos);
    CHECK(json(table).find("0.30000000000000004") != std::string::npos);
}

TEST_CASE("units follow from the names of columns") {
    CHECK(unitOf("time_low_ns") == "ns");
    CHECK(unitOf("dram_read_bytes") == "byte");
    CHECK(unitOf("dram_bytes_per_s") == "byte/s");
    CHECK(unitOf("roof_at_clock_flops_per_s") == "FLOP/s");
    CHECK(unitOf("flops_executed") == "FLOP");
    CHECK(unitOf("intensity_algorithmic") == "FLOP/byte");
    CHECK(unitOf("sm_clock_hz") == "Hz");
    CHECK(unitOf("operator").empty());
}

TEST_CASE("a suggested command can be pasted into a shell") {
    CHECK(shellText("ridge.db") == "ridge.db");
    CHECK(shellText("my results.db") == "'my results.db'");
    CHECK(shellText("it's") == "'it'\\''s'");
    CHECK(shellText("") == "''");
    const char* const arguments[] = {"/opt/ridge", "collect", "--only", "batch<8"};
    CHECK(shellLine(4, arguments) == "ridge collect --only 'batch<8'");
}
