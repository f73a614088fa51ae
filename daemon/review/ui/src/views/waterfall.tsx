import { useState } from "preact/hooks";
import type { Candidate, Evidence } from "../types";
import { percent, say, sayIf, spoken, type Key } from "../words";

export const bits = (weight: number) =>
    say("evidence.bits", { n: new Intl.NumberFormat(spoken(), { maximumFractionDigits: 1, minimumFractionDigits: 1, signDisplay: "always" }).format(weight) });

export function strength(weight: number): Key {
    if (weight < 0) return weight <= -3 ? "evidence.strong.against" : "evidence.against";
    return weight >= 8 ? "evidence.strong" : weight >= 3 ? "evidence.some" : "evidence.weak";
}

export const arrow = (weight: number) => (weight < 0 ? "◀" : "▶");

// Rounding leaves pieces that say nothing.
export const telling = (evidence: Evidence[]) => evidence.filter((one) => Math.abs(one.weight) >= 0.05);

// From where to where the walks of all candidates go: one scale, so that bars may be compared.
export interface Scale {
    low: number;
    high: number;
}

const farthest = 30; // beyond, a bar only tells that it is more than enough

export function scaleOf(candidates: Candidate[]): Scale {
    const all = candidates.flatMap((one) => [0, one.start, ...one.evidence.map((step) => step.sum)]);
    return { low: Math.max(-farthest, Math.min(-1, ...all)), high: Math.min(farthest, Math.max(1, ...all)) };
}

function Track({ from, to, scale }: { from: number; to: number; scale: Scale }) {
    const place = (value: number) => (100 * (Math.min(Math.max(value, scale.low), scale.high) - scale.low)) / (scale.high - scale.low);
    const left = Math.min(place(from), place(to));
    return (
        <span class="track" aria-hidden="true">
            <s style={{ left: `${place(0)}%` }} />
            <i style={{ left: `min(${left}%, calc(100% - 3px))`, width: `max(3px, ${Math.abs(place(to) - place(from))}%)` }} />
        </span>
    );
}

function Values({ one }: { one: Evidence }) {
    const cases = one.field === "case" && /\d+/.exec(one.record)?.[0];
    if (cases) return <span class="values">{say("evidence.cases", { n: cases })}</span>;
    const record = one.record && one.record !== one.post ? one.record : "";
    if (!one.post && !record) return null;
    const shown = (value: string) => <q>{sayIf(`topic.${value}`, value)}</q>;
    return (
        <span class="values">
            {one.post && <>{say("evidence.post")} {shown(one.post)}</>}
            {one.post && record && " · "}
            {record && <>{say("evidence.record")} {shown(record)}</>}
        </span>
    );
}

function customers(record: string): string {
    const n = /\d+/.exec(record)?.[0];
    return n ? say("evidence.start.n", { n: new Intl.NumberFormat(spoken()).format(Number(n)) }) : say("evidence.start");
}

// Each piece begins where the last one ended: right is for, left is against, the line is one to one.
export function Waterfall({ candidate, scale }: { candidate: Candidate; scale: Scale }) {
    const [numbers, setNumbers] = useState(false);
    const steps = telling(candidate.evidence);
    const last = steps.length ? steps[steps.length - 1] : undefined;
    const soFar = (one: { sum: number; probability: number }) => say("evidence.so_far", { n: bits(one.sum), p: percent(one.probability) });
    return (
        <div class={`walk ${numbers ? "numbers" : ""}`}>
            <ol class="waterfall" aria-label={say("who.evidence")}>
                <li class="start" title={bits(candidate.start)}>
                    <span class="says">{customers(candidate.start_record)}</span>
                    <Track from={0} to={candidate.start} scale={scale} />
                    <span class="weight"><small>{bits(candidate.start)}</small></span>
                </li>
                {steps.map((one) => (
                    <li class={one.weight < 0 ? "against" : "for"} title={`${bits(one.weight)} · ${soFar(one)}`}>
                        <span class="says">
                            {sayIf(`says.${one.says}`, sayIf(`field.${one.field}`, one.field))}
                            <Values one={one} />
                        </span>
                        <Track from={one.sum - one.weight} to={one.sum} scale={scale} />
                        <span class="weight"><span aria-hidden="true">{arrow(one.weight)}</span> {say(strength(one.weight))} <small>{bits(one.weight)}</small></span>
                    </li>
                ))}
                <li class="sum" title={bits(candidate.sum)}>
                    <span class="says">
                        {say("evidence.sum")}
                        {last && last.probability - candidate.probability > 0.02 && <span class="values">{say("evidence.shared")}</span>}
                    </span>
                    <Track from={0} to={candidate.sum} scale={scale} />
                    <b class="weight">{percent(candidate.probability)} <small>{bits(candidate.sum)}</small></b>
                </li>
            </ol>
            <p class="walk-foot">
                <button class="small quiet" aria-pressed={numbers} onClick={() => setNumbers(!numbers)}>{say("evidence.numbers")}</button>
                <span>{say("evidence.how")}</span>
            </p>
        </div>
    );
}
