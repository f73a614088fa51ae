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

    await test("a detail tells post, reasons, identity, case and the whole timeline", async () => {
        await desk.locator(".item", { hasText: "Anna Wiśniewska-Lis" }).click();
        await desk.locator(".detail .head").waitFor();
        assert.match(await desk.locator(".post-text").innerText(), /Trzeci raz proszę/);
        const marks = await desk.locator(".post-text mark").allInnerTexts();
        assert.ok(marks.includes("rzecznika konsumentów"), `highlighted: ${marks}`);
        assert.match(await desk.locator(".who-card").innerText(), /Anna Wiśniewska-Lis/);
        assert.equal(await desk.locator(".timeline .contact").count(), 5);
        await desk.locator(".candidate summary").first().click();
        assert.equal(await desk.locator(".waterfall li").count(), 5);
        await shot(desk, "detail", true);
    });

    await test("below the threshold nobody's name is shown, only candidates", async () => {
        await desk.goto("/");
        await desk.locator(".item", { hasText: "Czajnik" }).click();
        await desk.locator(".uncertain").waitFor();
        const text = await desk.locator(".detail").innerText();
        assert.ok(!text.includes("Zieliński"), "a candidate's family name leaked");
        await shot(desk, "uncertain", true);
    });

    await test("another person's act appears without a reload", async () => {
        const other = await open({ locale: "pl-PL", viewport: { width: 1280, height: 900 } });
        await signIn(other, "Jan");
        await other.locator(".item", { hasText: "Trzeci raz" }).click();
        await other.locator("[data-act=acknowledge]").click();
        await other.locator("[data-state=acknowledged]").waitFor();
        await desk.locator(".item.acknowledged", { hasText: "Trzeci raz" }).waitFor();
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
        await desk.locator(".source.error").waitFor();
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
        await viewer.locator(".item", { hasText: "Trzeci raz" }).click();
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
        await phone.locator(".item", { hasText: "Trzeci raz" }).click();
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
