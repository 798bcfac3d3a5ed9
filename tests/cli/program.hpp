// SPDX-License-Identifier: Apache-2.0
// Runs built programs in a folder of their own and looks at everything they leave.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ridge::test {

struct Outcome {
    int status = 0;  ///< exit code; 128 + signal where one ended it
    std::string out, err;
};

/// A new folder under the system's temporary one, removed with this.
class Folder {
 public:
    Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder();
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] std::string operator/(const std::string& name) const { return (m_path / name).string(); }
    void write(const std::string& name, const std::string& text) const;
    /// Every file in it with its content: what must not change.
    [[nodiscard]] std::map<std::string, std::string> contents() const;

 private:
    std::filesystem::path m_path;
};

using Environment = std::map<std::string, std::string>;

/// `ridge ARGUMENTS` in `folder`, without a worker unless `environment` names one (RIDGE_WORKER).
[[nodiscard]] Outcome runRidge(const Folder& folder, const std::vector<std::string>& arguments,
                               const Environment& environment = {});

/// The same in the background, its outputs in out.txt and err.txt of `folder`. Returns the process.
[[nodiscard]] pid_t startRidge(const Folder& folder, const std::vector<std::string>& arguments,
                               const Environment& environment);
/// Waits for it to end.
[[nodiscard]] Outcome finish(pid_t process, const Folder& folder);

/// A worker that behaves as its environment says; see fake_worker.cpp.
[[nodiscard]] std::string fakeWorker();

[[nodiscard]] std::string readFile(const std::filesystem::path& file);

/// Compares with tests/data/cli/NAME.txt, or writes that file where UPDATE_APPROVED=1.
void requireApproved(const std::string& name, const std::string& text);

/// `text` with the folder's path, times and other volatile parts replaced.
[[nodiscard]] std::string normalised(std::string text, const Folder& folder);

}  // namespace ridge::test
