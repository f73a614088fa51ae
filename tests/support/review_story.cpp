#include "support/review_story.h"

#include "daemon/review/password.h"
#include "daemon/store/accounts.h"

#include <nlohmann/json.hpp>

namespace larum::test {

using nlohmann::json;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

/// Writes rows of one brand.
struct Teller {
    store::Transaction& tx;
    IdMaker& ids;
    BrandId brand;
    Time now;

    Id customer(const std::string& ref, const std::string& name, const std::string& city, const std::string& tier) {
        const auto id = ids.next();
        tx.run("INSERT INTO customer (brand_id, customer_id, ref, name, email, phone, city, tier, language)"
               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pl')",
               {brand, id, ref, name, ref + "@poczta.example", "+48 600 000 000", city, tier});
        return id;
    }

    Id matter(const std::string& ref, Id customer, const std::string& subject, Span opened, Span promised) {
        const auto id = ids.next();
        tx.run("INSERT INTO service_case (brand_id, case_id, ref, customer_id, status, topic, subject, channel, opened_at,"
               "  updated_at, promised_at, order_ref, owner, team)"
               " VALUES ($1, $2, $3, $4, 'open', 'return_refund', $5, 'email', $6, $6, $7, 'BL/2026/004711', 'Jan', 'Zwroty')",
               {brand, id, ref, customer, subject, now - opened, now - promised});
        return id;
    }

    void contact(Id customer, Id matter, int channel, int direction, Span ago, const std::string& summary, bool automatic = false) {
        const auto id = ids.next();
        tx.run("INSERT INTO contact (brand_id, contact_id, ref, customer_id, case_id, channel, direction, at, agent, summary, automatic)"
               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
               {brand, id, "K" + to_text(id), customer, matter, channel, direction, now - ago,
                direction == 1 && !automatic ? "Jan" : "", summary, automatic});
    }

    struct Written {
        std::string native, author, handle, text;
        Span ago;
        long likes = 0, comments = 0, followers = 0;
        std::string parent = "", platform = "facebook";
        bool own = false;
    };
    Id post(const Written& w) {
        const auto id = ids.next();
        const auto handle = w.handle.empty() ? std::nullopt : std::optional(w.handle);
        const auto parent = w.parent.empty() ? std::nullopt : std::optional(w.parent);
        const auto key = w.handle.empty() ? std::nullopt : std::optional(w.platform + "::" + w.handle);
        tx.run("INSERT INTO post (brand_id, post_id, platform, realm, native_id, parent_native_id, kind, author_key, author_handle,"
               "  author_name, author_followers, text, posted_at, first_seen_at, url, likes, comments, own)"
               " VALUES ($1, $2, $3, '', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
               {brand, id, w.platform, w.native, parent, w.parent.empty() ? 0 : 1, key, handle, w.author, w.followers,
                w.text, now - w.ago, now - w.ago + minutes(1), "https://social.example/" + w.native, w.likes, w.comments, w.own});
        return id;
    }

    struct Decided {
        int urgency = 0;
        std::string rule;
        json reasons = json::array();
        json verdict = json::object();
        Id customer = 0;
        double probability = 0;
        Id matter = 0;
        json story = nullptr;
    };
    void decide(Id post, const Decided& d) {
        const auto maybe = [](Id id) { return id == 0 ? std::nullopt : std::optional<long long>(id); };
        tx.run("INSERT INTO decision (brand_id, post_id, revision, decided_at, cause, urgency, rule, reasons, verdict, customer_id,"
               "  probability, case_id, case_probability, story)"
               " VALUES ($1, $2, 1, $3, 'new', $4, $5, $6::jsonb, $7::jsonb, $8, $9, $10, 0.9, $11::jsonb)",
               {brand, post, now, d.urgency, d.rule, d.reasons.dump(), d.verdict.dump(), maybe(d.customer), d.probability,
                maybe(d.matter), d.story.dump()});
    }

    Id escalate(Id post, int urgency, Span ago, const std::string& subject) {
        const auto id = ids.next();
        tx.run("INSERT INTO escalation (brand_id, escalation_id, subject, urgency, post_id, state, opened_at, changed_at, next_at)"
               " VALUES ($1, $2, $3, $4, $5, 'open', $6, $6, $7)",
               {brand, id, subject, urgency, post, now - ago, now + minutes(9)});
        tx.run("INSERT INTO escalation_post (brand_id, escalation_id, post_id) VALUES ($1, $2, $3)", {brand, id, post});
        return id;
    }

    void alert(Id escalation, int step, const std::string& channel, const std::string& state, Span ago, const char* reason) {
        const auto id = ids.next();
        tx.run("INSERT INTO alert (brand_id, alert_id, escalation_id, kind, step, channel, state, due_at, created_at, ended_at, tries, reason)"
               " VALUES ($1, $2, $3, 'alert', $4, $5, $6, $7, $7, $7, 1, $8)",
               {brand, id, escalation, step, channel, state, now - ago,
                reason == nullptr ? std::nullopt : std::optional<std::string>(reason)});
        tx.run("INSERT INTO delivery (brand_id, alert_id, attempt, started_at, ended_at, outcome) VALUES ($1, $2, 1, $3, $3, $4)",
               {brand, id, now - ago, state});
    }
};

json evidence(const char* field, const char* post, const std::string& record, double weight) {
    return {{"field", field}, {"post", post}, {"record", record}, {"weight", weight}};
}

json reason(const char* code, const char* text) { return {{"code", code}, {"text", text}}; }

/// Where `words` stand in `text`, in code points.
json span(const std::string& text, const std::string& words, const char* signal) {
    const auto points = [](std::string_view part) {
        int count = 0;
        for (const unsigned char c : part) count += (c & 0xC0) != 0x80;
        return count;
    };
    const auto at = text.find(words);
    const int start = points(std::string_view(text).substr(0, at));
    return {{"signal", signal}, {"start", start}, {"end", start + points(words)}};
}

void tell_anna(Teller& t, ReviewStory& story) {
    const auto anna = story.customers["anna"] = t.customer("C-1042", "Anna Wiśniewska-Lis", "Łódź", "złoty");
    const auto matter = t.matter("ZW-2231", anna, "Zwrot za sukienkę, brak przelewu", days(19), days(2));
    t.contact(anna, matter, 1, 0, days(19), "Odesłała sukienkę, pyta o termin zwrotu pieniędzy.");
    t.contact(anna, matter, 1, 1, days(19), "Dziękujemy za wiadomość. Odpowiemy w ciągu 48 godzin.", true);
    t.contact(anna, matter, 0, 0, days(9) + hours(3), "Dzwoni w sprawie zwrotu 349 zł. Obiecano przelew do piątku.");
    t.contact(anna, matter, 0, 1, days(9) + hours(2), "Potwierdzono telefonicznie: przelew najpóźniej w piątek.");
    t.contact(anna, matter, 2, 0, days(2) + hours(1), "Na czacie: przelewu nadal nie ma, prosi o kontakt kierownika.");
    const std::string text = "Trzeci raz proszę o zwrot pieniędzy za sukienkę 😡 Dzwoniłam, pisałam maila, byłam na czacie — "
                             "obiecaliście przelew do piątku i cisza. 349 zł to dla Was nic? Jutro idę do rzecznika konsumentów.";
    const auto post = story.posts["anna"] =
        t.post({"P1", "Ania W. Lis", "ania.wlis", text, minutes(14), 27, 9, 412, "", "facebook", false});
    t.decide(post, {3, "promise-broken",
                    {reason("attempts_recorded", "3 attempts to get help are on record."),
                     reason("promise_broken", "A promised day passed without the case being closed."),
                     reason("unsolved_case", "The customer has an unsolved case (ZW-2231)."),
                     reason("repeat_contact", "The author says that they already asked for help (3 times)."),
                     reason("threat.regulator", "The author threatens: regulator."), reason("complaint", "The post is a complaint.")},
                    {{"lang", "pl"}, {"complaint", 0.98}, {"repeat_contact", 0.97}, {"broken_promise", 0.93}, {"not_solved", 0.1},
                     {"stated_contacts", 3}, {"topic", "return_refund"},
                     {"spans", {span(text, "Trzeci raz proszę", "repeat_contact"), span(text, "Dzwoniłam, pisałam maila, byłam na czacie", "repeat_contact"),
                                span(text, "obiecaliście przelew do piątku i cisza", "broken_promise"),
                                span(text, "zwrot pieniędzy", "complaint"), span(text, "rzecznika konsumentów", "threat.regulator")}}},
                    anna, 0.962, matter,
                    {{"case_ref", "ZW-2231"}, {"contacts", 5}, {"attempts", 3}, {"channels", {"email", "phone", "chat"}},
                     {"promise_broken_at", format_time(t.now - days(1))}, {"nobody", 0.031},
                     {"candidates", {{{"customer_id", to_text(anna)}, {"ref", "C-1042"}, {"probability", 0.962},
                                      {"evidence", {evidence("name", "Ania W. Lis", "Anna Wiśniewska-Lis", 8.4), evidence("amount", "349 zł", "349,00", 5.2),
                                                    evidence("day", "do piątku", "obietnica na piątek", 3.1), evidence("topic", "zwrot", "return_refund", 2.2),
                                                    evidence("city", "Pabianice", "Łódź", -1.3)}}}}}}});
    const auto escalation = story.escalations["anna"] = t.escalate(post, 3, minutes(13), "case:" + to_text(matter));
    t.alert(escalation, 0, "care-desk", "delivered", minutes(13), nullptr);
    t.tx.run("UPDATE post SET answer_by = $3, order_refs = '[\"BL/2026/004711\"]' WHERE brand_id = $1 AND post_id = $2", {t.brand, post, t.now + hours(20)});
    t.tx.run("INSERT INTO identity (brand_id, identity_id, subject, customer_id, state, probability, evidence, updated_at)"
             " VALUES ($1, $2, 'author:facebook::ania.wlis', $3, 'suggested', 0.962, '[]', $4)",
             {t.brand, t.ids.next(), anna, t.now});
}

void tell_piotr(Teller& t, ReviewStory& story) {
    const auto one = story.customers["piotr"] = t.customer("C-2077", "Piotr Zieliński", "Gdańsk", "");
    const auto two = story.customers["piotr_two"] = t.customer("C-3310", "Piotr Zieliński", "Sopot", "");
    const auto matter = t.matter("RK-0987", one, "Reklamacja czajnika", days(6), days(-2));
    t.contact(one, matter, 4, 0, days(6), "Zgłosił reklamację formularzem.");
    const std::string text = "Czajnik przestał działać po tygodniu, a sklep milczy. Ktoś z Państwa to w ogóle czyta?";
    const auto post = story.posts["piotr"] =
        t.post({"P2", "Piotr Z.", "piotrz84", text, hours(2), 3, 1, 88, "", "bluesky", false});
    t.decide(post, {2, "unsolved-case", {reason("unsolved_case", "The customer has an unsolved case (RK-0987)."), reason("complaint", "The post is a complaint.")},
                    {{"lang", "pl"}, {"complaint", 0.91}, {"repeat_contact", 0.22}, {"topic", "warranty"},
                     {"spans", {span(text, "przestał działać", "complaint"), span(text, "sklep milczy", "complaint")}}},
                    one, 0.71, matter,
                    {{"case_ref", "RK-0987"}, {"contacts", 1}, {"attempts", 1}, {"channels", {"form"}}, {"nobody", 0.11},
                     {"candidates", {{{"customer_id", to_text(one)}, {"ref", "C-2077"}, {"probability", 0.71},
                                      {"evidence", {evidence("name", "Piotr Z.", "Piotr Zieliński", 3.0), evidence("words", "czajnik", "Reklamacja czajnika", 4.6), evidence("language", "pl", "pl", 0.0)}}},
                                     {{"customer_id", to_text(two)}, {"ref", "C-3310"}, {"probability", 0.18},
                                      {"evidence", {evidence("name", "Piotr Z.", "Piotr Zieliński", 3.0), evidence("words", "", "", -1.9)}}}}}}});
    const auto escalation = story.escalations["piotr"] = t.escalate(post, 2, hours(2), "case:" + to_text(matter));
    t.alert(escalation, 0, "care-mail", "refused", hours(1), "email: 550 the mailbox is full");
}

void tell_others(Teller& t, ReviewStory& story) {
    const json complaint = {{"lang", "pl"}, {"complaint", 0.83}, {"topic", "delivery"}, {"spans", json::array()}};
    const auto marek = story.posts["marek"] = t.post({"P3", "Marek", "marek_na_rowerze", "Paczka miała być wczoraj. Kurier nawet nie zadzwonił.", hours(5), 1, 0, 54, "", "facebook", false});
    t.decide(marek, {1, "complaint", {reason("complaint", "The post is a complaint.")}, complaint, 0, 0, 0, nullptr});

    const auto kasia = story.posts["kasia"] = t.post({"P4", "Katarzyna z Bloga", "blog.kasi", "Zebrałam już kilkanaście historii klientów tego sklepu. Jeśli Was też zignorowali, piszcie — w piątek publikuję tekst.", hours(3), 340, 61, 48200, "", "instagram", false});
    t.decide(kasia, {3, "hazard", {reason("hazard.press", "The post may tell of a danger (press)."), reason("reach", "Many people see this.")},
                     {{"lang", "pl"}, {"complaint", 0.6}, {"topic", "other"}, {"hazard", {"press"}}, {"spans", json::array()}}, 0, 0, 0, nullptr});
    story.escalations["kasia"] = t.escalate(kasia, 3, hours(3), "hazard:P4");
    t.tx.run("UPDATE escalation SET state = 'acknowledged', acknowledged_by = $3, next_at = NULL WHERE brand_id = $1 AND escalation_id = $2",
             {t.brand, story.escalations["kasia"], story.accounts["jan"]});
    t.tx.run("UPDATE post SET answer_by = $3 WHERE brand_id = $1 AND post_id = $2", {t.brand, kasia, t.now - hours(2)});

    const auto old = story.posts["tomek"] = t.post({"P5", "Tomek", "tomek_b", "Nareszcie oddali pieniądze. Trwało miesiąc, ale jest.", days(1), 2, 0, 30, "", "facebook", false});
    t.decide(old, {2, "unsolved-case", {reason("complaint", "The post is a complaint.")}, complaint, 0, 0, 0, nullptr});
    story.escalations["tomek"] = t.escalate(old, 2, days(1), "thread:P5");
    t.tx.run("UPDATE escalation SET state = 'settled', outcome = 'compensated', acknowledged_by = $3, next_at = NULL WHERE brand_id = $1 AND escalation_id = $2",
             {t.brand, story.escalations["tomek"], story.accounts["ewa"]});
    t.post({"P2-1", "Bławatek", "blawatek", "Panie Piotrze, przepraszamy. Proszę o wiadomość prywatną z numerem zgłoszenia.", hours(1), 0, 0, 0, "P2", "bluesky", true});
}

void tell_sources(Teller& t) {
    const auto source = [&](const char* name, const char* kind, Span ok, Span item, long posts, const char* error) {
        t.tx.run("INSERT INTO source (brand_id, source_id, name, kind, last_ok_at, last_item_at, posts, created_at, last_error, last_error_at)"
                 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                 {t.brand, t.ids.next(), name, kind, t.now - ok, t.now - item, posts, t.now - days(40),
                  error == nullptr ? std::nullopt : std::optional<std::string>(error),
                  error == nullptr ? std::nullopt : std::optional<Time>(t.now - minutes(4))});
    };
    source("fanpage", "facebook", minutes(1), minutes(14), 2140, nullptr);
    source("wzmianki", "bluesky", minutes(2), hours(2), 388, nullptr);
    source("opinie", "rss", hours(7), days(1), 61, "rss: status 503 from opinie.example");
    const auto gap = [&](const char* name, Span from, std::optional<Span> to, const char* reason, int recovered) {
        t.tx.run("INSERT INTO source_gap (brand_id, gap_id, source_id, stream, from_at, to_at, reason, recovered)"
                 " SELECT $1, $2, source_id, 'feed', $4, $5, $6, $7 FROM source WHERE brand_id = $1 AND name = $3",
                 {t.brand, t.ids.next(), name, t.now - from, to ? std::optional<Time>(t.now - *to) : std::nullopt, reason, recovered});
    };
    gap("fanpage", hours(26), hours(25), "facebook: code 190/463: the token expired", 3);
    gap("opinie", hours(7), std::nullopt, "rss: status 503 from opinie.example", 0);
    t.tx.run("INSERT INTO stream (brand_id, source_id, name, due_at, covered_from, covered_to)"
             " SELECT $1, source_id, 'feed', $2, $3, coalesce(last_ok_at, $2) FROM source WHERE brand_id = $1",
             {t.brand, t.now, t.now - days(40)});
    t.tx.run("UPDATE source SET missing = '{pages_read_user_content}', notes = '{comments on adverts: ads_read is missing}' WHERE brand_id = $1 AND name = 'fanpage'",
             {t.brand});
    t.tx.run("INSERT INTO dead_letter (brand_id, dead_letter_id, kind, source, reference, reason, at) VALUES ($1, $2, 'post', 'fanpage', $3, 'judge: 3 tries failed', $4)",
             {t.brand, t.ids.next(), "7", t.now - hours(6)});
}

Id add_account(Teller& t, const char* name, const std::string& hash, const char* language, BrandId brand, store::Role role) {
    const auto id = t.ids.next();
    store::add_account(t.tx, id, name, hash, language, t.now);
    store::grant(t.tx, id, brand, role);
    return id;
}

/// Months of waiting, told at length, with all that may be marked; what an attacker would write stands in it too.
std::string long_text() {
    return "🙈🙈 Żółć mnie zalewa! <img src=x onerror=alert(1)> Trzeci raz dzwoniłam dziś na infolinię w tej samej sprawie i trzeci raz słyszę, że "
           "„proszę czekać”. Zacznijmy od początku. W lutym zamówiłam u Państwa komplet pościeli na prezent dla mamy. Paczka "
           "przyszła po dwóch tygodniach, pudełko było otwarte, w środku leżał inny kolor, a do tego bez jednej poszewki. Zdarza "
           "się, każdy może się pomylić, sama pracuję w handlu i wiem, jak bywa przed świętami. Odesłałam wszystko kurierem, na "
           "własny koszt, z kartką w środku, na której opisałam dokładnie, czego brakuje i jaki kolor był zamówiony. Dostałam "
           "automatyczną odpowiedź, że zwrot zarejestrowano. Potem długo nic. Sąsiadka mówiła, żeby dać spokój, mąż mówił, "
           "żeby dać spokój, a ja uparcie wierzyłam, że to tylko zwykłe opóźnienie, bo przecież sklep ma dobre opinie i kupuję tu "
           "od lat. Pani na czacie obiecała pieniądze do piątku i cisza 😡. Pisałam maila, dzwoniłam, byłam na czacie. Od trzech "
           "tygodni ani przelewu, ani słowa. Sprawę zamknęliście jako załatwioną, a nic nie jest załatwione! Piszę też w "
           "imieniu mamy, która nie ma internetu. Jeśli do środy nie będzie pieniędzy, idę do rzecznika konsumentów i do gazety. "
           "Przy okazji: od tej poszewki dziecko dostało wysypki.";
}

json crowd_verdict(const std::string& text) {
    return {{"lang", "pl"}, {"complaint", 0.99}, {"topic", "return_refund"}, {"stated_contacts", 3},
            {"scores", {{"complaint", 0.99}, {"repeat_contact", 0.97}, {"broken_promise", 0.94}, {"not_solved", 0.83}, {"on_behalf", 0.71},
                        {"threat.regulator", 0.93}, {"threat.media", 0.88}, {"hazard.health", 0.84}, {"threat.legal", 0.04}}},
            {"spans", {span(text, "Żółć mnie zalewa", "complaint"), span(text, "Trzeci raz dzwoniłam dziś na infolinię", "repeat_contact"),
                       span(text, "Trzeci raz", "stated_contacts"), span(text, "dzwoniłam dziś na infolinię", "channel.phone"),
                       span(text, "trzeci raz słyszę, że „proszę czekać”", "complaint"),
                       span(text, "obiecała pieniądze do piątku i cisza", "broken_promise"), span(text, "do piątku", "promised_on"),
                       span(text, "Pisałam maila, dzwoniłam, byłam na czacie", "repeat_contact"), span(text, "Pisałam maila", "channel.email"),
                       span(text, "byłam na czacie", "channel.chat"), span(text, "Od trzech tygodni", "waiting_since"),
                       span(text, "nic nie jest załatwione", "not_solved"), span(text, "w imieniu mamy", "on_behalf"),
                       span(text, "idę do rzecznika konsumentów", "threat.regulator"), span(text, "do gazety", "threat.media"),
                       span(text, "dziecko dostało wysypki", "hazard.health")}}};
}

Id tell_crowd(Teller& t, const ReviewStory& story) {
    const double probabilities[] = {0.21, 0.13, 0.12, 0.11, 0.11, 0.10, 0.10, 0.03, 0.01};
    const char* cities[] = {"Gdynia", "Radom", "Łomża", "Kielce", "Płock", "Zgierz", "Nysa", "Żary", "Ełk"};
    json candidates = json::array();
    for (std::size_t i = 0; i < std::size(probabilities); ++i) {
        const auto ref = "C-60" + std::to_string(10 + i);
        const auto id = t.customer(ref, "Barbara Nowak", cities[i], "");
        json pieces = {evidence("name", "Basia Nowak", "Barbara Nowak", 2.1), evidence("topic", "return_refund", "return_refund", 1.7),
                       evidence("case", "", std::to_string(i + 1) + " on record", i < 3 ? 4.2 : 2.4)};
        if (i == 0) pieces.push_back(evidence("words", "poszewki", "Zwrot pościeli, brak poszewki", 2.6));
        pieces.push_back(i == 0 ? evidence("city", "Gdynia", "Gdynia", 3.5) : evidence("city", "Gdynia", cities[i], -1.4));
        if (i == 2) pieces.push_back(evidence("account", "basia.nowak.7", ref + "@poczta.example", 4.4));
        pieces.push_back(evidence("prior", "", "one of 20000 customers", -14.2));
        candidates.push_back({{"customer_id", to_text(id)}, {"ref", ref}, {"probability", probabilities[i]}, {"evidence", pieces}});
    }
    const auto text = long_text();
    const auto post = t.post({"P8", "Basia Nowak", "basia.nowak.7", text, minutes(3), 12, 4, 310, "", "facebook", false});
    t.decide(post, {3, "repeat-contact", {reason("repeat_contact", "The author says that they already asked for help (3 times)."), reason("threat.regulator", "The author threatens: regulator.")},
                    crowd_verdict(text), id_from_text(candidates[0]["customer_id"].get<std::string>()), 0.21, 0, {{"nobody", 0.08}, {"candidates", candidates}}});
    t.escalate(post, 3, minutes(2), "thread:P8");
    const auto ruled_out = t.customer("C-6099", "Barbara Nowak-Zięba", "Łódź", "");
    t.tx.run("INSERT INTO identity (brand_id, identity_id, subject, customer_id, state, probability, evidence, account_id, updated_at)"
             " VALUES ($1, $2, 'author:facebook::basia.nowak.7', $3, 'rejected', 0, '[]', $4, $5)",
             {t.brand, t.ids.next(), ruled_out, story.accounts.at("jan"), t.now});
    return post;
}

} // namespace

ReviewStory tell_review_story(store::Pool& pool, IdMaker& ids, Time now) {
    ReviewStory story{71, 72, {}, {}, {}, {}};
    const auto hash = review::hash_password(story_password);
    pool.with([&](store::Transaction& tx) {
        for (const auto& [id, name] : {std::pair{71, "blawatek"}, std::pair{72, "kobalt"}})
            tx.run("INSERT INTO brand (brand_id, name, mode, created_at) VALUES ($1, $2, 'shadow', $3)", {id, name, now});
        Teller t{tx, ids, story.brand, now};
        story.accounts["ewa"] = add_account(t, "Ewa", hash, "pl", story.brand, store::Role::admin);
        story.accounts["jan"] = add_account(t, "Jan", hash, "pl", story.brand, store::Role::reviewer);
        story.accounts["ola"] = add_account(t, "Ola", hash, "en", story.brand, store::Role::viewer);
        story.accounts["obcy"] = add_account(t, "Obcy", hash, "pl", story.other_brand, store::Role::admin);
        tell_anna(t, story);
        tell_piotr(t, story);
        tell_others(t, story);
        tell_sources(t);
    });
    return story;
}

Id raise_another(store::Pool& pool, IdMaker& ids, BrandId brand, Time now) {
    Id post = 0;
    pool.with([&](store::Transaction& tx) {
        Teller t{tx, ids, brand, now};
        post = t.post({"P9", "Halina", "halina.k", "Piąty telefon w tej sprawie i znowu nikt nic nie wie!", minutes(1), 0, 0, 21, "", "facebook", false});
        t.decide(post, {3, "repeat-contact", {reason("repeat_contact", "The author says that they already asked for help (5 times).")},
                        {{"lang", "pl"}, {"complaint", 0.95}, {"repeat_contact", 0.96}, {"topic", "delivery"}, {"spans", json::array()}}, 0, 0, 0, nullptr});
        t.escalate(post, 3, Span::zero(), "thread:P9");
    });
    return post;
}

Id raise_crowd(store::Pool& pool, IdMaker& ids, const ReviewStory& story, Time now) {
    Id post = 0;
    pool.with([&](store::Transaction& tx) {
        Teller t{tx, ids, story.brand, now};
        post = tell_crowd(t, story);
    });
    return post;
}

} // namespace larum::test
