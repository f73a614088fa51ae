// Which words of a post stand for what: cuts a text at the edges of its spans.
import type { Span } from "./types";
import { sayIf } from "./words";

// Loudest first; `sign` stands at the beginning of the words, so that colour is never all there is.
export const kinds = {
    hazard: "⚠", threat: "⚑", repeat: "↻", promise: "◷", unsolved: "✗", count: "#", wait: "◔", channel: "☎", behalf: "⇄", other: "•", complaint: "",
} as const;
export type Kind = keyof typeof kinds;
const order = Object.keys(kinds) as Kind[];

const plain: Record<string, Kind> = {
    complaint: "complaint", repeat_contact: "repeat", broken_promise: "promise", not_solved: "unsolved", stated_contacts: "count", on_behalf: "behalf",
    promised_on: "promise", waiting_since: "wait",
};

export function kindOf(signal: string): Kind {
    const family = signal.split(".")[0];
    return plain[signal] ?? (family === "threat" || family === "hazard" || family === "channel" ? family : "other");
}

export function signalName(signal: string): string {
    if (signal.startsWith("channel.")) return sayIf(signal, signal);
    return sayIf(`signal.${signal}`, sayIf(`why.${signal}`, signal));
}

export interface Piece {
    words: string;
    length: number; // code points
    spans: Span[];
    begins: Span[];
    ends: Span[];
}

// Spans count Unicode code points, as the verdict does; overlapping ones share their words. What lies outside the
// text, or is empty, is passed over.
export function cut(text: string, given: Span[]): Piece[] {
    const points = Array.from(text);
    const spans = given
        .map((one) => ({ ...one, start: Math.max(0, one.start), end: Math.min(points.length, one.end) }))
        .filter((one) => one.start < one.end);
    const edges = [...new Set([0, points.length, ...spans.flatMap((one) => [one.start, one.end])])].sort((a, b) => a - b);
    return edges.slice(1).map((end, index) => {
        const start = edges[index];
        const here = spans.filter((one) => one.start <= start && one.end >= end);
        return {
            words: points.slice(start, end).join(""),
            length: end - start,
            spans: here,
            begins: here.filter((one) => one.start === start),
            ends: here.filter((one) => one.end === end),
        };
    });
}

// The kinds of some spans, each once, loudest first.
export function kindsOf(spans: Span[]): Kind[] {
    const found = new Set(spans.map((one) => kindOf(one.signal)));
    return order.filter((one) => found.has(one));
}

export const signsOf = (spans: Span[]) => kindsOf(spans).map((one) => kinds[one]).join("");
