#pragma once

#include <string>

namespace larum::soak {

/// Larum's intake as a process of its own whose time is told to it: reads lines on stdin, answers one line each.
///   at MICROS              opens the store at that time; «listens PORT»
///   hooks MICROS           splits the webhooks that wait; «done»
///   work MICROS MICROS     reads what is due from then until then; «done», or «database» when it was away
/// Ends at the end of stdin.
int run_intake(const std::string& config_file);

} // namespace larum::soak
