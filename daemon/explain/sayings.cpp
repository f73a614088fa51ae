#include "daemon/explain/waterfall.h"

#include "core/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace larum::explain {

namespace {

/// Bits from which a name is called rare, and shared by few: a name that one customer of 20,000 has is worth 13.
constexpr double rare = 8;
constexpr double shared = 3;

using Saying = std::pair<std::string_view, std::string_view>;

constexpr std::array all = {
    Saying{"name.rare", "the name fits and is rare among the customers"},
    Saying{"name.shared", "the name fits; some customers share it"},
    Saying{"name.common", "part of the name fits, or many share it"},
    Saying{"name.against", "the name is another one"},
    Saying{"handle.for", "the account is named like the customer"},
    Saying{"handle.against", "the account is named like somebody else"},
    Saying{"name_in_text.for", "the text gives the name"},
    Saying{"name_in_text.against", "the text gives another name"},
    Saying{"email.for", "the e-mail address in the text is theirs"},
    Saying{"email.masked", "the shortened e-mail address fits"},
    Saying{"email.against", "the e-mail address in the text is another one"},
    Saying{"phone.for", "the phone number in the text is theirs"},
    Saying{"phone.against", "the phone number in the text is another one"},
    Saying{"ending.for", "the last digits fit"},
    Saying{"ending.against", "the last digits do not fit"},
    Saying{"known_handle.for", "the brand knows this account as theirs"},
    Saying{"known_handle.against", "the brand knows another account as theirs"},
    Saying{"account.for", "the account is named like their e-mail address or another account"},
    Saying{"account.against", "the account is named otherwise than their others"},
    Saying{"confirmed.for", "a person confirmed it before"},
    Saying{"author.for", "wrote to the brand from this account as this customer"},
    Saying{"city.for", "the same place in the profile"},
    Saying{"city.against", "another place in the profile"},
    Saying{"city_in_text.for", "the text names their place"},
    Saying{"city_in_text.against", "the text names another place"},
    Saying{"language.against", "writes in another language"},
    Saying{"sex.against", "writes of themselves as of the other sex"},
    Saying{"number.for", "gives the number of their case or order"},
    Saying{"number.almost", "the number is almost that of their case or order"},
    Saying{"number.against", "gives the number of another case or order"},
    Saying{"order.for", "order number given by the platform"},
    Saying{"order.against", "the platform gives the number of another order"},
    Saying{"topic.for", "about the same thing as their case"},
    Saying{"topic.against", "about something else than their case"},
    Saying{"words.for", "the same words as in their case"},
    Saying{"words.against", "other words than in their case"},
    Saying{"day.for", "names a day on which they were in touch"},
    Saying{"day.against", "names a day on which nothing is on record"},
    Saying{"age.for", "the matter is as old as their case"},
    Saying{"age.against", "the matter is not as old as their case"},
    Saying{"amount.for", "names a sum that stands in their case"},
    Saying{"amount.against", "names another sum than their case"},
    Saying{"agent.for", "names a person they spoke with"},
    Saying{"agent.against", "names a person they did not speak with"},
    Saying{"channel.for", "got in touch in the way that is on record"},
    Saying{"channel.against", "got in touch in a way that is not on record"},
    Saying{"promise.for", "speaks of a promise that is on record"},
    Saying{"promise.against", "speaks of a promise that is not on record"},
    Saying{"case.for", "has a case that one may complain about"},
    Saying{"case.against", "has no case that one would complain about"},
    Saying{"limit.against", "a name alone is never enough"},
    Saying{"other.for", "something else fits"},
    Saying{"other.against", "something else does not fit"},
};

std::string digits_of(std::string_view written) {
    std::string digits;
    std::copy_if(written.begin(), written.end(), std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
    return digits;
}

/// Whether one number ends with the other: years and prefixes are often left out.
bool same_number(std::string_view post, std::string_view record) {
    const auto a = digits_of(post), b = digits_of(record);
    return a.ends_with(b) || b.ends_with(a);
}

std::string_view find(const std::string& saying) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Saying& one) { return one.first == saying; });
    return found == all.end() ? std::string_view() : found->first;
}

} // namespace

std::string_view says(const Evidence& evidence) {
    const bool against = evidence.weight < 0;
    if (evidence.field == "name" && !against)
        return evidence.weight >= rare ? "name.rare" : evidence.weight >= shared ? "name.shared" : "name.common";
    if (evidence.field == "email" && !against && evidence.post.find('*') != std::string::npos) return "email.masked";
    if (evidence.field == "number" && !against && !same_number(evidence.post, evidence.record)) return "number.almost";
    const auto found = find(evidence.field + (against ? ".against" : ".for"));
    return !found.empty() ? found : against ? "other.against" : "other.for";
}

std::string_view sentence(std::string_view saying) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Saying& one) { return one.first == saying; });
    return found == all.end() ? saying : found->second;
}

std::vector<std::string_view> sayings() {
    std::vector<std::string_view> list;
    for (const auto& one : all) list.push_back(one.first);
    return list;
}

} // namespace larum::explain
