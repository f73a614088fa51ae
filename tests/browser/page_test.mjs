// The review page as people use it: node page_test.mjs LARUM_TESTS CHROMIUM SHOTS
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [tests, browserPath, shots] = process.argv.slice(2);

const house = spawn(tests, ["a house for the browser"], { stdio: ["pipe", "pipe", "inherit"] });
const lines = createInterface({ input: house.stdout });
const heard = [];
const waiting = [];
lines.on("line", (line) => {
    heard.push(line);
    for (const one of waiting.splice(0)) one();
});
house.on("exit", () => waiting.splice(0).forEach((one) => one()));
async function hear(pattern) {
    for (;;) {
        const found = heard.map((line) => pattern.exec(line)).find(Boolean);
        if (found) return found;
        if (house.exitCode !== null) throw new Error(`the house ended early: ${heard.join("\n")}`);
        await new Promise((done) => waiting.push(done));
    }
}
const tell = (word) => house.stdin.write(`${word}\n`);

const port = (await hear(/^port (\d+)$/))[1];
const base = `http://127.0.0.1:${port}`;
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
const complaints = [];

async function open(options) {
    const context = await browser.newContext({ baseURL: base, timezoneId: "Europe/Warsaw", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20000);
    page.on("console", (message) => {
        const expected = /status of (401|429)/.test(message.text());
        if (message.type() === "error" && !expected) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    return page;
}

async function signIn(page, name) {
    await page.goto("/");
    await page.locator("input[name=name]").fill(name);
    await page.locator("input[name=password]").fill("spokojne popoludnie");
    await page.locator("button.primary").click();
    await page.locator(".items .item").first().waitFor();
}

const shot = (page, name, fullPage = false) => page.screenshot({ path: join(shots, `${name}.png`), fullPage });
let passed = 0;
async function test(name, work) {
    await work();
    passed += 1;
    console.log(`browser: ${name}`);
}

try {
    const desk = await open({ locale: "pl-PL", viewport: { width: 1440, height: 960 } });

    await test("a wrong password says so and lets nobody in", async () => {
        await desk.goto("/");
        assert.equal(await desk.locator("h1").innerText(), "Zaloguj się");
        await shot(desk, "sign-in");
        await desk.locator("input[name=name]").fill("Ewa");
        await desk.locator("input[name=password]").fill("nie to haslo");
        await desk.locator("button.primary").click();
        await desk.getByText("Nazwa lub hasło są nieprawidłowe.").waitFor();
        assert.equal(await desk.locator(".items").count(), 0);
    });

    await test("after signing in the queue stands by urgency and age", async () => {
        await signIn(desk, "Ewa");
        const chips = await desk.locator(".item .chip").allInnerTexts();
        assert.deepEqual(chips, ["Pilne", "Pilne", "Ważne"]);
        const cookies = await desk.context().cookies();
        assert.equal(cookies[0].name, "__Host-larum");
        assert.ok(cookies[0].secure && cookies[0].httpOnly && cookies[0].sameSite === "Strict");
        await shot(desk, "queue");
    });

    await test("a deadline stands in the list until it is met, and says when it has passed", async () => {
        assert.match(await desk.locator(".item", { hasText: "Anna Wiśniewska-Lis" }).locator(".facts").innerText(), /odpowiedź do \d+ [a-zź]+, \d\d:\d\d/);
        assert.match(await desk.locator(".item", { hasText: "Katarzyna z Bloga" }).locator(".facts").innerText(), /termin odpowiedzi minął \d+ /);
        assert.doesNotMatch(await desk.locator(".item", { hasText: "Czajnik" }).locator(".facts").innerText(), /odpowied[zź]/);
    });

    await test("a detail tells post, reasons, identity, case and the whole timeline", async () => {
        await desk.locator(".item", { hasText: "Anna Wiśniewska-Lis" }).click();
        await desk.locator(".detail .head").waitFor();
        assert.match(await desk.locator(".post-text").innerText(), /Trzeci raz proszę/);
        const marks = await desk.locator(".post-text mark").allInnerTexts();
        assert.ok(marks.includes("rzecznika konsumentów"), `highlighted: ${marks}`);
        assert.match(await desk.locator(".who-card").innerText(), /Anna Wiśniewska-Lis/);
        assert.match(await desk.locator(".detail .meta").first().innerText(), /zamówienie BL\/2026\/004711 według platformy[^]*odpowiedź do \d/);
        assert.equal(await desk.locator(".timeline .contact").count(), 5);
        await desk.locator(".candidate summary").first().click();
        assert.equal(await desk.locator(".waterfall .for, .waterfall .against").count(), 5);
        assert.match(await desk.locator(".waterfall .for").first().innerText(), /wśród klientów jest rzadkie/);
        assert.match(await desk.locator(".waterfall .sum").innerText(), /96/);
        assert.match(await desk.locator(".candidate.nobody").innerText(), /Nikt, kogo znamy[^]*3/);
        await shot(desk, "detail", true);
    });

    await test("evidence is in words; the bits are there for who asks", async () => {
        const first = desk.locator(".waterfall .for").first();
        assert.match(await first.getAttribute("title"), /\+8,4 bit/);
        assert.equal(await first.locator("small").isVisible(), false);
        await desk.getByRole("button", { name: "Pokaż liczby" }).click();
        assert.equal(await first.locator("small").innerText(), "+8,4 bit.");
        // For goes right, against goes left: each bar begins where the last one ended.
        const [amount, city] = await Promise.all([".for", ".against"].map((side) => desk.locator(`.waterfall ${side} .track i`).last().boundingBox()));
        assert.ok(Math.abs(amount.x + amount.width - (city.x + city.width)) < 4, "the step against does not begin where the last one ended");
    });

    await test("what a person said of an identity is taken back with one press", async () => {
        await desk.locator("[data-act=rejected]").click();
        await desk.locator(".candidate.rejected").waitFor();
        assert.ok(!(await desk.locator(".detail .who-card").innerText()).includes("To Anna"));
        await desk.locator(".candidate.rejected summary").click();
        await desk.locator("[data-act=suggested]").click();
        await desk.locator(".certain", { hasText: "To Anna Wiśniewska-Lis" }).waitFor();
    });

    await test("below the threshold nobody's name is shown, only candidates", async () => {
        await desk.goto("/");
        await desk.locator(".item", { hasText: "Czajnik" }).click();
        await desk.locator(".uncertain").waitFor();
        const text = await desk.locator(".detail").innerText();
        assert.ok(!text.includes("Zieliński"), "a candidate's family name leaked");
        await shot(desk, "uncertain", true);
    });

    await test("marks stand on the words they mean, emoji and Polish letters before them or not", async () => {
        tell("crowd");
        await desk.goto("/");
        await desk.locator(".item", { hasText: "Basia Nowak" }).click();
        await desk.locator(".post-text mark").first().waitFor();
        const of = async (kind) => (await desk.locator(`.post-text mark.k-${kind}`).allInnerTexts()).join("|");
        assert.equal(await of("complaint"), "Żółć mnie zalewa|trzeci raz słyszę, że „proszę czekać”");
        assert.equal(await of("promise"), "obiecała pieniądze |do piątku| i cisza");
        assert.equal(await of("threat"), "idę do rzecznika konsumentów|do gazety");
        assert.equal(await of("hazard"), "dziecko dostało wysypki");
    });

    await test("overlapping marks each keep a line, a sign and a name", async () => {
        const counted = desk.locator(".post-text mark", { hasText: /^Trzeci raz$/ });
        assert.equal(await counted.getAttribute("data-sign"), "↻#");
        assert.match(await counted.getAttribute("title"), /Ile razy prosił o pomoc/);
        const lines = await counted.evaluate((mark) => getComputedStyle(mark).backgroundImage.split("-gradient").length - 1);
        assert.equal(lines, 2);
        assert.match(await desk.locator(".post-text .sr").allInnerTexts().then((all) => all.join("")), /Zapowiada skargę do urzędu/);
    });

    await test("a long post keeps what is marked and unfolds the rest; what looks like markup is text", async () => {
        const text = desk.locator(".post-text");
        assert.ok(!(await text.innerText()).includes("automatyczną odpowiedź"));
        await desk.locator(".gap").click();
        assert.match(await text.innerText(), /automatyczną odpowiedź/);
        assert.match(await text.innerText(), /<img src=x onerror=alert\(1\)>/);
        assert.equal(await desk.locator(".post-text img").count(), 0);
    });

    await test("the legend names what is marked and, by keyboard too, shows one kind alone", async () => {
        const threat = desk.getByRole("button", { name: /zapowiedź/ });
        await threat.focus();
        await desk.keyboard.press("Enter");
        assert.equal(await threat.getAttribute("aria-pressed"), "true");
        assert.equal(await desk.locator(".post-text mark:not(.dim)").count(), 2);
        await desk.keyboard.press("Enter");
        assert.equal(await desk.locator(".post-text mark.dim").count(), 0);
        await desk.locator(".heard summary").click();
        assert.match(await desk.locator(".heard").innerText(), /Zapowiada skargę do urzędu[^]*93[^]*idę do rzecznika konsumentów/);
    });

    await test("seven candidates, one ruled out and nobody stand side by side; the rest are only counted", async () => {
        assert.equal(await desk.locator("details.candidate").count(), 8);
        assert.match(await desk.locator(".candidates").innerText(), /I jeszcze 2 klientów, razem 4/);
        await desk.locator(".compare summary").click();
        const heads = await desk.locator(".compare thead th").allInnerTexts();
        assert.equal(heads.length, 10);
        assert.equal(heads.at(-1), "Nikt, kogo znamy");
        assert.match(await desk.locator(".compare tr", { hasText: "Miasto" }).locator("td").nth(1).innerText(), /przeciw: Inna miejscowość/);
        assert.ok(!(await desk.locator(".detail").innerText()).includes("Barbara"));
        await shot(desk, "crowd", true);
    });

    await test("many candidates and a long post fit a phone, in the dark and in the light", async () => {
        for (const colorScheme of ["light", "dark"]) {
            const phone = await open({ locale: "pl-PL", colorScheme, viewport: { width: 360, height: 780 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true });
            await signIn(phone, "Jan");
            await phone.locator(".item", { hasText: "Basia Nowak" }).click();
            await phone.locator(".compare summary").click();
            assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth <= 360), "wider than the phone");
            await shot(phone, `phone-crowd-${colorScheme}`, true);
            await phone.context().close();
        }
    });

    await test("words and marks are readable on every ground", async () => {
        const colors = { light: desk, dark: await open({ locale: "pl-PL", colorScheme: "dark", viewport: { width: 1440, height: 960 } }) };
        await signIn(colors.dark, "Ola");
        await colors.dark.locator(".item", { hasText: "Basia Nowak" }).click();
        await colors.dark.locator(".compare summary").click();
        await shot(colors.dark, "crowd-dark", true);
        for (const page of Object.values(colors)) {
            const faint = await page.evaluate(() => {
                const channels = (color) => color.match(/[\d.]+/g).slice(0, 3).map(Number);
                const light = (color) => channels(color).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
                const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
                const card = getComputedStyle(document.querySelector(".who-card")).backgroundColor;
                const found = [];
                for (const mark of document.querySelectorAll(".post-text mark")) {
                    const { color, backgroundColor } = getComputedStyle(mark);
                    if (contrast(color, backgroundColor) < 7) found.push(`${mark.className}: ${color} on ${backgroundColor}`);
                }
                for (const one of document.querySelectorAll(".waterfall .says, .waterfall .weight, .band, .compare td")) {
                    const { color } = getComputedStyle(one);
                    if (contrast(color, card) < 4.5) found.push(`${one.className}: ${color} on ${card}`);
                }
                return found;
            });
            assert.deepEqual(faint, []);
        }
        await colors.dark.context().close();
    });

    await test("another person's act appears without a reload", async () => {
        const other = await open({ locale: "pl-PL", viewport: { width: 1280, height: 900 } });
        await signIn(other, "Jan");
        await other.locator(".item", { hasText: "Trzeci raz proszę" }).click();
        await other.locator("[data-act=acknowledge]").click();
        await other.locator("[data-state=acknowledged]").waitFor();
        await desk.locator(".item.acknowledged", { hasText: "Trzeci raz proszę" }).waitFor();
        await other.context().close();
    });

    await test("a new urgent post appears without a reload", async () => {
        const before = await desk.locator(".item").count();
        tell("raise");
        await desk.locator(".item", { hasText: "Piąty telefon" }).waitFor();
        assert.equal(await desk.locator(".item").count(), before + 1);
    });

    await test("a matter is settled with an outcome and moves to done", async () => {
        await desk.locator(".item", { hasText: "Piąty telefon" }).click();
        await desk.locator(".acts button", { hasText: "Zakończ…" }).click();
        await desk.locator("dialog .choice", { hasText: "wyjaśnione" }).click();
        await shot(desk, "settle");
        await desk.locator("dialog button.primary").click();
        await desk.locator("[data-state=settled]").waitFor();
        await desk.locator(".tabs button", { hasText: "Zakończone" }).click();
        await desk.locator(".item", { hasText: "Piąty telefon" }).waitFor();
        await desk.locator(".tabs button", { hasText: "Otwarte" }).click();
    });

    await test("a post is reported by hand", async () => {
        await desk.locator("button.report").click();
        await desk.locator("input[name=url]").fill("https://forum.example/watek/7");
        await desk.locator("textarea[name=text]").fill("Sklep Bławatek nie oddaje pieniędzy.");
        await shot(desk, "report");
        await desk.locator("form button.primary").click();
        await desk.locator(".detail .head", { hasText: "Bławatek" }).waitFor();
    });

    await test("sources and dead letters are shown", async () => {
        await desk.goto("/sources");
        await desk.locator(".source.failing").waitFor();
        const open = await desk.locator(".source.failing").innerText();
        assert.match(open, /503[\s\S]*(trwa|lasts still)/);
        const page = desk.locator(".source").filter({ hasText: "fanpage" });
        await page.locator("summary").click();
        assert.match(await page.innerText(), /odzyskane wpisy: 3|3 posts recovered/);
        await shot(desk, "sources");
        await desk.goto("/letters");
        await desk.locator(".letters li").first().waitFor();
    });

    await test("the keyboard walks the list and opens a matter", async () => {
        await desk.goto("/");
        await desk.locator(".item").first().waitFor();
        await desk.keyboard.press("ArrowDown");
        await desk.keyboard.press("ArrowDown");
        await desk.keyboard.press("Enter");
        await desk.locator(".detail .head").waitFor();
        await desk.keyboard.press("Escape");
        await desk.locator(".detail.nothing").waitFor();
    });

    await test("the language switch changes every word and is kept", async () => {
        await desk.locator(".account").click();
        await shot(desk, "menu");
        const kept = desk.waitForResponse("**/api/account/language");
        await desk.locator("[data-act=language]").click();
        await kept;
        await desk.getByRole("tab", { name: "Open" }).waitFor();
        await desk.reload();
        await desk.getByRole("tab", { name: "Open" }).waitFor();
        assert.equal(await desk.locator("html").getAttribute("lang"), "en");
    });

    await test("a viewer reads in English, in the dark, and can change nothing", async () => {
        const viewer = await open({ locale: "en-GB", colorScheme: "dark", viewport: { width: 1440, height: 960 } });
        await signIn(viewer, "Ola");
        await viewer.locator(".item", { hasText: "Trzeci raz proszę" }).click();
        await viewer.locator(".detail .head").waitFor();
        assert.equal(await viewer.locator(".acts button").count(), 0);
        await shot(viewer, "dark-english", true);
        await viewer.context().close();
    });

    await test("on a phone the list comes first, then the detail, and nothing is wider than the screen", async () => {
        const phone = await open({ locale: "pl-PL", viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true });
        const fits = async () => assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth <= 390), "wider than the phone");
        await signIn(phone, "Jan");
        await fits();
        await shot(phone, "phone-queue");
        await phone.locator(".item", { hasText: "Trzeci raz proszę" }).click();
        await phone.locator(".detail .head").waitFor();
        assert.ok(!(await phone.locator(".items").isVisible()));
        await fits();
        await shot(phone, "phone-detail", true);
        await phone.locator(".back").click();
        await phone.locator(".items").waitFor();
        await phone.context().close();
    });

    await test("signing out ends the session", async () => {
        await desk.locator(".account").click();
        await desk.getByText("Sign out").click();
        await desk.locator(".sign-in").waitFor();
        const answer = await desk.request.get("/api/queue");
        assert.equal(answer.status(), 401);
    });

    await test("the browser found nothing to complain of", async () => {
        assert.deepEqual(complaints, []);
    });
    console.log(`${passed} browser tests passed`);
} catch (error) {
    console.error(error);
    if (complaints.length) console.error("the browser complained:", complaints);
    process.exitCode = 1;
} finally {
    await browser.close();
    tell("quit");
    house.stdin.end();
}
