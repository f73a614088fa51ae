import type { ComponentChildren } from "preact";
import type { Span } from "../types";
import { sayIf } from "../words";

// Spans count Unicode code points, as the verdict does; overlapping ones share their words.
export function PostText({ text, spans }: { text: string; spans: Span[] }) {
    const points = Array.from(text);
    const edges = new Set([0, points.length]);
    for (const one of spans) [one.start, one.end].forEach((edge) => edge > 0 && edge < points.length && edges.add(edge));
    const cuts = [...edges].sort((a, b) => a - b);
    const pieces: ComponentChildren[] = [];
    for (let i = 0; i + 1 < cuts.length; ++i) {
        const words = points.slice(cuts[i], cuts[i + 1]).join("");
        const signals = spans.filter((one) => one.start <= cuts[i] && one.end >= cuts[i + 1]).map((one) => one.signal);
        if (signals.length === 0) pieces.push(words);
        else pieces.push(<mark class={kind(signals)} title={[...new Set(signals)].map(label).join(", ")}>{words}</mark>);
    }
    return <p class="post-text">{pieces}</p>;
}

const label = (signal: string) => sayIf(`why.${signal}`, signal);

function kind(signals: string[]): string {
    if (signals.some((one) => one.startsWith("hazard"))) return "hazard";
    if (signals.some((one) => one.startsWith("threat"))) return "threat";
    return signals.every((one) => one === "complaint") ? "complaint" : "strong";
}
