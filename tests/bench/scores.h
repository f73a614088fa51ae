#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

/// How well judgements agree with labels.
namespace larum::bench {

/// Yes or no, said and true.
struct Counts {
    int right_yes = 0, wrong_yes = 0, wrong_no = 0, right_no = 0;
    void add(bool said, bool is) { ++(said ? (is ? right_yes : wrong_yes) : (is ? wrong_no : right_no)); }
    static double f1(int hit, int false_alarm, int miss) { return hit ? 2.0 * hit / (2.0 * hit + false_alarm + miss) : 0; }
    double f1() const { return f1(right_yes, wrong_yes, wrong_no); }
    double macro() const { return (f1() + f1(right_no, wrong_no, wrong_yes)) / 2; }
};

/// Lists of words, said and true.
struct Set {
    int exact = 0, all = 0;
    Counts each;
    void add(std::vector<std::string> said, std::vector<std::string> is) {
        std::sort(said.begin(), said.end());
        std::sort(is.begin(), is.end());
        ++all;
        exact += said == is;
        for (const auto& one : said) each.add(true, std::find(is.begin(), is.end(), one) != is.end());
        for (const auto& one : is)
            if (std::find(said.begin(), said.end(), one) == said.end()) each.add(false, true);
    }
};

/// Ten bins of the probability of a complaint against how often it was one.
struct Calibration {
    double sum[10] = {}, yes[10] = {};
    int n[10] = {}, all = 0;
    void add(double p, bool is) {
        const auto bin = std::min(9, static_cast<int>(p * 10));
        sum[bin] += p, yes[bin] += is, ++n[bin], ++all;
    }
    double error() const {
        double off = 0;
        for (int i = 0; i < 10; ++i) off += std::abs(sum[i] - yes[i]);
        return all ? off / all : 0;
    }
};

/// How often a post that is one gets a higher score than one that is not.
class RankScore {
public:
    void add(double score, bool is) { scores_.emplace_back(score, is); }

    /// Area under the ROC curve.
    double area() {
        std::sort(scores_.begin(), scores_.end());
        double below = 0, won = 0, yes = 0;
        for (std::size_t i = 0; i < scores_.size();) {
            double no_here = 0, yes_here = 0;
            const double score = scores_[i].first;
            for (; i < scores_.size() && scores_[i].first == score; ++i) (scores_[i].second ? yes_here : no_here) += 1;
            won += yes_here * (below + no_here / 2);
            below += no_here, yes += yes_here;
        }
        return yes && below ? won / (yes * below) : 0;
    }

private:
    std::vector<std::pair<double, bool>> scores_;
};

} // namespace larum::bench
