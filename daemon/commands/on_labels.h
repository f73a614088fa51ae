#pragma once

#include "core/model.h"
#include "daemon/triage/assess.h"

#include <filesystem>
#include <iosfwd>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace larum::commands {

/// What a person, or the maker of a world, says of a post: the fields of data/LABELS.md and of a world's truth.
/// What a line leaves out was not labelled.
struct Label {
    std::optional<bool> complaint;
    std::optional<bool> repeat_contact;
    std::optional<bool> urgent;          ///< nothing where readers may differ
    bool customer_known = false;         ///< whether the author's customer was labelled at all
    std::set<std::string> customers;     ///< equally right references; empty: nobody's customer
    bool case_known = false;
    std::string case_ref;
    bool namesake = false;
};

/// By post id. Throws Error::Kind::input «FILE:LINE: …».
std::map<std::string, Label> read_labels(const std::filesystem::path& file);

/// Right and wrong of one question.
struct Count {
    int right = 0, wrong = 0, missed = 0;
    std::vector<std::string> differ; ///< «facebook:12: urgent, but is none»
    double precision() const { return right + wrong ? static_cast<double>(right) / (right + wrong) : 1; }
    double recall() const { return right + missed ? static_cast<double>(right) / (right + missed) : 1; }
};

/// Compares what larum thinks with labels.
class Comparison {
public:
    void add(const Post& post, const triage::Assessment& made, const Label& label);
    void print(std::ostream& out) const;

    Count urgent, complaint, repeat_contact;
    Count customer;      ///< the best candidate where likelier than nobody
    Count customer_sure; ///< at 0.9 and above
    int cases = 0, cases_right = 0; ///< given the right customer
    int namesakes = 0, namesakes_taken = 0; ///< taken for a customer at 0.9 and above
    double calibration_error() const; ///< of the best candidate's probability, ten bins

private:
    struct Bin {
        int posts = 0, right = 0;
        double sum = 0;
    };
    void compare_customer(const Post& post, const triage::Assessment& made, const Label& label);

    std::array<Bin, 10> bins_;
};

} // namespace larum::commands
