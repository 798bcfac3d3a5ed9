// SPDX-License-Identifier: Apache-2.0
// A program to profile: does what its arguments say, one after the other. Its "CUDA" is the injected library,
// which it loads as libcuda does, from CUDA_INJECTION64_PATH at the first use.
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "tests/cli/fake_injection.hpp"

namespace {

std::atomic<int> interrupts{0};

/// The injected library, initialised when it is first asked for; nullptr where there is none.
void* injectedLibrary() {
    static void* library = [] {
        const char* path = std::getenv("CUDA_INJECTION64_PATH");
        void* opened = path != nullptr ? ::dlopen(path, RTLD_LAZY) : nullptr;
        if (opened != nullptr)
            reinterpret_cast<decltype(&InitializeInjection)>(::dlsym(opened, "InitializeInjection"))();
        return opened;
    }();
    return library;
}

/// A function of it; nullptr where there is none.
template <class Function>
Function* injected(const char* name) {
    void* library = injectedLibrary();
    return library != nullptr ? reinterpret_cast<Function*>(::dlsym(library, name)) : nullptr;
}

void sleepMs(int ms) {
    // Through interruptions: a handled signal must not cut it short.
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
    while (std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

void perform(const std::string& action);

/// Forks; the child performs and exits. The parent waits unless it is to be left behind.
void inChild(const std::string& action, bool wait) {
    const pid_t child = ::fork();
    if (child == 0) {
        perform(action);
        std::exit(0);
    }
    if (wait) ::waitpid(child, nullptr, 0);
}

/// What its GPU does; false for everything else.
bool performOnGpu(const std::string& name, const std::string& verb, const std::string& value) {
    if (verb == "launch") {
        const auto slash = value.find('/');  // kernel/blocks
        const unsigned blocks =
            slash == std::string::npos ? 1 : static_cast<unsigned>(std::stoul(value.substr(slash + 1)));
        if (auto* launch = injected<decltype(fakeLaunch)>("fakeLaunch"))
            launch(value.substr(0, slash).c_str(), blocks);
    } else if (verb == "launches") {
        for (int left = std::stoi(value); left > 0; --left) perform("launch:a");
    } else if (verb == "launch-second-run") {  // once FILE is there, which this makes
        const bool second = std::ifstream(value).good();
        std::ofstream(value) << "x";
        if (second) perform("launch:late");
    } else if (verb == "cuda") {
        static_cast<void>(injected<decltype(fakeLaunch)>("fakeLaunch"));
    } else if (verb == "push") {
        injected<decltype(fakePush)>("fakePush")(value.c_str());
    } else if (verb == "pop") {
        injected<decltype(fakePop)>("fakePop")();
    } else if (verb == "note") {
        injected<decltype(fakeNote)>("fakeNote")(value.c_str());
    } else if (verb == "refuse" || verb == "refuse-here") {
        const int code = verb == name ? 4 : std::stoi(name.substr(verb.size() + 1));
        injected<decltype(fakeRefuse)>("fakeRefuse")(code, value.c_str(), "what to do", verb == "refuse");
    } else {
        return false;
    }
    return true;
}

/// What happens to processes; false for everything else.
bool performOnProcesses(const std::string& verb, const std::string& value) {
    if (verb == "fork") {
        inChild(value, true);
    } else if (verb == "fork-quit") {
        if (::fork() == 0) {
            perform(value);
            ::_exit(0);
        }
        ::wait(nullptr);
    } else if (verb == "leave") {
        inChild(value, false);
    } else if (verb == "await") {
        while (!std::ifstream(value).good()) sleepMs(5);
    } else if (verb == "close-all") {
        ::close_range(3, ~0U, 0);
    } else if (verb == "ignore") {
        std::signal(std::stoi(value), SIG_IGN);
    } else if (verb == "sleep") {
        sleepMs(std::stoi(value));
    } else if (verb == "count-interrupts") {
        std::signal(SIGINT, [](int) { ++interrupts; });
        std::ofstream("ready") << "x";
        sleepMs(std::stoi(value));
        std::cout << "interrupts " << interrupts << std::endl;
    } else if (verb == "signal") {
        static_cast<void>(std::raise(std::stoi(value)));
    } else if (verb == "become-sleep") {
        ::execlp("sleep", "sleep", value.c_str(), nullptr);
    } else if (verb == "quit") {
        ::_exit(std::stoi(value));
    } else if (verb == "exit") {
        std::exit(std::stoi(value));
    } else {
        return false;
    }
    return true;
}

void perform(const std::string& action) {
    const auto colon = action.find(':');
    const std::string name = action.substr(0, colon);
    const std::string verb = name.substr(0, name.find('/'));  // refuse/CODE
    const std::string value = colon == std::string::npos ? "" : action.substr(colon + 1);
    if (performOnGpu(name, verb, value) || performOnProcesses(verb, value)) return;
    if (verb == "out") {
        std::cout << value << std::flush;
    } else if (verb == "out-zero") {
        std::cout.put('\0').put('\xff').flush();
    } else if (verb == "err") {
        std::cerr << value;
    } else if (verb == "file") {
        std::ofstream(value) << "here";
    } else if (verb == "pid") {
        std::ofstream(value) << ::getpid();
    } else {
        std::cerr << "no action '" << action << "'\n";
        std::exit(99);
    }
}

}  // namespace

int main(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) perform(argv[i]);
    return 0;
}
