import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { cut, kinds, kindsOf, signalName, signsOf, type Kind, type Piece } from "../marks";
import type { Span, Verdict } from "../types";
import { number, percent, say, type Key } from "../words";

// A post longer than this is folded where nothing is marked, but for so many code points on each side of a mark.
const longPost = 1000;
const context = 140;
const linesMost = 3;

export function PostText({ text, verdict }: { text: string; verdict: Verdict | null }) {
    const spans = verdict?.spans ?? [];
    const [only, setOnly] = useState<Kind | null>(null);
    const [whole, setWhole] = useState(false);
    const pieces = cut(text, spans);
    const length = pieces.reduce((sum, one) => sum + one.length, 0);
    const folded = length > longPost && !whole;
    return (
        <>
            <p class="post-text">
                {pieces.map((piece, index) => {
                    if (piece.spans.length > 0) return <Mark piece={piece} only={only} />;
                    if (!folded) return piece.words;
                    return <Folded words={piece.words} first={index === 0} last={index === pieces.length - 1} open={() => setWhole(true)} />;
                })}
            </p>
            {length > longPost && whole && <button class="small quiet" onClick={() => setWhole(false)}>{say("text.fold")}</button>}
            <Legend spans={spans} only={only} choose={setOnly} />
            {verdict && <Heard text={text} verdict={verdict} />}
        </>
    );
}

function Mark({ piece, only }: { piece: Piece; only: Kind | null }) {
    const here = kindsOf(piece.spans);
    const lines = here.filter((one) => one !== "complaint" || here.length === 1).slice(0, linesMost);
    const names = [...new Set(piece.spans.map((one) => signalName(one.signal)))];
    return (
        <>
            <mark
                class={`k-${here[0]} ${only && !here.includes(only) ? "dim" : ""}`}
                data-sign={signsOf(piece.begins) || undefined}
                title={names.join(" · ")}
                style={{
                    backgroundImage: lines.map((one) => `var(--line-${one})`).join(", "),
                    backgroundPosition: lines.map((_, lane) => `0 calc(100% - ${lane * 4}px)`).join(", "),
                    backgroundSize: lines.map(() => "100% 2px").join(", "),
                    paddingBottom: `${lines.length * 4 - 1}px`,
                }}
            >{piece.words}</mark>
            {piece.ends.length > 0 && <span class="sr"> [{[...new Set(piece.ends.map((one) => signalName(one.signal)))].join(", ")}] </span>}
        </>
    );
}

// Unmarked words of a long post: what stands beside a mark stays, the rest waits behind a button.
function Folded({ words, first, last, open }: { words: string; first: boolean; last: boolean; open: () => void }) {
    const points = Array.from(words);
    const head = first && last ? longPost / 2 : context;
    const tail = last ? 0 : context;
    if (points.length <= head + tail + context) return <>{words}</>;
    const space = (from: number, step: number) => {
        for (let i = from; Math.abs(i - from) < 24; i += step) if (/\s/.test(points[i])) return i;
        return from;
    };
    const until = space(head, -1);
    const from = tail ? space(points.length - tail, 1) : points.length;
    return (
        <>
            {points.slice(0, until).join("")}
            <button class="gap" onClick={open}>… {say("text.folded", { n: number(from - until) })} …</button>
            {points.slice(from).join("")}
        </>
    );
}

function Legend({ spans, only, choose }: { spans: Span[]; only: Kind | null; choose: (kind: Kind | null) => void }) {
    const present = kindsOf(spans);
    if (present.length === 0) return null;
    const many = (kind: Kind) => spans.filter((one) => kindsOf([one])[0] === kind).length;
    return (
        <div class="legend" role="group" aria-label={say("text.legend")}>
            {present.map((kind) => (
                <button key={kind} class="small" aria-pressed={only === kind} title={say("text.legend.hint")} onClick={() => choose(only === kind ? null : kind)}>
                    <i class={`k-${kind}`} aria-hidden="true" style={{ backgroundImage: `var(--line-${kind})` }}>{kinds[kind] || "…"}</i>
                    {say(`kind.${kind}` as Key)}
                    {many(kind) > 1 && <small>{many(kind)}</small>}
                </button>
            ))}
        </div>
    );
}

// The same for who would rather read a list: each signal, how sure it is, and the words.
function Heard({ text, verdict }: { text: string; verdict: Verdict }) {
    const spans = verdict.spans ?? [];
    const points = Array.from(text);
    const sure = (signal: string) => verdict.scores?.[signal] ?? (verdict as unknown as Record<string, unknown>)[signal];
    const named = [...new Set([...Object.entries(verdict.scores ?? {}).filter(([, p]) => p >= 0.5).map(([signal]) => signal), ...spans.map((one) => one.signal)])];
    if (named.length === 0) return null;
    const quotes = (signal: string): ComponentChildren =>
        spans.filter((one) => one.signal === signal).map((one) => <q key={one.start}>{points.slice(one.start, one.end).join("")}</q>);
    return (
        <details class="heard">
            <summary>{say("text.heard")}</summary>
            <dl>
                {named.map((signal) => {
                    const p = sure(signal);
                    return (
                        <div key={signal}>
                            <dt>{signalName(signal)}{typeof p === "number" && signal !== "stated_contacts" && <small> {say("who.sure", { p: percent(p) })}</small>}</dt>
                            <dd>{quotes(signal)}</dd>
                        </div>
                    );
                })}
            </dl>
        </details>
    );
}
