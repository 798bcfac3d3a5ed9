// SPDX-License-Identifier: GPL-3.0-or-later
// Qt's strings readable in Catch2's messages.
#pragma once

#include <QString>

#include "tests/support/catch.hpp"

namespace Catch {

template <>
struct StringMaker<QString> {
    static std::string convert(const QString& text) { return '"' + text.toStdString() + '"'; }
};

}  // namespace Catch
