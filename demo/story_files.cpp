// The shop's records and the config of the demo.
#include "core/error.h"
#include "demo/story.h"

#include <fstream>

namespace larum::demo {

namespace {

using namespace std::chrono_literals;
using std::filesystem::path;

void write(const path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    if (!out.flush()) throw Error(Error::Kind::config, file.string() + " cannot be written");
}

void write_secret(const path& file, const std::string& text) {
    write(file, {});
    std::filesystem::permissions(file,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    write(file, text);
}

std::string customers() {
    return "customer_ref,name,email,phone,city,handles,tier,language\n"
           "K-1042,Kamila Borsuk,kamila.borsuk@poczta.example,+48 600 100 "
           "042,Radom,facebook:7310000000000041,stały,pl\n"
           "K-1107,Marek Jelonek,m.jelonek@poczta.example,+48 600 100 107,Toruń,,,pl\n"
           "K-1200,Tomasz Sroka,tsroka@poczta.example,+48 600 100 200,Kielce,,,pl\n"
           "K-1333,Aleksandra Wierzbicka,ola.w@poczta.example,,Opole,,,pl\n";
}

std::string days_ago(Time now, int days, Span more = {}) {
    return format_time(std::chrono::floor<std::chrono::minutes>(now - 24h * days + more));
}

std::string cases(Time now) {
    return "case_ref,customer_ref,status,topic,subject,channel,opened_at,updated_at,promised_at,order_ref,"
           "owner,team\n"
           "S-5531,K-1042,open,return_refund,Pęknięty ekspres,phone," +
           days_ago(now, 12) + ',' + days_ago(now, 2) + ',' + days_ago(now, 3) +
           ",DC-204117,Piotr Zaręba,Reklamacje\n"
           "S-5580,K-1107,open,delivery,Niekompletna przesyłka,form," +
           days_ago(now, 4) + ',' + days_ago(now, 4) +
           ",,DC-203980,Ewa Malik,Wysyłki\n"
           "S-5602,K-1200,pending,return_refund,Zwrot kubków,email," +
           days_ago(now, 9) + ',' + days_ago(now, 5) + ",,DC-204300,Piotr Zaręba,Reklamacje\n";
}

std::string contacts(Time now) {
    return "contact_ref,customer_ref,case_ref,channel,direction,at,agent,summary\n"
           "R-1,K-1042,S-5531,phone,in," +
           days_ago(now, 12) +
           ",Ewa Malik,Ekspres przyszedł pęknięty\n"
           "R-2,K-1042,S-5531,email,out," +
           days_ago(now, 11) +
           ",Ewa Malik,Kurier odbierze do piątku\n"
           "R-3,K-1042,S-5531,email,in," +
           days_ago(now, 6) +
           ",,Kurier nie przyjechał\n"
           "R-4,K-1042,S-5531,phone,in," +
           days_ago(now, 4) +
           ",Piotr Zaręba,Ponownie prosi o odbiór i zwrot\n"
           "R-5,K-1042,S-5531,chat,in," +
           days_ago(now, 2, 3h) +
           ",,Pyta kiedy zwrot pieniędzy\n"
           "R-6,K-1107,S-5580,form,in," +
           days_ago(now, 4) +
           ",,Brakuje dwóch talerzy\n"
           "R-7,K-1200,S-5602,email,in," +
           days_ago(now, 9) +
           ",,Odsyła kubki\n"
           "R-8,K-1200,S-5602,email,in," +
           days_ago(now, 5) + ",,Pyta o zwrot\n";
}

std::string brand_text() {
    return R"([brand.debowy-czajnik]
names = ["Dębowy Czajnik"]
handles = ["facebook:417000000000123"]
tags = ["debowyczajnik"]
language = "pl"
zone = "Europe/Warsaw"
order_formats = ["DC-NNNNNN"]
case_formats = ["S-NNNN"]
mode = "live"

[brand.debowy-czajnik.playbook]
urgent = [{after = "0s", channels = ["czat"]}, {after = "15m", channels = ["czat:D0LEAD"]}]
flag_digest = ["czat"]
service = ["dziennik"]

[[brand.debowy-czajnik.instruction]]
topic = "return_refund"
text = "Zadzwoń dziś, potwierdź datę zwrotu pieniędzy, odpisz pod postem."

[[brand.debowy-czajnik.instruction]]
text = "Odpisz pod postem i zadzwoń."
)";
}

std::string config_text(const Places& places, const GraphServer::Settings& graph) {
    const auto secret = [&](const char* name) {
        return "\"file:" + (places.folder / name).string() + "\"\n";
    };
    const std::string source = "brand = \"debowy-czajnik\"\nmatching = \"own_data\"\ninterval = "
                               "\"5s\"\nwebhooks = true\nprivate_allowed = true\npage = \"" +
                               graph.page_id + "\"\napp_id = \"" + graph.app_id + "\"\nhost = \"" +
                               places.graph + "\"\ntoken = " + secret("graph-token") +
                               "app_secret = " + secret("app-secret");
    return "state_dir = \"" + (places.folder / "state").string() + "\"\n\n[database]\nurl = \"" +
           places.database + "\"\n\n[listen]\npage = \"" + places.page + "\"\nhooks = \"" + places.hooks +
           "\"\npublic_url = \"http://" + places.page + "\"\n\n" + brand_text() +
           "\n[source.wall]\nkind = \"facebook\"\n" + source + "\n[source.messages]\nkind = \"messenger\"\n" +
           source + "\n[app.meta]\nkind = \"facebook\"\napp_secret = " + secret("app-secret") +
           "verify_token = " + secret("verify-token") +
           "\n[channel.czat]\nkind = \"slack\"\ndetail = \"full\"\nprivate_allowed = true\nto = "
           "\"C0DEMO\"\napi = \"" +
           places.slack_api + "\"\ntoken = " + secret("chat-token") +
           "\n[channel.dziennik]\nkind = \"log\"\n";
}

} // namespace

Files write_files(const Places& places, const GraphServer::Settings& graph, const ChatServer::Settings& chat,
                  Time now) {
    std::filesystem::create_directories(places.folder);
    std::filesystem::permissions(places.folder, std::filesystem::perms::owner_all);
    const Files files{places.folder / "larum.toml", places.folder / "customers.csv",
                      places.folder / "cases.csv", places.folder / "contacts.csv"};
    write_secret(places.folder / "graph-token", graph.token);
    write_secret(places.folder / "app-secret", graph.app_secret);
    write_secret(places.folder / "verify-token", graph.verify_token);
    write_secret(places.folder / "chat-token", chat.slack_token);
    write(files.config, config_text(places, graph));
    write(files.customers, customers());
    write(files.cases, cases(now));
    write(files.contacts, contacts(now));
    return files;
}

} // namespace larum::demo
