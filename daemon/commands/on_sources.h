#pragma once

namespace larum::commands {

struct Invocation;

/// `larum sources`: the configured sources with health, coverage, gaps and budget, a block each or with --json a line.
int print_sources(const Invocation& invocation);

} // namespace larum::commands
