// SPDX-License-Identifier: Apache-2.0
#include "workloads/shape/llm.hpp"

#include <string>
#include <vector>

#include "db/catalog/share.hpp"
#include "tests/db/catalog/scratch.hpp"
#include "tests/support/catch.hpp"
#include "workloads/shape/operator.hpp"

using namespace ridge;
using test::Scratch;
using test::thrown;

namespace {

const std::string good =
    "title = \"T\"\nsource = \"S\"\nhidden = 8\nlayers = 2\nheads = 4\nkv_heads = 2\nhead_dim = 2\nffn = 20\n"
    "vocab = 30\npadded_vocab = 32\ncontext = 16\n";

/// What loading says when `from` of a good file reads `to`.
std::string errorWith(const std::string& from, const std::string& to) {
    const Scratch scratch;
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    const auto file = scratch.write("m.toml", text);
    return thrown(scratch, [&] { (void)shape::loadLlm(file.string()); });
}

}  // namespace

TEST_CASE("share holds the models the program names") {
    const std::vector<std::string> expected{"gpt2",     "gpt2-draft-40m", "gpt2-l",     "gpt2-medium",
                                            "gpt2-xl",  "llama-13b",      "llama-33b",  "llama-65b",
                                            "llama-7b", "llama2-70b",     "llama3-70b", "llama3-8b"};
    CHECK(catalog::names("models") == expected);
}

TEST_CASE("every model of share loads, names its source and has heads as wide as its hidden size") {
    for (const std::string& name : catalog::names("models")) {
        INFO(name);
        const shape::Llm llm = shape::loadLlm(name);
        CHECK(llm.name == name);
        CHECK_FALSE(llm.source.empty());
        CHECK(llm.heads * llm.headDim == llm.hidden);
        CHECK(llm.paddedVocab % 64 == 0);
        CHECK(llm.paddedVocab - llm.vocab < 128);
    }
}

TEST_CASE("GPT2-L has 707.8M layer parameters, and 1.544 GFLOP a token with its LM head") {
    const shape::Llm llm = shape::loadLlm("gpt2-l");
    CHECK(shape::layerParameters(llm) == 707788800);
    const double head = shape::flops(shape::gemmsOf("lm_head", llm, shape::Pass{}));
    CHECK(2 * shape::layerParameters(llm) == 1415577600);
    CHECK_THAT(2 * shape::layerParameters(llm) + head, WithinRel(1.544e9, 3e-4));
}

TEST_CASE("layer parameters and embeddings add up to the models' published sizes") {
    const auto billions = [](const char* name) {
        const shape::Llm llm = shape::loadLlm(name);
        const double tables = llm.gated ? 2 : 1;  // GPT-2 ties embeddings and LM head
        return (shape::layerParameters(llm) + tables * static_cast<double>(llm.vocab * llm.hidden)) / 1e9;
    };
    CHECK_THAT(billions("gpt2"), WithinRel(0.124, 0.01));
    CHECK_THAT(billions("gpt2-medium"), WithinRel(0.355, 0.01));
    CHECK_THAT(billions("gpt2-l"), WithinRel(0.774, 0.01));
    CHECK_THAT(billions("gpt2-xl"), WithinRel(1.558, 0.01));
    CHECK_THAT(billions("gpt2-draft-40m"), WithinRel(0.0383, 0.01));
    CHECK_THAT(billions("llama-7b"), WithinRel(6.74, 0.01));
    CHECK_THAT(billions("llama-13b"), WithinRel(13.02, 0.01));
    CHECK_THAT(billions("llama-33b"), WithinRel(32.5, 0.01));
    CHECK_THAT(billions("llama-65b"), WithinRel(65.3, 0.01));
    CHECK_THAT(billions("llama2-70b"), WithinRel(68.98, 0.01));
    CHECK_THAT(billions("llama3-8b"), WithinRel(8.03, 0.01));
    CHECK_THAT(billions("llama3-70b"), WithinRel(70.6, 0.01));
}

TEST_CASE("a model file that does not fit says where and why") {
    CHECK(errorWith("hidden", "hiden") == "2 m.toml:3:1: unknown key 'hiden' | did you mean 'hidden'?");
    CHECK(errorWith("ffn = 20\n", "") == "2 m.toml:1:1: 'ffn' is missing");
    CHECK(errorWith("ffn = 20", "ffn = 0") ==
          "2 m.toml:8:7: 'ffn' must be a whole number from 1 to 1073741824");
    CHECK(errorWith("ffn = 20", "ffn = 2.5") ==
          "2 m.toml:8:7: 'ffn' must be a whole number from 1 to 1073741824");
    CHECK(errorWith("ffn = 20", "ffn = 1073741825") ==
          "2 m.toml:8:7: 'ffn' must be a whole number from 1 to 1073741824");
    CHECK(errorWith("ffn = 20", "ffn = 1073741824") == "nothing thrown");
    CHECK(errorWith("padded_vocab = 32", "padded_vocab = 30") == "nothing thrown");
    CHECK(errorWith("kv_heads = 2", "kv_heads = 3") ==
          "2 m.toml:6:12: 'heads' (4) must be a multiple of 'kv_heads' (3)");
    CHECK(errorWith("padded_vocab = 32", "padded_vocab = 29") ==
          "2 m.toml:10:16: 'padded_vocab' (29) must not be below 'vocab' (30)");
    CHECK(errorWith("context = 16", "context = 16\nmlp = \"gate\"") ==
          "2 m.toml:12:7: 'mlp' must be one of gated, plain, not 'gate'");
}

TEST_CASE("every dimension is read from the key of its name") {
    const Scratch scratch;
    const std::string text =
        "title = \"T\"\nsource = \"S\"\nhidden = 3\nlayers = 5\nheads = 14\nkv_heads = 7\nhead_dim = 11\n"
        "ffn = 13\nvocab = 17\npadded_vocab = 19\ncontext = 23\n";
    const shape::Llm llm = shape::loadLlm(scratch.write("mine.toml", text).string());
    CHECK(llm.name == "mine");
    CHECK(llm.title == "T");
    CHECK(llm.source == "S");
    CHECK(llm.hidden == 3);
    CHECK(llm.layers == 5);
    CHECK(llm.heads == 14);
    CHECK(llm.kvHeads == 7);
    CHECK(llm.headDim == 11);
    CHECK(llm.ffn == 13);
    CHECK(llm.vocab == 17);
    CHECK(llm.paddedVocab == 19);
    CHECK(llm.context == 23);
    // q 14 heads, k and v 7 each, out; up, gate and down; no embedding, no LM head.
    CHECK(shape::layerParameters(llm) == 5.0 * (3 * (14 + 7 + 7) * 11 + 14 * 11 * 3 + 3 * 3 * 13));
}

TEST_CASE("a model has separate qkv and a gated feed-forward part unless its file says otherwise") {
    const Scratch scratch;
    const shape::Llm plain = shape::loadLlm(scratch.write("m.toml", good).string());
    CHECK_FALSE(plain.fusedQkv);
    CHECK(plain.gated);
    const shape::Llm other =
        shape::loadLlm(scratch.write("o.toml", good + "qkv = \"fused\"\nmlp = \"plain\"\n").string());
    CHECK(other.fusedQkv);
    CHECK_FALSE(other.gated);
}

TEST_CASE("an unknown model names the nearest") {
    const Scratch scratch;
    const std::string text = thrown(scratch, [] { (void)shape::loadLlm("llama-13"); });
    CHECK_THAT(text, ContainsSubstring("2 no model 'llama-13'"));
    CHECK_THAT(text, ContainsSubstring("llama-13b"));
}
