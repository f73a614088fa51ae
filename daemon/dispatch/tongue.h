#pragma once

#include "core/model.h"

#include <string>
#include <string_view>

/// Words and numbers in the brand's language. Pure.
namespace larum::dispatch {

/// Polish or English; anything else is English.
class Tongue {
public:
    explicit Tongue(std::string_view language) : polish_(language == "pl") {}
    bool polish() const { return polish_; }
    std::string lang() const { return polish_ ? "pl" : "en"; }

    std::string pick(std::string_view pl, std::string_view en) const { return std::string(polish_ ? pl : en); }

    /// «2 wpisy», «5 wpisów», «2 posts».
    std::string count(std::int64_t n, std::string_view pl_one, std::string_view pl_few, std::string_view pl_many,
                      std::string_view en_one, std::string_view en_many) const;

    std::string ago(Span span) const;    ///< «2 dni temu», «2 days ago»
    std::string lasting(Span span) const; ///< «od 2 dni», «for 2 days»
    std::string date(Time time, const std::string& zone) const; ///< «3.04», «3 Apr»

    std::string moment(Time time, const std::string& zone) const; ///< «3.04, 23:59», «3 Apr, 23:59»: local time

    std::string topic(Topic topic) const;
    std::string channel(ContactChannel channel) const;
    std::string urgency(Urgency urgency, bool hazard) const; ///< «PILNE»
    /// A reason as a few words; empty for codes that an alert does not name.
    std::string reason(std::string_view code) const;

private:
    bool polish_;
};

/// one, few or many, as Polish counts.
int polish_form(std::int64_t n);

} // namespace larum::dispatch
