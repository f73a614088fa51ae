#include "daemon/judge/train.h"

#include "daemon/judge/judge.h"
#include "daemon/judge/kin.h"
#include "daemon/judge/model.h"
#include "daemon/judge/model_text.h"

#include <algorithm>
#include <set>

namespace larum::judging {

namespace {

constexpr unsigned quarters = 4;
constexpr double hazard_min = 0.8;

/// How strongly a brand's labels may move the general model: found by four-fold trials on labelled English posts.
/// What phrases mean is known from more posts than one brand has, so it moves less than what words say.
Learning settings(std::string_view from) {
    Learning learning;
    learning.concept_strength = 1;
    learning.wording_strength = 0.3;
    learning.seen_min = 2;
    learning.from = from;
    return learning;
}

/// One head for each signal, but for threats and topics. Whether a post is about service at all goes with complaint.
std::set<std::size_t> heads_of(Signal signal) {
    const auto range = [](Head first, std::size_t count) {
        std::set<std::size_t> heads;
        for (std::size_t i = 0; i < count; ++i) heads.insert(at(first) + i);
        return heads;
    };
    switch (signal) {
    case Signal::complaint: return {at(Head::complaint), at(Head::service)};
    case Signal::repeat_contact: return {at(Head::repeat_contact)};
    case Signal::broken_promise: return {at(Head::broken_promise)};
    case Signal::not_solved: return {at(Head::not_solved)};
    case Signal::on_behalf: return {at(Head::on_behalf)};
    case Signal::threat: return range(Head::threat, word_count<Threat>);
    case Signal::topic: return range(Head::topic, word_count<Topic>);
    }
    return {};
}

std::set<std::size_t> heads_of(const std::vector<Signal>& signals) {
    std::set<std::size_t> heads;
    for (const auto signal : signals) heads.merge(heads_of(signal));
    return heads;
}

Verdict verdict_of(const Judge& judge, const LabelledPost& post) {
    return judge.judge(post.text, post.lang, post.posted_at.value_or(Time{}), "UTC", brand_words(post.brand));
}

/// One post while it is learned from and measured.
struct Row {
    TrainingPost post;
    Example example;
    std::uint32_t kin = 0;
    bool known = false; ///< a model that takes part has learned from it
    Verdict before, after;
};

class Trainer {
public:
    Trainer(std::vector<TrainingPost> posts, const Training& training)
        : in_use_(training.in_use.empty() ? built_in_model().front().second : training.in_use), judge_(in_use_, "the model in use") {
        leave_out(posts);
        choose_start(training, posts);
        make_rows(std::move(posts), training.first_names);
    }

    Trained run() {
        std::vector<Signal> signals;
        for (auto& one : counted())
            if (one.finding != Finding::too_few) signals.push_back(one.signal);
        // A complaint is also what a repeat contact makes one, so that leaving one signal out may move another: what
        // stays is measured again.
        while (!signals.empty()) {
            const auto better = try_out(signals);
            if (better == signals) {
                const auto model = with_heads(in_use_, learned(signals, quarters), heads_of(signals));
                made_.model = with_fingerprints(model, all_fingerprints());
                break;
            }
            signals = better;
        }
        return std::move(made_);
    }

private:
    void leave_out(std::vector<TrainingPost>& posts) {
        std::erase_if(posts, [&](const TrainingPost& post) {
            const auto verdict = verdict_of(judge_, post.post);
            const bool hazard = (post.post.hazard && !post.post.hazard->empty()) ||
                                *std::max_element(verdict.hazard_scores.begin(), verdict.hazard_scores.end()) >= hazard_min;
            made_.sensitive += verdict.sensitive;
            made_.hazards += hazard && !verdict.sensitive;
            return hazard || verdict.sensitive;
        });
        made_.posts = static_cast<int>(posts.size());
    }

    void choose_start(const Training& training, const std::vector<TrainingPost>& posts) {
        learned_ = fingerprints_in(in_use_);
        std::size_t here = 0;
        Fingerprints given;
        for (const auto& post : posts) given.insert(fingerprint(post.post.text));
        for (const auto one : learned_) here += given.contains(one);
        made_.continued = training.from.empty() && here * 10 < learned_.size() * 9;
        from_ = !training.from.empty() ? training.from : made_.continued ? in_use_ : built_in_model().front().second;
        Model::parse(from_, "the model to start from");
        learned_.merge(fingerprints_in(from_));
    }

    void make_rows(std::vector<TrainingPost> posts, const FirstNames& first_names) {
        const Anonymous anonymous(posts, reader_, from_, first_names);
        const auto kin = kin_of(posts);
        for (std::size_t i = 0; i < posts.size(); ++i) {
            auto& row = rows_.emplace_back();
            row.example = anonymous.example_of(posts[i]);
            // The learner's own quarters lie across ours.
            row.example.fold = kin[i] / quarters;
            row.kin = kin[i];
            row.known = learned_.contains(fingerprint(posts[i].post.text));
            row.before = verdict_of(judge_, posts[i].post);
            made_.known += row.known;
            // Whoever complains speaks of dealings with a firm; who does not may do so too.
            auto& service = row.example.labels[at(Head::service)];
            if (!posts[i].post.service) service = posts[i].post.complaint.value_or(false) ? 1 : -1;
            row.post = std::move(posts[i]);
        }
    }

    /// Fills made_.measured with every signal that anybody labelled, and says which have too few labels.
    std::vector<Measured>& counted() {
        for (const auto signal : all_signals) {
            Measured one{signal};
            std::set<std::uint32_t> all, yes, no;
            bool any = false;
            for (const auto& row : rows_) {
                if (!is_labelled(row.post.post, signal)) continue;
                any = true;
                if (row.known) continue;
                ++one.posts;
                const bool is = says_yes(row.post.post, signal);
                one.yes += is;
                all.insert(row.kin);
                (is ? yes : no).insert(row.kin);
            }
            one.kin = static_cast<int>(all.size());
            if (all.size() >= labels_min && yes.size() >= each_min && no.size() >= each_min) one.finding = Finding::no_better;
            if (any) made_.measured.push_back(one);
        }
        return made_.measured;
    }

    /// Learned from all posts but those of one quarter; no quarter has the number `quarters`.
    std::string learned(const std::vector<Signal>& signals, unsigned but) const {
        const auto heads = heads_of(signals);
        std::vector<Example> examples;
        for (const auto& row : rows_) {
            if (row.kin % quarters == but) continue;
            auto& example = examples.emplace_back(row.example);
            for (std::size_t head = 0; head < head_count; ++head)
                if (!heads.contains(head)) example.labels[head] = -1;
        }
        return learn(examples, settings(from_));
    }

    /// Measures `signals` and gives those that are better.
    std::vector<Signal> try_out(const std::vector<Signal>& signals) {
        for (unsigned quarter = 0; quarter < quarters; ++quarter) {
            const Judge judge(with_heads(in_use_, learned(signals, quarter), heads_of(signals)), "learned");
            for (auto& row : rows_)
                if (row.kin % quarters == quarter) row.after = verdict_of(judge, row.post.post);
        }
        std::vector<Signal> better;
        for (auto& one : made_.measured) {
            if (std::find(signals.begin(), signals.end(), one.signal) == signals.end()) continue;
            measure(one);
            if (one.finding == Finding::better) better.push_back(one.signal);
        }
        return better;
    }

    void measure(Measured& one) const {
        std::vector<Judged> judged;
        std::vector<std::pair<double, bool>> before, after;
        for (const auto& row : rows_) {
            const auto& post = row.post.post;
            if (row.known || !is_labelled(post, one.signal)) continue;
            judged.push_back({row.kin, tally(row.before, post, one.signal), tally(row.after, post, one.signal)});
            if (one.signal != Signal::complaint) continue;
            before.emplace_back(row.before.complaint, *post.complaint);
            after.emplace_back(row.after.complaint, *post.complaint);
        }
        one.score = compare(judged, one.signal);
        one.finding = one.score.surely_better ? Finding::better
                      : one.score.after > one.score.before ? Finding::could_be_chance
                                                           : Finding::no_better;
        if (before.empty()) return;
        one.calibration_before = calibration_error(before);
        one.calibration_after = calibration_error(after);
    }

    Fingerprints all_fingerprints() const {
        auto all = learned_;
        for (const auto& row : rows_) all.insert(fingerprint(row.post.post.text));
        return all;
    }

    const Reader reader_;
    std::string in_use_, from_;
    Judge judge_; ///< with the model in use
    Fingerprints learned_;
    std::vector<Row> rows_;
    Trained made_;
};

} // namespace

Trained train(std::vector<TrainingPost> posts, const Training& training) { return Trainer(std::move(posts), training).run(); }

} // namespace larum::judging
