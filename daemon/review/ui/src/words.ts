// The page's language: two dictionaries, numbers and times as people there write them.
import { en } from "./texts/en";
import { pl, type Key } from "./texts/pl";

export type Language = "pl" | "en";
export type { Key };

const dictionaries = { pl, en };
let language: Language = navigator.languages.some((one) => one.toLowerCase().startsWith("pl")) ? "pl" : "en";

export function speak(wanted: string) {
    language = wanted === "pl" ? "pl" : "en";
    document.documentElement.lang = language;
}

export const spoken = () => language;

// Days before months and 24 hours, as everybody at the desk writes them.
const locale = () => (language === "en" ? "en-GB" : "pl-PL");

type Values = Record<string, string | number>;

export function say(key: Key, values: Values = {}): string {
    return dictionaries[language][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

// The text of a key that is made from data; `fallback` when larum is newer than the page's words.
export function sayIf(key: string, fallback: string, values: Values = {}): string {
    return key in pl ? say(key as Key, values) : fallback;
}

export function count(base: string, n: number): string {
    const form = new Intl.PluralRules(locale()).select(n);
    const key = `${base}.${form === "one" ? "one" : form === "few" ? "few" : "many"}`;
    return sayIf(key, String(n), { n: number(n) });
}

export const number = (n: number) => new Intl.NumberFormat(locale()).format(n);
// Never quite all or nothing: «> 99%», «< 1%».
export function percent(p: number): string {
    const share = new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 0 });
    if (p > 0.99) return `> ${share.format(0.99)}`;
    return p > 0 && p < 0.01 ? `< ${share.format(0.01)}` : share.format(p);
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60]];

export function ago(time: string): string {
    const seconds = (Date.parse(time) - Date.now()) / 1000;
    const words = new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "short" });
    for (const [unit, size] of steps) if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
    return words.format(0, "second");
}

export function at(time: string, zone?: string): string {
    const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" };
    try {
        return new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone }).format(new Date(time));
    } catch {
        return new Intl.DateTimeFormat(locale(), options).format(new Date(time));
    }
}

// Day and hour of this or the next weeks: nobody needs the year.
export function moment(time: string, zone?: string): string {
    const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
    try {
        return new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone }).format(new Date(time));
    } catch {
        return new Intl.DateTimeFormat(locale(), options).format(new Date(time));
    }
}

export function day(time: string, zone?: string): string {
    return at(time, zone).replace(/[, ]+\d{1,2}:\d{2}.*$/, "");
}
