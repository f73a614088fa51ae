import { get } from "../api";
import { Empty, When } from "../parts";
import { useRead, useShared } from "../state";
import type { Source } from "../types";
import { at, number, percent, say, type Key } from "../words";

export function Sources() {
    const { news, fail, brand } = useShared();
    const { value } = useRead(() => get<{ sources: Source[] }>("/api/sources"), [news.beat], fail);
    return (
        <section class="sheet wide">
            <h2>{say("sources.title")}</h2>
            {value?.sources.length === 0 && <Empty title={say("sources.empty")} />}
            <div class="sources">
                {value?.sources.map((one) => <Card key={one.brand + one.name} source={one} zone={brand(one.brand)?.zone} />)}
            </div>
        </section>
    );
}

/** From when on, and until when, all of the source's own streams were read. */
function covered(source: Source): { from: string; to: string } | null {
    if (source.coverage.length === 0 || source.coverage.some((one) => !one.from || !one.to)) return null;
    const from = source.coverage.map((one) => one.from!).sort().pop()!;
    const to = source.coverage.map((one) => one.to!).sort()[0]!;
    return { from, to };
}

const recent = (time: string) => Date.now() - Date.parse(time) < 3600e3;

function Gap({ gap, zone }: { gap: Source["gaps"][number]; zone: string | undefined }) {
    const end = gap.to ? at(gap.to, zone) : say("sources.now");
    const after = !gap.to ? say("sources.open") : gap.lost ? say("sources.lost") : say("sources.recovered", { n: number(gap.recovered) });
    return (
        <li class={gap.lost || !gap.to ? "wrong" : ""}>
            {at(gap.from, zone)} – {end}: {gap.reason} <span class="dim">· {after}</span>
        </li>
    );
}

function Card({ source, zone }: { source: Source; zone: string | undefined }) {
    const whole = covered(source);
    const waits = source.blocked_until && Date.parse(source.blocked_until) > Date.now();
    return (
        <div class={`source ${source.state}`}>
            <p class="line"><b>{source.name}</b><span class="state">{say(`sources.${source.state}` as Key)}</span></p>
            <p class="dim">{source.kind} · {source.brand}</p>
            <dl>
                <dt>{say("sources.last_ok")}</dt><dd>{source.last_ok_at ? <When time={source.last_ok_at} zone={zone} /> : "—"}</dd>
                <dt>{say("sources.last_item")}</dt><dd>{source.last_item_at ? <When time={source.last_item_at} zone={zone} /> : "—"}</dd>
                <dt>{say("sources.posts")}</dt><dd>{number(source.posts)}</dd>
                {source.expected !== null && <><dt>{say("sources.expected")}</dt><dd>{number(Math.round(source.expected * 10) / 10)}</dd></>}
                {source.webhook_misses > 0 && <><dt>{say("sources.misses")}</dt><dd>{number(source.webhook_misses)}</dd></>}
            </dl>
            {whole && <p class="hint">{say("sources.covered", { from: at(whole.from, zone), to: recent(whole.to) ? say("sources.now") : at(whole.to, zone) })}</p>}
            {source.last_error && <p class="wrong">{source.last_error}</p>}
            {source.dead_reason && source.dead_reason !== source.last_error && <p class="wrong">{source.dead_reason}</p>}
            {source.missing.map((one) => <p class="wrong">{say("sources.missing", { what: one })}</p>)}
            {source.notes.map((one) => <p class="hint">{say("sources.not_read", { what: one })}</p>)}
            {waits && <p class="hint">{say("sources.blocked", { when: at(source.blocked_until!, zone) })}</p>}
            {source.expires_at && <p class="hint"><When time={source.expires_at} zone={zone} words="sources.expires" /></p>}
            {source.used !== null && <p class="hint">{say("sources.budget", { p: percent(source.used) })}</p>}
            {source.spent !== null && (
                <p class="hint">
                    {say("sources.spent", { spent: source.spent.toFixed(2), budget: (source.spent_budget ?? 0).toFixed(2) })}
                    {source.forecast !== null && ` · ${say("sources.forecast", { forecast: source.forecast.toFixed(2) })}`}
                </p>
            )}
            {source.gaps.length > 0 && (
                <details open={source.gaps.some((gap) => !gap.to)}>
                    <summary>{say("sources.gaps")} ({source.gaps.length})</summary>
                    <ul>{source.gaps.map((gap) => <Gap gap={gap} zone={zone} />)}</ul>
                </details>
            )}
        </div>
    );
}
