// SPDX-License-Identifier: Apache-2.0
// The text of an NVTX filter expression, character by character.
#include <fmt/core.h>

#include <utility>

#include "collector/inject/nvtx_expression.hpp"
#include "db/model/error.hpp"

namespace ridge::inject {
namespace {

constexpr std::string_view regexPrefix = "regex:";
constexpr std::string_view defaultDomain = "<default domain>";

/// One character of the expression, or a delimiter of it.
struct Symbol {
    char character = 0;
    bool escaped = false;
    std::size_t position = 0;  ///< from 1
    [[nodiscard]] bool is(char delimiter) const { return !escaped && character == delimiter; }
};

using Symbols = std::vector<Symbol>;

}  // namespace

class NvtxExpressionParser {
 public:
    explicit NvtxExpressionParser(std::string_view text)
        : m_text(text), m_regex(text.starts_with(regexPrefix)) {}

    NvtxExpression parse() {
        readSymbols();
        Symbols range = m_symbols;
        for (std::size_t i = 0; i < m_symbols.size(); ++i) {
            if (!m_symbols[i].is('@')) continue;
            const auto at = m_symbols.begin() + static_cast<std::ptrdiff_t>(i);
            readDomain(Symbols(m_symbols.begin(), at), m_symbols[i].position);
            range.assign(at + 1, m_symbols.end());
            break;
        }
        readRange(std::move(range));
        return std::move(m_expression);
    }

 private:
    [[noreturn]] void refuse(std::size_t position, std::string_view expected) const {
        throw Error(ExitCode::usage,
                    fmt::format("NVTX expression '{}', position {}: {}", m_text, position, expected),
                    "[DOMAIN@]A,B start/end ranges; A/ or A/*/B or [A or B] push/pop ranges; \\ before "
                    "@ , [ ] / * + in a name");
    }

    void readSymbols() {
        for (std::size_t i = m_regex ? regexPrefix.size() : 0; i < m_text.size(); ++i) {
            const std::size_t position = i + 1;
            const bool escape = m_text[i] == '\\';
            if (escape && ++i == m_text.size()) refuse(position, "expected a character after '\\'");
            m_symbols.push_back({m_text[i], escape, position});
        }
    }

    void readDomain(const Symbols& symbols, std::size_t at) {
        if (symbols.empty()) refuse(at, "expected a domain before '@'");
        std::string plain;
        for (const Symbol& symbol : symbols) plain += symbol.character;
        if (plain != defaultDomain) m_expression.m_domain = name(symbols);
    }

    void readRange(Symbols symbols) {
        const std::size_t end = m_text.size() + 1;
        for (const Symbol& symbol : symbols) {
            if (symbol.is('@'))
                refuse(symbol.position, "one domain only, so no second '@'; a plain one is \\@");
        }
        readAnchors(symbols);
        if (symbols.empty()) refuse(end, "expected the name of a range");
        std::vector<Symbols> elements(1);
        for (const Symbol& symbol : symbols) {
            if (!symbol.is('/') && !symbol.is(',')) {
                elements.back().push_back(symbol);
                continue;
            }
            takeDelimiter(symbol);
            if (elements.back().empty())
                refuse(symbol.position,
                       fmt::format("expected the name of a range before '{}'", symbol.character));
            elements.emplace_back();
        }
        if (elements.back().empty()) {
            if (m_delimiter == ',') refuse(end, "expected the name of a range after ','");
            elements.pop_back();  // A/ is a push/pop range on its own
        }
        m_expression.m_nested = m_delimiter == '/' || m_expression.m_bottom || m_expression.m_top;
        readSteps(elements);
    }

    /// [ and ] mean bottom and top at the ends of the range part; in a regular expression /[ and /] are
    /// brackets.
    void readAnchors(Symbols& symbols) {
        if (m_regex && symbols.size() > 1 && symbols[0].is('/') && symbols[1].is('[')) {
            symbols.erase(symbols.begin());
        } else if (!symbols.empty() && symbols.front().is('[')) {
            m_expression.m_bottom = true;
            symbols.erase(symbols.begin());
        }
        const std::size_t size = symbols.size();
        if (m_regex && size > 1 && symbols[size - 1].is(']') && symbols[size - 2].is('/')) {
            symbols.erase(symbols.end() - 2);
        } else if (!symbols.empty() && symbols.back().is(']')) {
            m_expression.m_top = true;
            symbols.pop_back();
        }
        if (m_expression.m_bottom || m_expression.m_top) m_anchored = true;
    }

    void takeDelimiter(const Symbol& symbol) {
        if ((m_delimiter != 0 && m_delimiter != symbol.character) || (m_anchored && symbol.character == ','))
            refuse(symbol.position,
                   "either start/end ranges (A,B) or push/pop ranges (A/B, [A, B]), not both; plain ones are "
                   "\\, "
                   "and \\/");
        m_delimiter = symbol.character;
    }

    void readSteps(const std::vector<Symbols>& elements) {
        NvtxExpression::Gap gap = NvtxExpression::Gap::none;
        for (std::size_t i = 0; i < elements.size(); ++i) {
            const Symbols& element = elements[i];
            const bool quantifier = m_delimiter == '/' && element.size() == 1 && i > 0 &&
                                    i + 1 < elements.size() && (element[0].is('*') || element[0].is('+'));
            if (quantifier && gap != NvtxExpression::Gap::none)
                refuse(element[0].position, "expected the name of a range between two of * and +");
            if (quantifier) {
                gap = element[0].is('*') ? NvtxExpression::Gap::any : NvtxExpression::Gap::one;
                continue;
            }
            m_expression.m_steps.push_back({std::exchange(gap, NvtxExpression::Gap::none), name(element)});
        }
    }

    [[nodiscard]] NvtxExpression::Name name(const Symbols& symbols) const {
        return m_regex ? expressionName(symbols) : literalName(symbols);
    }

    static bool isBracket(const Symbol& symbol) { return symbol.is('[') || symbol.is(']'); }

    [[nodiscard]] NvtxExpression::Name literalName(const Symbols& symbols) const {
        NvtxExpression::Name result;
        result.pieces.emplace_back();
        for (const Symbol& symbol : symbols) {
            if (isBracket(symbol))
                refuse(symbol.position,
                       fmt::format("'{0}' only at the {1} of the ranges; a plain one is \\{0}",
                                   symbol.character, symbol.character == '[' ? "beginning" : "end"));
            if (symbols.size() == 1 && symbol.is('+'))
                refuse(symbol.position, "'+' stands between two ranges: A/+/B");
            if (symbol.is('*'))
                result.pieces.emplace_back();
            else
                result.pieces.back() += symbol.character;
        }
        return result;
    }

    [[nodiscard]] NvtxExpression::Name expressionName(const Symbols& symbols) const {
        constexpr std::string_view delimiters = "@,/";  // plain in a regular expression: no backslash there
        std::string text;
        for (const Symbol& symbol : symbols) {
            if (symbol.escaped && delimiters.find(symbol.character) == std::string_view::npos) text += '\\';
            text += symbol.character;
        }
        NvtxExpression::Name result;
        result.pattern.emplace("NVTX expression", text, m_text, symbols.front().position - 1);
        return result;
    }

    std::string_view m_text;
    bool m_regex;
    Symbols m_symbols;
    char m_delimiter = 0;  ///< '/' or ',' once one was seen
    bool m_anchored = false;
    NvtxExpression m_expression;
};

NvtxExpression NvtxExpression::parse(std::string_view text) {
    return NvtxExpressionParser(text).parse();
}

}  // namespace ridge::inject
