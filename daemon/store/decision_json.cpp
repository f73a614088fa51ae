#include "daemon/store/decision_json.h"

#include <cmath>
#include <cstdio>

namespace larum::store {

namespace {

void add_text(std::string& out, std::string_view text) {
    out += '"';
    for (const unsigned char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += static_cast<char>(c);
        } else if (c < 0x20) {
            char escaped[8];
            std::snprintf(escaped, sizeof escaped, "\\u%04x", c);
            out += escaped;
        } else {
            out += static_cast<char>(c);
        }
    }
    out += '"';
}

/// Three digits are more than any probability or weight here is worth.
void add_number(std::string& out, double value) {
    const long thousandths = std::lround(value * 1000);
    if (thousandths < 0) out += '-';
    const long whole = std::labs(thousandths);
    out += std::to_string(whole / 1000);
    if (whole % 1000 == 0) return;
    char fraction[8];
    std::snprintf(fraction, sizeof fraction, ".%03ld", whole % 1000);
    out += fraction;
}

void add_key(std::string& out, std::string_view key) {
    if (out.back() != '{') out += ',';
    out += '"';
    out += key;
    out += "\":";
}

void add_score(std::string& out, std::string_view key, double value) {
    add_key(out, key);
    add_number(out, value);
}

template <class List, class Add>
void add_list(std::string& out, std::string_view key, const List& list, Add add) {
    add_key(out, key);
    out += '[';
    for (const auto& one : list) {
        if (out.back() != '[') out += ',';
        add(one);
    }
    out += ']';
}

template <class E>
void add_words(std::string& out, std::string_view key, const std::vector<E>& list) {
    add_list(out, key, list, [&](E one) { add_text(out, word(one)); });
}

void add_scores(std::string& out, const Verdict& verdict) {
    add_key(out, "scores");
    out += '{';
    add_score(out, "complaint", verdict.complaint);
    add_score(out, "repeat_contact", verdict.repeat_contact);
    add_score(out, "broken_promise", verdict.broken_promise);
    add_score(out, "not_solved", verdict.not_solved);
    add_score(out, "on_behalf", verdict.on_behalf);
    for (std::size_t i = 0; i < word_count<Threat>; ++i)
        add_score(out, "threat." + std::string(Words<Threat>::list[i]), verdict.threat_scores[i]);
    for (std::size_t i = 0; i < word_count<Hazard>; ++i)
        add_score(out, "hazard." + std::string(Words<Hazard>::list[i]), verdict.hazard_scores[i]);
    out += '}';
}

void add_evidence(std::string& out, const Evidence& one) {
    out += "{\"field\":";
    add_text(out, one.field);
    add_key(out, "post");
    add_text(out, one.post);
    add_key(out, "record");
    add_text(out, one.record);
    add_score(out, "weight", one.weight);
    out += '}';
}

void add_candidate(std::string& out, const Candidate& one) {
    out += '{';
    add_key(out, "customer_id");
    add_text(out, to_text(one.customer));
    add_key(out, "ref");
    add_text(out, one.ref);
    add_score(out, "probability", one.probability);
    if (!one.linked.empty()) add_list(out, "linked", one.linked, [&](Id id) { add_text(out, to_text(id)); });
    add_list(out, "evidence", one.evidence, [&](const Evidence& evidence) { add_evidence(out, evidence); });
    out += '}';
}

} // namespace

std::string verdict_json(const Verdict& verdict, bool briefly) {
    std::string out = "{";
    out.reserve(briefly ? 96 : 700);
    add_key(out, "lang");
    add_text(out, verdict.lang);
    add_score(out, "complaint", verdict.complaint);
    add_key(out, "topic");
    add_text(out, word(verdict.topic));
    if (briefly) return out + '}';
    add_score(out, "repeat_contact", verdict.repeat_contact);
    add_key(out, "stated_contacts");
    out += verdict.stated_contacts ? std::to_string(*verdict.stated_contacts) : "null";
    if (!verdict.promised_on.empty()) add_key(out, "promised_on"), add_text(out, verdict.promised_on);
    if (!verdict.waiting_since.empty()) add_key(out, "waiting_since"), add_text(out, verdict.waiting_since);
    add_words(out, "channels", verdict.channels);
    add_words(out, "threat", verdict.threat);
    add_score(out, "broken_promise", verdict.broken_promise);
    add_score(out, "not_solved", verdict.not_solved);
    add_score(out, "on_behalf", verdict.on_behalf);
    add_words(out, "hazard", verdict.hazard);
    if (verdict.sensitive) add_key(out, "sensitive"), out += "true";
    add_scores(out, verdict);
    add_list(out, "spans", verdict.spans, [&](const WordSpan& span) {
        out += "{\"signal\":";
        add_text(out, span.signal);
        out += ",\"start\":" + std::to_string(span.start) + ",\"end\":" + std::to_string(span.end) + '}';
    });
    return out + '}';
}

std::string reasons_json(const std::vector<Reason>& reasons) {
    std::string out = "[";
    for (const auto& one : reasons) {
        if (out.size() > 1) out += ',';
        out += "{\"code\":";
        add_text(out, one.code);
        add_key(out, "text");
        add_text(out, one.text);
        out += '}';
    }
    return out + ']';
}

std::string evidence_json(const std::vector<Evidence>& evidence) {
    std::string out = "[";
    for (const auto& one : evidence) {
        if (out.size() > 1) out += ',';
        add_evidence(out, one);
    }
    return out + ']';
}

std::string story_json(const Decision& decision, const MatchResult& match) {
    std::string out = "{";
    if (decision.matter) {
        add_key(out, "case_ref");
        add_text(out, decision.case_ref);
        add_key(out, "contacts");
        out += std::to_string(decision.recorded_contacts);
        add_key(out, "attempts");
        out += std::to_string(decision.recorded_attempts);
        add_words(out, "channels", decision.recorded_channels);
    }
    if (decision.promise_broken_at) {
        add_key(out, "promise_broken_at");
        add_text(out, format_time(*decision.promise_broken_at));
    }
    add_score(out, "nobody", match.nobody);
    add_list(out, "candidates", match.candidates, [&](const Candidate& one) { add_candidate(out, one); });
    return out + '}';
}

} // namespace larum::store
