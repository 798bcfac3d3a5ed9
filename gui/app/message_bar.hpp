// SPDX-License-Identifier: GPL-3.0-or-later
// A strip above the chart that says what went wrong and what to do, without stopping anybody.
#pragma once

#include <QFrame>
#include <QLabel>
#include <vector>

#include "gui/models/result_set.hpp"

namespace ridge::gui {

class MessageBar : public QFrame {
    Q_OBJECT

 public:
    explicit MessageBar(QWidget* parent = nullptr);

    /// Hides itself when there are none.
    void showProblems(const std::vector<LoadProblem>& problems);
    [[nodiscard]] QString text() const { return m_text->text(); }

 private:
    QLabel* m_text;
};

}  // namespace ridge::gui
