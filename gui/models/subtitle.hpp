// SPDX-License-Identifier: GPL-3.0-or-later
// The sentence under a chart's title that says where its numbers come from.
#pragma once

#include <QString>
#include <vector>

#include "gui/models/roof_choice.hpp"

namespace ridge::gui {

struct SubtitleFacts {
    const catalog::Figure& figure;
    const std::vector<DrawnRow>& rows;
    bool filesOpen = false;
    bool publishedPoints = false;
};

/// "Measured on NVIDIA H200; published for NVIDIA H100 PCIe", "Modelled from datasheet ceilings: nothing here
/// was measured · NVIDIA A40", "Published numbers only: no results file is open".
[[nodiscard]] QString provenanceSubtitle(const SubtitleFacts& facts);

}  // namespace ridge::gui
