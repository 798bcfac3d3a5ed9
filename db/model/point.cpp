// SPDX-License-Identifier: Apache-2.0
#include "db/model/point.hpp"

#include <array>

#include "db/model/error.hpp"

namespace ridge::db {
namespace {

constexpr std::array<std::string_view, 4> provenanceTexts{"measured", "modeled", "reference", "imported"};
constexpr std::array<std::string_view, 3> statusTexts{"ok", "skipped", "failed"};

template <class Enum, std::size_t N>
Enum fromText(std::string_view text, const std::array<std::string_view, N>& texts, std::string_view noun) {
    for (std::size_t i = 0; i < N; ++i) {
        if (texts[i] == text) return static_cast<Enum>(i);
    }
    throw Error(ExitCode::failed, "'" + std::string(text) + "' is no " + std::string(noun));
}

}  // namespace

std::string_view toText(Provenance provenance) noexcept {
    return provenanceTexts[static_cast<std::size_t>(provenance)];
}

std::string_view toText(Status status) noexcept {
    return statusTexts[static_cast<std::size_t>(status)];
}

Provenance provenanceFromText(std::string_view text) {
    return fromText<Provenance>(text, provenanceTexts, "provenance");
}

Status statusFromText(std::string_view text) {
    return fromText<Status>(text, statusTexts, "status");
}

}  // namespace ridge::db
