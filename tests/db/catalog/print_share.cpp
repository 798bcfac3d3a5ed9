// SPDX-License-Identifier: Apache-2.0
// Prints where share is found from where this program lies; the tests copy it about.
#include <iostream>

#include "db/catalog/share.hpp"
#include "db/model/error.hpp"

int main() {
    try {
        std::cout << ridge::catalog::shareDirectory().string() << '\n';
    } catch (const ridge::Error& error) {
        std::cout << error.what() << '\n';
        return static_cast<int>(error.code());
    }
    return 0;
}
