#pragma once

#include "bench/ground.h"
#include "bench/people.h"
#include "core/model.h"

#include <vector>

namespace larum::bench {

/// A customer who is kept to write posts later.
struct Sampled {
    Id id = 0;
    Person person;
};

/// Fills customer and customer_key with `count` invented people, a case with two contacts for 3 in 100, indexes made
/// afterwards. Some of the people, evenly spread; how many does not depend on `count`.
std::vector<Sampled> load_people(store::Store& store, BrandId brand, int count);

/// The most memory this process ever had, in megabytes.
double most_memory();

} // namespace larum::bench
