#include "soak/truth.h"

namespace larum::soak {

void Truth::add(Written one) {
    const std::lock_guard lock(mutex_);
    const auto id = one.id;
    writings_[id] = std::move(one);
}

void Truth::edit(const std::string& id, const std::string& text) {
    const std::lock_guard lock(mutex_);
    auto& one = writings_.at(id);
    one.text = text;
    ++one.edits;
}

void Truth::remove(const std::string& id, Time at) {
    const std::lock_guard lock(mutex_);
    auto& one = writings_.at(id);
    if (!one.deleted_at) one.deleted_at = at;
}

void Truth::told(const std::string& id, const std::string& verb, Time at) {
    const std::lock_guard lock(mutex_);
    const auto found = writings_.find(id);
    if (found == writings_.end()) return;
    if (verb == "remove")
        found->second.deletion_told = true;
    else if (!found->second.told_at)
        found->second.told_at = at;
}

void Truth::served(Served one) {
    const std::lock_guard lock(mutex_);
    servings_.push_back(std::move(one));
}

std::map<std::string, Written> Truth::writings() const {
    const std::lock_guard lock(mutex_);
    return writings_;
}

std::vector<Served> Truth::servings() const {
    const std::lock_guard lock(mutex_);
    return servings_;
}

} // namespace larum::soak
