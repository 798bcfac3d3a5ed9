// SPDX-License-Identifier: Apache-2.0
// What the fake injection library offers the test program, which looks it up as libcuda looks up CUPTI's.
#pragma once

extern "C" {
int InitializeInjection();  // NOLINT(readability-identifier-naming): libcuda's name for it
/// A kernel launch that takes 1000 ns times the length of its name, in a grid of `blocks`.
void fakeLaunch(const char* kernel, unsigned blocks);
void fakePush(const char* range);
void fakePop();
void fakeNote(const char* text);
/// `code`: an ExitCode.
void fakeRefuse(int code, const char* message, const char* hint, bool everywhere);
}
