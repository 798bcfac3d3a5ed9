// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/nvtx_expression.hpp"

#include "db/model/error.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::inject;

namespace {

/// "a/b/app@c": push/pop ranges, bottom first.
std::vector<NvtxRange> ranges(const std::vector<std::string>& names) {
    std::vector<NvtxRange> result;
    for (const std::string& name : names) {
        const auto at = name.find('@');
        if (at == std::string::npos)
            result.push_back({"", name, 0});
        else
            result.push_back({name.substr(0, at), name.substr(at + 1), 0});
    }
    return result;
}

bool inStack(const std::string& expression, const std::vector<std::string>& names) {
    return NvtxExpression::parse(expression).matches(ranges(names), {});
}

bool inStarted(const std::string& expression, const std::vector<std::string>& names) {
    return NvtxExpression::parse(expression).matches({}, ranges(names));
}

std::string refusal(const std::string& expression) {
    try {
        static_cast<void>(NvtxExpression::parse(expression));
    } catch (const ridge::Error& error) {
        CHECK(error.code() == ridge::ExitCode::usage);
        CHECK(!error.hint().empty());
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("a name alone is a start/end range, with a slash a push/pop range") {
    CHECK(inStarted("A_range", {"x", "A_range"}));
    CHECK(!inStarted("A_range", {"A_range2"}));
    CHECK(!inStack("A_range", {"A_range"}));
    CHECK(inStack("A_range/", {"x", "A_range", "y"}));
    CHECK(!inStarted("A_range/", {"A_range"}));
    CHECK(!NvtxExpression::parse("A").isNested());
    CHECK(NvtxExpression::parse("A/").isNested());
    CHECK(NvtxExpression::parse("[A").isNested());
    CHECK(NvtxExpression::parse("A]").isNested());
}

TEST_CASE("a comma asks for all of the start/end ranges") {
    CHECK(inStarted("A,B range", {"B range", "A"}));
    CHECK(!inStarted("A,B range", {"A"}));
    CHECK(!inStarted("A,B", {}));
}

TEST_CASE("a domain chooses whose ranges count") {
    CHECK(inStarted("Domain-A@A", {"Domain-A@A"}));
    CHECK(!inStarted("Domain-A@A", {"A"}));
    CHECK(!inStarted("A", {"Domain-A@A"}));
    CHECK(inStarted("<default domain>@A", {"A"}));
    CHECK(inStarted("D@A,B", {"D@A", "D@B"}));
    CHECK(!inStarted("D@A,B", {"D@A", "B"}));
    CHECK(inStack("D@A/B", {"D@A", "other", "E@x", "D@B"}));  // a stack a domain
}

TEST_CASE("nesting is as close as it is written") {
    CHECK(inStack("A/B", {"A", "B"}));
    CHECK(inStack("A/B", {"x", "A", "B", "y"}));
    CHECK(inStack("A/B/", {"A", "B"}));
    CHECK(!inStack("A/B", {"A", "x", "B"}));
    CHECK(!inStack("A/B", {"B", "A"}));
    CHECK(inStack("A/*/B", {"A", "B"}));
    CHECK(inStack("A/*/B", {"A", "x", "y", "B"}));
    CHECK(!inStack("A/*/B", {"B", "x", "A"}));
    CHECK(inStack("B/+/D", {"A", "B", "C", "D"}));
    CHECK(!inStack("B/+/D", {"B", "D"}));
    CHECK(!inStack("B/+/D", {"B", "x", "y", "D"}));
    CHECK(inStack("A/*/B/+/C", {"A", "B", "B", "x", "C"}));
}

TEST_CASE("brackets hold a range to the bottom or the top of the stack") {
    CHECK(inStack("[A", {"A", "B"}));
    CHECK(!inStack("[A", {"B", "A"}));
    CHECK(inStack("Z]", {"A", "Z"}));
    CHECK(!inStack("Z]", {"Z", "A"}));
    CHECK(inStack("[A/+/Z]", {"A", "x", "Z"}));
    CHECK(!inStack("[A/+/Z]", {"A", "x", "Z", "y"}));
    CHECK(inStack("[A]", {"A"}));
    CHECK(!inStack("[A]", {"A", "A"}));
    CHECK(inStack("C/*/Z]", {"C", "Z", "Z"}));
    CHECK(!inStack("[A", {}));
    CHECK(inStack("D@[A", {"x", "D@A"}));
}

TEST_CASE("a star within a name stands for any characters") {
    CHECK(inStack("ridge:*/", {"ridge:op=qk,batch=8"}));
    CHECK(inStack("layer*attn*/", {"layer 3 attn out"}));
    CHECK(!inStack("layer*attn*/", {"layer 3 mlp"}));
    CHECK(inStack("a*a/", {"aa"}));
    CHECK(!inStack("a*a/", {"a"}));
    CHECK(!inStack("a*c/", {"bc"}));
    CHECK(!inStack("a*c/", {"ab"}));
    CHECK(inStarted("*", {"anything"}));
    CHECK(!inStarted("*", {}));
}

TEST_CASE("a backslash makes a character plain") {
    CHECK(inStarted("A_range\\[i\\]", {"A_range[i]"}));
    CHECK(inStarted("a\\,b", {"a,b"}));
    CHECK(inStarted("a\\@b", {}) == false);
    CHECK(NvtxExpression::parse("a\\@b").matches({}, std::vector<NvtxRange>{{"", "a@b", 0}}));
    CHECK(inStack("a\\/b/", {"a/b"}));
    CHECK(inStarted("2\\*x", {"2*x"}));
    CHECK(!inStarted("2\\*x", {"2yx"}));
    CHECK(inStarted("back\\\\slash", {"back\\slash"}));
    CHECK(inStack("A/\\*/B", {"A", "*", "B"}));
    CHECK(!inStack("A/\\*/B", {"A", "B"}));
}

TEST_CASE("after regex: names are regular expressions for whole names") {
    CHECK(inStack("regex:Domain[A-Z]@Range[0-9]/", {"DomainQ@Range7"}));
    CHECK(!inStack("regex:Domain[A-Z]@Range[0-9]/", {"Domain1@Range7"}));
    CHECK(!inStack("regex:Domain[A-Z]@Range[0-9]/", {"DomainQ@Range77"}));
    // /[ at the beginning and /] at the end are brackets of the expression.
    CHECK(
        inStarted("regex:[0-9]domainA@/[0-9]rangeA,RangeC[0-9/]", {"1domainA@2rangeA", "1domainA@RangeC3"}));
    CHECK(!inStarted("regex:[0-9]domainA@/[0-9]rangeA,RangeC[0-9/]", {"1domainA@2rangeA"}));
    CHECK(inStack("regex:[step.*/*/.*]", {"step 3", "x", "y"}));
    CHECK(!inStack("regex:[step.*/+/y]", {"x", "step 3", "x", "y"}));
    CHECK(inStack("regex:\\d+\\/\\d+/", {"3/4"}));
    CHECK(inStarted("regex:a{2\\,3}", {"aaa"}));
    CHECK(inStack("regex:<default domain>@a+/", {"aa"}));
}

TEST_CASE("what cannot be read is refused with its position and what belongs there") {
    CHECK_THAT(refusal(""), ContainsSubstring("position 1: expected the name of a range"));
    CHECK_THAT(refusal("D@"), ContainsSubstring("position 3: expected the name of a range"));
    CHECK_THAT(refusal("@A"), ContainsSubstring("position 1: expected a domain"));
    CHECK_THAT(refusal("D@A,E@B"), ContainsSubstring("position 6: one domain only"));
    CHECK_THAT(refusal("A//B"), ContainsSubstring("position 3: expected the name of a range before '/'"));
    CHECK_THAT(refusal("/A"), ContainsSubstring("position 1"));
    CHECK_THAT(refusal("A,"), ContainsSubstring("position 3: expected the name of a range after ','"));
    CHECK_THAT(refusal("A/,B"), ContainsSubstring("position 3: either start/end ranges"));
    CHECK_THAT(refusal("[A,B"), ContainsSubstring("position 3: either start/end ranges"));
    CHECK_THAT(refusal("A[1]/"), ContainsSubstring("position 2: '[' only at the beginning"));
    CHECK_THAT(refusal("A/B]/"), ContainsSubstring("position 4: ']' only at the end"));
    CHECK_THAT(refusal("+/A"), ContainsSubstring("position 1: '+' stands between"));
    CHECK_THAT(refusal("A/*/+/B"), ContainsSubstring("position 5: expected the name of a range between"));
    CHECK_THAT(refusal("A\\"), ContainsSubstring("position 2: expected a character after"));
    CHECK_THAT(refusal("regex:ok/b(/"), ContainsSubstring("position 11: unbalanced parenthesis"));
    CHECK_THAT(refusal("regex:"), ContainsSubstring("position 7: expected the name"));
    CHECK_THAT(refusal("regex:/A"), ContainsSubstring("position 7: expected the name of a range before '/'"));
}

TEST_CASE("only a range with the expression's last name, in its domain, can make it true") {
    const auto nested = NvtxExpression::parse("app@step/layer*");
    CHECK(nested.mayBeginWith({"app", "layer 7", 1}));
    CHECK_FALSE(nested.mayBeginWith({"app", "step", 1}));
    CHECK_FALSE(nested.mayBeginWith({"", "layer 7", 1}));
}
