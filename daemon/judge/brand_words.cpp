#include "daemon/judge/brand_words.h"

#include "config/working_days.h"
#include "core/text.h"

#include <algorithm>

namespace larum {

namespace {

/// Shorter words would be found inside ordinary speech.
constexpr std::size_t shortest = 3;

void add(std::vector<std::string>& words, std::string_view raw) {
    if (const auto colon = raw.find(':'); colon != std::string_view::npos) raw.remove_prefix(colon + 1);
    while (!raw.empty() && (raw.front() == '@' || raw.front() == '#')) raw.remove_prefix(1);
    auto folded = text::fold(raw);
    if (folded.size() < shortest || std::find(words.begin(), words.end(), folded) != words.end()) return;
    words.push_back(std::move(folded));
}

} // namespace

BrandWords brand_words(const config::Brand& brand) {
    BrandWords words;
    words.works = config::working_days(brand.working_time);
    add(words.own, brand.name);
    for (const auto& name : brand.names) add(words.own, name);
    for (const auto& handle : brand.handles) add(words.own, handle);
    for (const auto& tag : brand.tags) add(words.own, tag);
    for (const auto& competitor : brand.competitors) add(words.competitors, competitor);
    return words;
}

BrandWords brand_words(const std::string& name) {
    BrandWords words;
    add(words.own, name);
    return words;
}

} // namespace larum
