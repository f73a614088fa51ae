#include "daemon/dispatch/wording.h"

#include "core/mask.h"
#include "core/text.h"
#include "daemon/dispatch/sentence.h"
#include "daemon/dispatch/tongue.h"

#include <algorithm>
#include <map>

namespace larum::dispatch {

namespace {

using alerts::Line;
using alerts::LineRole;
using alerts::Message;
using alerts::MessageKind;

constexpr std::size_t headline_parts = 4;
constexpr std::size_t tried_most = 5;
constexpr std::size_t name_most = 60;

/// Parts of a line: «a · b · c».
class Parts {
public:
    void add(const std::string& part) {
        if (part.empty()) return;
        text_ += (text_.empty() ? "" : " · ") + part;
        ++count_;
    }
    std::size_t count() const { return count_; }
    const std::string& text() const { return text_; }

private:
    std::string text_;
    std::size_t count_ = 0;
};

bool has_ended(EscalationState state) { return state == EscalationState::settled || state == EscalationState::dismissed; }

/// Which try this is: by the records, else by what the author says.
std::string which_attempt(const Facts& facts, const Tongue& tongue) {
    const int recorded = facts.attempts;
    if (recorded > 0) {
        const auto n = std::to_string(recorded + 1);
        return tongue.polish() ? n + ". próba" : "attempt " + n;
    }
    if (std::find(facts.codes.begin(), facts.codes.end(), "repeat_contact") == facts.codes.end()) return {};
    if (!facts.stated_contacts || *facts.stated_contacts <= 0)
        return tongue.pick("kolejna próba według autora", "not the first attempt, says the author");
    const auto n = std::to_string(*facts.stated_contacts);
    return tongue.polish() ? "autor pisze o " + n + (*facts.stated_contacts == 1 ? " próbie" : " próbach")
                           : "the author tells of " + n + (*facts.stated_contacts == 1 ? " attempt" : " attempts");
}

bool has_code(const Facts& facts, std::string_view code) {
    return std::find(facts.codes.begin(), facts.codes.end(), code) != facts.codes.end();
}

/// The platform's deadline in a few words: what is near or past is the news.
std::string answer_due(const Facts& facts, const Tongue& tongue, Time now) {
    if (!has_code(facts, "answer_due") || !facts.answer_by) return {};
    return *facts.answer_by < now ? tongue.pick("minął termin odpowiedzi", "the answer is overdue") : tongue.reason("answer_due");
}

/// The same with its time, as long as the brand has not answered.
std::string answer_by(const Facts& facts, const Tongue& tongue, const std::string& zone, Time now) {
    if (!facts.answer_by || facts.answered_at) return {};
    const auto when = tongue.moment(*facts.answer_by, zone);
    return (*facts.answer_by < now ? tongue.pick("termin minął ", "was due by ") : tongue.pick("odpowiedź do ", "answer by ")) + when;
}

Line headline(const Facts& facts, const Tongue& tongue, Time now) {
    Parts parts;
    parts.add((has_ended(facts.state) ? "✓ " : "") + tongue.urgency(facts.urgency, false));
    parts.add(which_attempt(facts, tongue));
    if (facts.promise_broken_at)
        parts.add(tongue.pick("obietnica minęła ", "promise passed ") + tongue.ago(now - *facts.promise_broken_at));
    parts.add(answer_due(facts, tongue, now));
    for (const auto& code : facts.codes)
        if (code != "promise_broken" && code != "answer_due" && parts.count() < headline_parts) parts.add(tongue.reason(code));
    if (parts.count() == 1) parts.add(tongue.topic(facts.topic));
    return {LineRole::headline, parts.text(), {}};
}

/// Urgency, topic, age and link: all that `link` carries, and hazards at most.
Line bare_headline(const Facts& facts, const Tongue& tongue, const std::string& page, Time now) {
    const bool hazard = names_hazard(facts.codes);
    Parts parts;
    parts.add((has_ended(facts.state) ? "✓ " : "") + tongue.urgency(facts.urgency, hazard));
    for (const auto& code : facts.codes)
        if (code.rfind("hazard.", 0) == 0) parts.add(tongue.reason(code));
    if (!hazard) parts.add(tongue.topic(facts.topic));
    parts.add(tongue.ago(now - facts.posted_at));
    return {LineRole::headline, parts.text(), page};
}

std::vector<std::string> names_of(const Facts& facts) {
    std::vector<std::string> names = {facts.author_name, facts.author_handle, facts.customer_name};
    names.insert(names.end(), facts.other_names.begin(), facts.other_names.end());
    return names;
}

std::vector<std::string> own_words(const config::Brand& brand) {
    auto words = brand.names;
    words.insert(words.end(), brand.tags.begin(), brand.tags.end());
    words.insert(words.end(), brand.competitors.begin(), brand.competitors.end());
    return words;
}

Line quote(const Facts& facts, const config::Brand& brand, const Tongue& tongue, Detail detail, const std::string& page) {
    auto sentence = key_sentence(facts.text, facts.spans);
    if (detail == Detail::masked) sentence = mask(sentence, names_of(facts), own_words(brand));
    if (sentence.empty()) sentence = tongue.pick("(bez słów)", "(no words)");
    // The address of a post often holds its author's name.
    const auto& link = detail == Detail::full && !facts.post_url.empty() ? facts.post_url : page;
    return {LineRole::quote, tongue.pick("„", "“") + sentence + "”", link};
}

Line spread(const Facts& facts, const config::Brand& brand, const Tongue& tongue, Time now) {
    Parts parts;
    parts.add(tongue.ago(now - facts.posted_at));
    if (facts.reactions > 0) parts.add(tongue.count(facts.reactions, "reakcja", "reakcje", "reakcji", "reaction", "reactions"));
    if (facts.comments > 0) parts.add(tongue.count(facts.comments, "komentarz", "komentarze", "komentarzy", "comment", "comments"));
    if (facts.posts > 1) parts.add(tongue.count(facts.posts, "wpis w tej sprawie", "wpisy w tej sprawie", "wpisów w tej sprawie", "post about it", "posts about it"));
    if (facts.similar > 0)
        parts.add("+ " + tongue.count(facts.similar, "podobny wpis", "podobne wpisy", "podobnych wpisów", "similar post", "similar posts"));
    parts.add(facts.answered_at ? tongue.pick("marka odpowiedziała ", "the brand answered ") + tongue.ago(now - *facts.answered_at)
                                : tongue.pick("marka nie odpowiedziała", "the brand has not answered"));
    parts.add(answer_by(facts, tongue, brand.zone, now));
    return {LineRole::spread, parts.text(), {}};
}

std::string shown(const std::string& name, Detail detail) {
    return detail == Detail::full ? text::shorten(name, name_most) : initials(name);
}

bool is_certain(const Facts& facts, const config::Brand& brand) {
    return !facts.customer_name.empty() && (facts.confirmed || facts.probability >= brand.link_min);
}

std::string how_sure(const Facts& facts, const Tongue& tongue) {
    if (facts.confirmed) return tongue.pick("potwierdzone przez człowieka", "confirmed by a person");
    if (facts.probability >= 0.99) return tongue.pick("klient niemal na pewno", "almost certainly our customer");
    return tongue.pick("klient bardzo prawdopodobnie", "very likely our customer");
}

Line who(const Facts& facts, const config::Brand& brand, const Tongue& tongue, Detail detail) {
    Parts parts;
    const auto author = shown(facts.author_name.empty() ? facts.author_handle : facts.author_name, detail);
    if (is_certain(facts, brand)) {
        parts.add(shown(facts.customer_name, detail));
        parts.add(how_sure(facts, tongue));
        if (detail == Detail::full && !author.empty() && author != facts.customer_name)
            parts.add(tongue.pick("podpis: ", "signed: ") + author);
    } else if (!facts.customer_name.empty() && facts.probability >= brand.suggest_min) {
        auto candidates = shown(facts.customer_name, detail);
        for (const auto& other : facts.other_names) candidates += tongue.pick(" lub ", " or ") + shown(other, detail);
        parts.add(author);
        parts.add(tongue.pick("prawdopodobnie klient: ", "probably a customer: ") + candidates);
    } else {
        parts.add(author);
        parts.add(tongue.pick("nie ma w bazie klientów", "nobody whom the records know"));
    }
    return {LineRole::who, parts.text(), {}};
}

Line matter(const Facts& facts, const Tongue& tongue, Detail detail, Time now) {
    Parts parts;
    parts.add(tongue.pick("Sprawa ", "Case ") + text::shorten(facts.case_ref, name_most));
    if (facts.case_opened_at) parts.add(tongue.pick("otwarta ", "open ") + tongue.lasting(now - *facts.case_opened_at));
    // An owner is a person as well.
    if (!facts.case_owner.empty()) parts.add(tongue.pick("prowadzi ", "owner ") + shown(facts.case_owner, detail));
    if (!facts.case_team.empty()) parts.add(text::shorten(facts.case_team, name_most));
    return {LineRole::matter, parts.text(), {}};
}

std::string tried_channels(const Facts& facts, const config::Brand& brand, const Tongue& tongue) {
    std::string text;
    const auto skipped = facts.tried.size() > tried_most ? facts.tried.size() - tried_most : 0;
    if (skipped > 0) text = "… ";
    for (auto i = skipped; i < facts.tried.size(); ++i)
        text += (i > skipped ? ", " : "") + tongue.channel(facts.tried[i].channel) + ' ' + tongue.date(facts.tried[i].at, brand.zone);
    return text;
}

Line tried(const Facts& facts, const config::Brand& brand, const Tongue& tongue, bool story) {
    Parts parts;
    if (story && !facts.tried.empty()) {
        parts.add(tongue.pick("Próby: ", "Tried: ") + tried_channels(facts, brand, tongue));
    } else if (!facts.stated_channels.empty()) {
        std::string said;
        for (const auto channel : facts.stated_channels) said += (said.empty() ? "" : ", ") + tongue.channel(channel);
        parts.add(tongue.pick("Według autora: ", "The author says: ") + said);
    }
    if (story && facts.promised_at) parts.add(tongue.pick("obiecano do ", "promised by ") + tongue.date(*facts.promised_at, brand.zone));
    return {LineRole::tried, parts.text(), {}};
}

/// The brand's instruction for the topic and the channel of the last try: the more it names, the better it fits.
std::string instruction(const Facts& facts, const config::Brand& brand) {
    const auto topic = word(facts.topic);
    const auto channel = facts.tried.empty() ? std::string_view() : word(facts.tried.back().channel);
    const config::Instruction* best = nullptr;
    int best_fit = -1;
    for (const auto& one : brand.instructions) {
        if (!one.topic.empty() && one.topic != topic) continue;
        if (!one.channel.empty() && one.channel != channel) continue;
        const int fit = (one.topic.empty() ? 0 : 2) + (one.channel.empty() ? 0 : 1);
        if (fit > best_fit) best = &one, best_fit = fit;
    }
    return best ? best->text : std::string();
}

/// Where it stands, once a person has done something; it takes the place of the instruction.
std::string standing(const Facts& facts, const Tongue& tongue, Detail detail) {
    const auto by = detail == Detail::full && !facts.acknowledged_by.empty() ? ": " + text::shorten(facts.acknowledged_by, name_most) : "";
    switch (facts.state) {
    case EscalationState::acknowledged: return tongue.pick("✓ Przejęte", "✓ Taken") + by;
    case EscalationState::settled: return tongue.pick("✓ Załatwione", "✓ Settled") + by;
    case EscalationState::dismissed: return tongue.pick("✓ Odrzucone: nie wymaga działania", "✓ Dismissed: nothing to do");
    case EscalationState::spent: return tongue.pick("Nikt tego nie przejął", "Nobody has taken it");
    case EscalationState::open: break;
    }
    return {};
}

std::vector<alerts::Action> actions(const Facts& facts, const Tongue& tongue, const std::string& page, bool hazard) {
    if (has_ended(facts.state)) return {};
    std::vector<alerts::Action> all;
    if (facts.state != EscalationState::acknowledged) all.push_back({tongue.pick("Biorę to", "Mine"), page + "?do=mine"});
    if (hazard) return all;
    if (!facts.customer_name.empty()) all.push_back({tongue.pick("To nie ta osoba", "Not this person"), page + "?do=not_this_person"});
    all.push_back({tongue.pick("To nie skarga", "Not a complaint"), page + "?do=not_a_complaint"});
    return all;
}

Message begin(const Facts& facts, const config::Brand& brand, Detail detail, MessageKind kind) {
    Message message;
    message.alert_id = to_text(facts.alert);
    message.revision = facts.revision;
    message.kind = kind;
    message.urgency = facts.urgency;
    message.lang = Tongue(brand.language).lang();
    message.brand = brand.name;
    message.detail = detail;
    return message;
}

Message stub(const Facts& facts, const config::Brand& brand, Detail detail) {
    const Tongue tongue(brand.language);
    auto message = begin(facts, brand, detail, MessageKind::stub);
    message.lines.push_back({LineRole::headline,
                             tongue.pick("Wpis usunięto, treść alertu skasowano", "The post is gone, and so are the words of this alert"),
                             {}});
    return message;
}

} // namespace

bool names_hazard(const std::vector<std::string>& codes) {
    return std::any_of(codes.begin(), codes.end(), [](const auto& code) { return code.rfind("hazard.", 0) == 0; });
}

std::string Pages::post(const std::string& brand, Id post) const { return root + "/post/" + brand + '/' + to_text(post); }
std::string Pages::queue() const { return root + '/'; }

Message word_alert(const Facts& facts, const config::Brand& brand, Detail detail, const Pages& pages, Time now) {
    const Tongue tongue(brand.language);
    const bool hazard = names_hazard(facts.codes);
    if (hazard || facts.sensitive) detail = Detail::link;
    if (facts.text_gone) return stub(facts, brand, detail);
    const auto page = pages.post(brand.name, facts.post);
    auto message = begin(facts, brand, detail, MessageKind::alert);
    auto& lines = message.lines;
    message.actions = actions(facts, tongue, page, hazard);
    const auto status = standing(facts, tongue, detail);
    if (detail == Detail::link) {
        lines.push_back(bare_headline(facts, tongue, page, now));
        if (!status.empty()) lines.push_back({LineRole::note, status, {}});
        return message;
    }
    const bool story = is_certain(facts, brand);
    const auto add = [&](Line line) {
        if (!line.text.empty()) lines.push_back(std::move(line));
    };
    add(headline(facts, tongue, now));
    add(quote(facts, brand, tongue, detail, page));
    add(spread(facts, brand, tongue, now));
    add(who(facts, brand, tongue, detail));
    if (story && !facts.case_ref.empty()) add(matter(facts, tongue, detail, now));
    add(tried(facts, brand, tongue, story));
    if (!status.empty())
        add({LineRole::note, status, {}});
    else if (const auto next = instruction(facts, brand); !next.empty())
        add({LineRole::next, "→ " + next, {}});
    return message;
}

std::optional<Message> word_follow_up(const Facts& facts, const config::Brand& brand, Detail detail, const Pages& pages,
                                      Time now) {
    if (!facts.text_gone && !has_ended(facts.state)) return std::nullopt;
    const Tongue tongue(brand.language);
    auto message = begin(facts, brand, Detail::link, MessageKind::stub);
    message.detail = detail;
    message.alert_id += "-end";
    const auto end = facts.text_gone ? tongue.pick("wpis usunięto", "the post is gone")
                     : facts.state == EscalationState::settled ? tongue.pick("załatwione", "settled")
                                                               : tongue.pick("odrzucone", "dismissed");
    message.lines.push_back({LineRole::headline,
                             tongue.pick("Alert sprzed: ", "Alert on a post of ") + tongue.ago(now - facts.posted_at) + " · " + end,
                             facts.text_gone ? std::string() : pages.post(brand.name, facts.post)});
    return message;
}

} // namespace larum::dispatch
