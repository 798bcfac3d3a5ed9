// SPDX-License-Identifier: Apache-2.0
#include "db/expression_text.hpp"

#include <algorithm>
#include <cctype>

#include "db/catalog/share.hpp"

namespace ridge::db {
namespace {

constexpr std::size_t longestBytes = 32768;
constexpr std::size_t shownBytes = 80;
constexpr const char* exampleHint =
    "EXPR is one SQL condition over columns, text in single quotes: operator = 'up' AND batch > 8";

/// On one line, without what a terminal would act on.
std::string shown(std::string_view expression) {
    std::string text(expression.substr(0, shownBytes));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return std::iscntrl(static_cast<unsigned char>(c)) != 0; },
        ' ');
    return expression.size() > shownBytes ? text + "..." : text;
}

Error refused(std::string_view expression, const std::string& reason) {
    return {ExitCode::usage, "bad EXPR '" + shown(expression) + "': " + reason, exampleHint};
}

std::string at(std::size_t index) {
    return " at character " + std::to_string(index + 1);
}

bool isWordCharacter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool equalsWord(std::string_view word, std::string_view lower) {
    return std::equal(word.begin(), word.end(), lower.begin(), lower.end(),
                      [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

/// Walks the tokens as SQLite's tokeniser does, as far as this matters for staying inside parentheses.
class Scanner {
 public:
    explicit Scanner(std::string_view text) : m_text(text) {}

    void run() {
        while (m_index < m_text.size()) {
            const char c = m_text[m_index];
            if (c == '\'' || c == '"' || c == '`') {
                skipQuoted(c);
            } else if (c == '[') {
                skipBracketed();
            } else if (isWordCharacter(c)) {
                skipWord();
            } else {
                checkSymbol(c);
                ++m_index;
            }
        }
        if (m_depth > 0) throw refused(m_text, "a ( is not closed");
    }

 private:
    /// A doubled quote inside stands for itself, which reads as two quoted pieces without a gap.
    void skipQuoted(char quote) {
        const std::size_t end = m_text.find(quote, m_index + 1);
        if (end == std::string_view::npos) {
            throw refused(m_text, "the quote" + at(m_index) + " is not closed");
        }
        m_index = end + 1;
    }
    void skipBracketed() {
        const std::size_t end = m_text.find(']', m_index);
        if (end == std::string_view::npos) throw refused(m_text, "the [" + at(m_index) + " is not closed");
        m_index = end + 1;
    }
    void skipWord() {
        const std::size_t begin = m_index;
        while (m_index < m_text.size() && isWordCharacter(m_text[m_index])) ++m_index;
        const std::string_view word = m_text.substr(begin, m_index - begin);
        if (equalsWord(word, "select") || equalsWord(word, "with")) {
            throw refused(m_text, "a subquery is not allowed," + at(begin));
        }
    }
    void checkSymbol(char c) {
        const std::string_view rest = m_text.substr(m_index);
        if (rest.starts_with("--") || rest.starts_with("/*")) {
            throw refused(m_text, "a comment is not allowed," + at(m_index));
        }
        if (c == ';') throw refused(m_text, "more than one statement is not allowed," + at(m_index));
        if (c == '\0') throw refused(m_text, "a zero byte" + at(m_index));
        if (c == '?' || c == ':' || c == '@' || c == '$' || c == '#') {
            throw refused(m_text, "a parameter is not allowed," + at(m_index));
        }
        if (c == '(') ++m_depth;
        if (c == ')' && --m_depth < 0) throw refused(m_text, "the )" + at(m_index) + " closes nothing");
    }

    std::string_view m_text;
    std::size_t m_index = 0;
    int m_depth = 0;
};

/// The name in "no such column: foo" and in `no such column: "foo" - should this be ...`.
std::string missingColumn(std::string_view message) {
    constexpr std::string_view marker = "no such column: ";
    const std::size_t begin = message.find(marker);
    if (begin == std::string_view::npos) return {};
    std::string_view name = message.substr(begin + marker.size());
    name = name.substr(0, name.find(' '));
    if (name.starts_with('"')) name.remove_prefix(1);
    if (name.ends_with('"')) name.remove_suffix(1);
    return std::string(name);
}

std::string readable(std::string_view message) {
    constexpr std::string_view function = "not authorized to use function: ";
    if (message.starts_with(function)) {
        return "the function " + std::string(message.substr(function.size())) + " is not allowed";
    }
    if (message.starts_with("access to ") || message == "not authorized") {
        return "it reads more than the columns of the view (" + std::string(message) + ")";
    }
    return std::string(message);
}

}  // namespace

void requireOneExpression(std::string_view expression) {
    if (expression.size() > longestBytes) throw refused(expression, "it is longer than 32 KiB");
    Scanner(expression).run();
}

Error expressionError(std::string_view expression, std::string_view message, int offset,
                      const std::vector<std::string>& columns) {
    std::string where;
    const auto index = static_cast<std::size_t>(offset);
    if (offset >= 0 && index < expression.size()) where = at(index);
    // SQLite stopped at the parenthesis put behind it.
    const bool unfinished = offset >= 0 && index == expression.size();
    const std::string missing = missingColumn(message);
    return {ExitCode::usage,
            "bad EXPR '" + shown(expression) +
                "': " + (unfinished ? "it is not complete" : readable(message) + where),
            missing.empty() ? exampleHint : nearestHint(missing, columns)};
}

std::string nearestHint(std::string_view name, const std::vector<std::string>& columns) {
    const std::vector<std::string> near = catalog::nearest(name, columns);
    std::string list;
    for (const std::string& column : near.empty() ? columns : near) {
        list += (list.empty() ? "" : ", ") + column;
    }
    return (near.empty() ? "the columns are: " : "did you mean: ") + list;
}

}  // namespace ridge::db
