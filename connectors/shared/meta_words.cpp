#include "connectors/shared/meta_words.h"

namespace larum::connectors::graph {

namespace {

const std::string platform_terms =
    "Meta Platform Terms of 31 August 2020 as amended since, section 3 (Prohibited Practices): data from Meta serves "
    "the purpose that its owner sees, is not used to build or augment profiles of people without their consent, and is "
    "not combined with other data to find out who someone is. What people gave the brand themselves (a number, an "
    "address, a chat with it) may be recognised.";

const std::string review_text =
    "Text for the app's review: «Our service team answers customers who complain in public below our own posts. Our "
    "server reads the comments, mentions and posts that concern our own account, shows them to our employees only, and "
    "deletes them when they are deleted here. Nothing is sold, no profiles are built, no adverts are targeted with "
    "them.» Show in the video: a comment written with a test account, its alert in your chat, its deletion.";

const std::string make_app =
    "At developers.facebook.com make an app of the type Business, connect it with your verified business, and note its "
    "id and secret (App settings, Basic).";

const std::string system_user =
    "In Business settings make a system user, give it the page with full control, and generate its token without an "
    "end; GET /me/accounts with that token lists the page's own token. A token made by a person dies with their "
    "password, their role or 90 days of their data access.";

const std::string callback =
    "Webhooks, first half: in the app's settings enter https://YOUR-HOST/hooks/APP with a verify token of your own (the "
    "same address may be the deauthorize callback), and subscribe ";

} // namespace

void say_facebook(Kind& kind) {
    kind.terms = platform_terms;
    kind.matching_most = Matching::own_data;
    kind.cannot = {
        "reviews: Meta closed them to apps with v22.0 (the Recommendation node answers error 12); only the page's "
        "overall stars and their number remain",
        "posts of groups, of people's own walls, of other pages that do not tag this one",
        "who wrote a comment, where the app may not see them: such a post has no author",
        "comments on adverts, unless adverts = true and the token has pages_manage_ads and ads_management",
        "everything in a long past: the feed lists a ranked choice of about 600 posts a year",
        "what happened while webhooks were dropped: Meta repeats them for 36 hours and has no replay; the poll heals",
    };
    kind.setup = {
        make_app,
        system_user + " Permissions: pages_show_list, pages_read_engagement, pages_read_user_content, for webhooks "
                      "pages_manage_metadata, for comments on adverts pages_manage_ads and ads_management.",
        "Ask for Advanced Access to these permissions: until it is granted only people with a role in the app are seen. " +
            review_text,
        callback + "the object page to feed and mention.",
        "Webhooks, second half, for each page: POST /PAGE/subscribed_apps?subscribed_fields=feed,mention with the page's "
        "token. Set webhooks = true: larum looks every ten minutes whether it still stands.",
    };
}

void say_messenger(Kind& kind) {
    kind.terms = "Meta Platform Terms of 31 August 2020 as amended since, section 3 (Prohibited Practices), and the "
                 "Messenger Platform policy: messages serve the conversation with the person who wrote them. Who wrote to the page gave it "
                 "their words; nothing else is added to them.";
    kind.matching_most = Matching::own_data;
    kind.cannot = {
        "anything that is not a conversation with this page",
        "messages of people outside the team before the app has Advanced Access to pages_messaging",
        "more than two reads of conversations a second for each page",
        "answers: larum reads, it does not write to people",
    };
    kind.setup = {
        make_app,
        system_user + " Permission: pages_messaging, for webhooks pages_manage_metadata.",
        "Ask for Advanced Access to pages_messaging. " + review_text,
        callback + "the object page to messages, message_echoes and message_edits; then for each page: POST "
                   "/PAGE/subscribed_apps?subscribed_fields=messages,message_echoes,message_edits.",
    };
}

void say_instagram(Kind& kind) {
    kind.terms = platform_terms;
    kind.matching_most = Matching::own_data;
    kind.cannot = {
        "mentions that no webhook told of: Meta lists them nowhere, so one that was missed stays missed",
        "what a mention says with login = \"instagram\": Meta gives it by the linked page only",
        "mentions in stories, anything of private accounts, live comments after the live video ended",
        "comments on adverts, but by webhook: the list of comments leaves them out",
        "hashtags: Meta names no author there, so nobody could be answered",
        "accounts that are not professional (business or creator)",
        "direct messages: larum reads those of pages (kind = \"messenger\")",
        "replies to comments older than the last reading come up to six hours late without webhooks",
    };
    kind.setup = {
        "Make the account a professional one. By page (login = \"facebook\"): link it with your Facebook page. By itself "
        "(login = \"instagram\"): nothing more, but mentions cannot be read.",
        make_app,
        "By page: " + system_user +
            " Permissions: instagram_basic, instagram_manage_comments, pages_read_engagement, pages_show_list, for "
            "webhooks pages_manage_metadata. GET /PAGE?fields=instagram_business_account names the account's id.",
        "By itself: in the app add Instagram, generate the account's token with instagram_business_basic and "
        "instagram_business_manage_comments; GET graph.instagram.com/me?fields=user_id names the account's id. larum "
        "exchanges the token every week, so that it never reaches its 60 days.",
        "Ask for Advanced Access to these permissions. " + review_text,
        callback + "the object instagram to comments, live_comments and mentions (with login = \"instagram\" the secret "
                   "is that of the Instagram app, so it is an [app.NAME] of its own).",
        "Webhooks, second half: by page POST /PAGE/subscribed_apps?subscribed_fields=feed (any field will do), by itself "
        "POST graph.instagram.com/ACCOUNT/subscribed_apps?subscribed_fields=comments,mentions. Webhooks come only while "
        "the account is public.",
    };
}

void say_threads(Kind& kind) {
    kind.terms = platform_terms;
    kind.matching_most = Matching::own_data;
    kind.cannot = {
        "posts about the brand that neither mention it nor answer it, but by search words, and of those Meta shows a "
        "choice",
        "other people's posts by search before the app has threads_keyword_search: until then it finds one's own only",
        "more than 2,200 searches in 24 hours for an account over all its apps (Threads, Keyword and Topic Tag Search, "
        "21 January 2026)",
        "an author's id: Threads gives the user name alone, so who renames is another author",
        "edits, and deletions of what others wrote: a reply that is gone says nothing, and is found gone only while an "
        "alert about it is open",
        "private accounts",
    };
    kind.setup = {
        "At developers.facebook.com make an app with the use case «Access the Threads API» and note the Threads app's id "
        "and secret (they are not the app's own).",
        "Permissions: threads_basic, threads_read_replies, threads_manage_mentions, and threads_keyword_search for "
        "searches.",
        "Add the account as a tester, let it accept, and generate its long-lived token (60 days). larum exchanges it "
        "every week. GET graph.threads.net/v1.0/me?fields=id,username names the account's id.",
        "Ask for Advanced Access to threads_read_replies, threads_manage_mentions and threads_keyword_search. " +
            review_text,
        "Webhooks: in the use case's settings add the real-time notifications, enter https://YOUR-HOST/hooks/APP with a "
        "verify token of your own, and subscribe to replies and mentions.",
    };
}

} // namespace larum::connectors::graph
